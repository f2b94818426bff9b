import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { PlantNodeId } from '#modules/shopfloor/plant/contract.ts'
import type { DeviceId, Placement } from '../contract.ts'
import { deviceErrors } from '../errors.ts'
import { checkHappened, makeRoom } from './binding-rules.ts'
import { announce, lockOwn, siteOfPlace } from './device-access.ts'
import { endPlacement, insertPlacements, placementsOf } from './device-store.ts'
import type { Rooms } from './rooms.ts'
import type { DevicesTx } from './tables.ts'

export const placeDevice = (
  rooms: Rooms,
  ctx: Context,
  id: DeviceId,
  { nodeId, from }: { nodeId: PlantNodeId | null; from: Date },
): Promise<Placement[]> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const device = await lockOwn(tx, ctx, id)
    if (nodeId === null && ctx.scopes.sites !== 'all') throw deviceErrors.placeNotFound({ id: null })
    const siteId = nodeId && (await siteOfPlace(rooms, tx, ctx, nodeId))
    await moveTo(tx, ctx, id, nodeId && siteId ? { nodeId, siteId } : null, from)
    // Who may read its values follows its place.
    await announce(rooms, tx, ctx, device)
    return readPlacements(rooms, tx, id)
  })

/** Under the device's lock. Errors: devices.inFuture, devices.placementOverlap. */
export async function moveTo(
  tx: DevicesTx,
  ctx: Context,
  id: DeviceId,
  place: { nodeId: PlantNodeId; siteId: PlantNodeId } | null,
  from: Date,
): Promise<void> {
  checkHappened(from, ctx.now)
  const last = (await placementsOf(tx, id))[0]
  const room = makeRoom(last && { from: last.valid_from, until: last.valid_until }, from)
  if (room === 'overlap') throw deviceErrors.placementOverlap({ since: last?.valid_from.toISOString() })
  if (room === 'end') await endPlacement(tx, id, from)
  if (place) await insertPlacements(tx, [{ device_id: id, node_id: place.nodeId, site_id: place.siteId }], from)
}

/** The latest first. */
export async function readPlacements(rooms: Rooms, tx: DevicesTx, id: DeviceId): Promise<Placement[]> {
  const rows = await placementsOf(tx, id)
  const nodes = await rooms.plant.nodes(opaque(tx), [...new Set(rows.map((row) => row.node_id))])
  return rows.map((row) => ({
    nodeId: row.node_id,
    siteId: row.site_id,
    path: nodes.get(row.node_id)?.path ?? [],
    pathEn: nodes.get(row.node_id)?.pathEn ?? [],
    from: row.valid_from.toISOString(),
    until: row.valid_until?.toISOString() ?? null,
  }))
}
