import { v7 as uuidv7 } from 'uuid'
import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { violatedUnique } from '#kernel/postgres.ts'
import { MAX_NODES, PlantNodeId, type plantApi } from '../contract.ts'
import { plantErrors } from '../errors.ts'
import { maySee } from './list-nodes.ts'
import { checkNesting } from './node-rules.ts'
import { countNodes, insertNode, lockNode } from './node-store.ts'
import { insertSite, replaceDayStarts } from './site-store.ts'
import type { PlantDatabase, PlantTx } from './tables.ts'

const EVER = '2000-01-01'

type NewNode = z.output<typeof plantApi.createNode.body>

export const createNode = (db: PlantDatabase, ctx: Context, input: NewNode) =>
  db
    .inTenant(ctx, (tx) => addNode(tx, ctx, input))
    .catch((error: unknown) => {
      throw nodeConflict(error, input.code)
    })

/** In the caller's transaction, which a code that is taken ends. */
export async function addNode(tx: PlantTx, ctx: Context, input: NewNode) {
  const parent = input.parentId === null ? null : await lockNode(tx, input.parentId)
  if (parent === undefined || (parent && !maySee(ctx, parent))) throw plantErrors.notFound({ id: input.parentId })
  checkNesting(parent && { level: parent.level, retired: parent.retired_at !== null }, input.level)
  if (parent === null && ctx.scopes.sites !== 'all') throw plantErrors.notFound({ id: null })
  if ((await countNodes(tx)) >= MAX_NODES) throw plantErrors.tooManyNodes({ limit: MAX_NODES })
  const id = PlantNodeId.parse(uuidv7())
  const node = await insertNode(tx, {
    id,
    parent_id: input.parentId,
    level: input.level,
    code: input.code,
    name: input.name,
    name_en: input.nameEn,
    site_id: input.level === 'site' ? id : (parent?.site_id ?? null),
  })
  if (input.level === 'site') {
    await insertSite(tx, id, input.timeZone)
    if (input.dayStartMinute > 0) await replaceDayStarts(tx, id, [{ from: EVER, minuteOfDay: input.dayStartMinute }])
  }
  return node
}

/** Which rule a unique index kept. */
export function nodeConflict(error: unknown, code: string): unknown {
  const index = violatedUnique(error)
  if (index === 'node_code') return plantErrors.codeTaken({ code })
  if (index === 'node_one_enterprise') return plantErrors.enterpriseExists()
  return error
}
