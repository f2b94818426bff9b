import type { Context } from '#kernel/context.ts'
import type { PlantNodeId } from '../contract.ts'
import { plantErrors } from '../errors.ts'
import { nodeConflict } from './create-node.ts'
import { maySee } from './list-nodes.ts'
import { checkMove } from './node-rules.ts'
import { ancestorsOf, changeNode, lockNode, retireSubtree, subtreeIds } from './node-store.ts'
import type { PlantDatabase, PlantTx } from './tables.ts'

/** Errors: plant.notFound, plant.changedMeanwhile. */
async function lockForChange(tx: PlantTx, ctx: Context, id: PlantNodeId, version: number) {
  const node = await lockNode(tx, id)
  if (!node || !maySee(ctx, node)) throw plantErrors.notFound({ id })
  if (node.version !== version) throw plantErrors.changedMeanwhile({ id, version: node.version })
  return node
}

export const renameNode = (
  db: PlantDatabase,
  ctx: Context,
  id: PlantNodeId,
  { version, code, name, nameEn }: { version: number; code: string; name: string; nameEn: string | null },
) =>
  db
    .inTenant(ctx, async (tx) => {
      await lockForChange(tx, ctx, id, version)
      return changeNode(tx, id, { code, name, name_en: nameEn })
    })
    .catch((error: unknown) => {
      throw nodeConflict(error, code)
    })

export const moveNode = (
  db: PlantDatabase,
  ctx: Context,
  id: PlantNodeId,
  { version, parentId }: { version: number; parentId: PlantNodeId },
) =>
  db.inTenant(ctx, async (tx) => {
    const node = await lockForChange(tx, ctx, id, version)
    const target = await lockNode(tx, parentId)
    if (!target || !maySee(ctx, target)) throw plantErrors.notFound({ id: parentId })
    const above = await ancestorsOf(tx, [parentId])
    checkMove(
      placeOf(node),
      placeOf(target),
      above.map((a) => a.id),
    )
    return changeNode(tx, id, { parent_id: parentId })
  })

/** With all below it; returns how many places that were. */
export const retireNode = (db: PlantDatabase, ctx: Context, id: PlantNodeId, { version }: { version: number }) =>
  db.inTenant(ctx, async (tx) => {
    const node = await lockForChange(tx, ctx, id, version)
    if (node.retired_at) throw plantErrors.retired({ id })
    return { retired: await retireSubtree(tx, await subtreeIds(tx, id), ctx.now) }
  })

export const restoreNode = (db: PlantDatabase, ctx: Context, id: PlantNodeId, { version }: { version: number }) =>
  db
    .inTenant(ctx, async (tx) => {
      const node = await lockForChange(tx, ctx, id, version)
      const parent = node.parent_id && (await lockNode(tx, node.parent_id))
      if (parent?.retired_at) throw plantErrors.parentRetired({ id: parent.id })
      return changeNode(tx, id, { retired_at: null })
    })
    .catch((error: unknown) => {
      throw nodeConflict(error, '')
    })

const placeOf = (row: Awaited<ReturnType<typeof changeNode>>) => ({
  id: row.id,
  level: row.level,
  siteId: row.site_id,
  retired: row.retired_at !== null,
})
