import { type Context, inScope } from '#kernel/context.ts'
import type { PlantNodeId } from '../contract.ts'
import { levels } from '../levels.ts'
import { allNodes } from './node-store.ts'
import type { PlantDatabase } from './tables.ts'

/** Parents before children. Whoever is confined to sites sees these and the enterprise above them. */
export const listNodes = (db: PlantDatabase, ctx: Context, { retired }: { retired: boolean }) =>
  db.inTenant(ctx, async (tx) => {
    const nodes = await allNodes(tx)
    return nodes
      .filter((n) => (retired || n.retired_at === null) && (n.level === 'enterprise' || inScope(ctx, n.site_id)))
      .sort((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level))
  })

/** Above the sites only those act who are confined to none. */
export const maySee = (ctx: Context, node: { site_id: PlantNodeId | null }): boolean => inScope(ctx, node.site_id)
