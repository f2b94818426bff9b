import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import { gatewayErrors } from '../errors.ts'
import type { pairApi } from '../pair-contract.ts'
import { linksOf } from './configuration-store.ts'
import { announce, lockOwnGateway } from './gateway-access.ts'
import { heardOf, insertTurn, lockPairOf, otherOf, type PairRow, pairOf } from './pair-store.ts'
import type { Rooms } from './rooms.ts'
import type { GatewaysTx } from './tables.ts'
import { announcePair, beginTurn } from './take-over.ts'
import { notReady } from './take-over-rules.ts'

type NewPair = z.output<typeof pairApi.setStandby.body>

/** Errors: gateways.notFound, gateways.pairedAlready, gateways.standbyItself, gateways.standbyHasLinks, gateways.standbyOfAnotherSite. */
export const setStandby = (rooms: Rooms, ctx: Context, id: DeviceId, { standbyId, silentAfterS }: NewPair): Promise<void> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const devices = new Map<DeviceId, Awaited<ReturnType<typeof lockOwnGateway>>>()
    // In one order, whoever is to stand by for whom.
    for (const one of [id, standbyId].sort()) devices.set(one, await lockOwnGateway(rooms, tx, ctx, one))
    if (id === standbyId) throw gatewayErrors.standbyItself()
    const [owner, standby] = [devices.get(id), devices.get(standbyId)]
    if ((await pairOf(tx, id)) || (await pairOf(tx, standbyId))) throw gatewayErrors.pairedAlready()
    if ((await linksOf(tx, standbyId)).length > 0) throw gatewayErrors.standbyHasLinks()
    if (!owner || owner.device.siteId !== standby?.device.siteId) throw gatewayErrors.standbyOfAnotherSite()
    await tx.sql
      .insertInto('gateways.pair')
      .values({
        org_id: tx.orgId,
        gateway_id: id,
        standby_id: standbyId,
        active_id: id,
        reason: 'paired',
        silent_after_s: silentAfterS,
        writes_from: ctx.now,
        created_at: ctx.now,
      })
      .execute()
    await insertTurn(tx, { gateway_id: id, epoch: 1, active_id: id, began_at: ctx.now, reason: 'paired', heard_at: null })
    await announcePair(rooms, tx, ctx, { gateway_id: id, standby_id: standbyId })
  })

/** Errors: gateways.notFound, gateways.notPaired, gateways.changedMeanwhile, gateways.standbyNotReady. */
export const switchOver = (rooms: Rooms, ctx: Context, id: DeviceId, seenEpoch: number): Promise<{ epoch: number }> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const pair = await lockPair(rooms, tx, ctx, id)
    if (pair.epoch !== seenEpoch) throw gatewayErrors.changedMeanwhile({ id })
    const next = otherOf(pair, pair.active_id)
    const reason = notReady((await heardOf(tx, [next])).get(next), ctx.now.getTime())
    if (reason) throw gatewayErrors.standbyNotReady({ reason })
    return { epoch: await beginTurn(rooms, tx, ctx, pair, 'byHand') }
  })

/** Errors: gateways.notFound, gateways.notPaired, gateways.standbyReads. */
export const dissolvePair = (rooms: Rooms, ctx: Context, id: DeviceId): Promise<void> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const pair = await lockPair(rooms, tx, ctx, id)
    if (pair.active_id !== pair.gateway_id) throw gatewayErrors.standbyReads()
    await tx.sql.deleteFrom('gateways.pair').where('org_id', '=', tx.orgId).where('gateway_id', '=', pair.gateway_id).execute()
    for (const one of [pair.gateway_id, pair.standby_id]) {
      const { gateway } = await lockOwnGateway(rooms, tx, ctx, one)
      await announce(rooms, tx, ctx, gateway)
    }
  })

/** By either of the two; the owner's row is locked first, as for every change of what is read. */
async function lockPair(rooms: Rooms, tx: GatewaysTx, ctx: Context, id: DeviceId): Promise<PairRow> {
  const seen = await pairOf(tx, id)
  if (!seen) {
    await lockOwnGateway(rooms, tx, ctx, id)
    throw gatewayErrors.notPaired()
  }
  await lockOwnGateway(rooms, tx, ctx, seen.gateway_id)
  const pair = await lockPairOf(tx, id)
  if (!pair) throw gatewayErrors.notPaired()
  return pair
}
