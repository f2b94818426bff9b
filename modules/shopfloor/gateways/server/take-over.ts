import type { Loop } from '#kernel/background.ts'
import { backgroundContext, type Context } from '#kernel/context.ts'
import { publish } from '#kernel/outbox.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { OrgId } from '#values/ids.ts'
import { gatewaysEvents } from '../contract.ts'
import type { TurnReason } from '../pair-contract.ts'
import { lockGateway } from './configuration-store.ts'
import { announce } from './gateway-access.ts'
import { heardOf, insertTurn, lockPairOf, otherOf, type PairRow, silentPairs } from './pair-store.ts'
import type { Rooms } from './rooms.ts'
import type { GatewaysTx } from './tables.ts'
import { takesOver, writesFromMs } from './take-over-rules.ts'

const LOOK_MS = 2_000

/** Lets the other one read where the active gateway of a pair has been silent for too long. */
export const takeOverLoop = (rooms: Rooms): Loop => ({
  name: 'gateways: take-over',
  intervalMs: LOOK_MS,
  run: async () => {
    for (const { org_id, gateway_id } of await silentPairs(rooms.system, rooms.clock.now()))
      await takeOverIfSilent(rooms, org_id, gateway_id)
  },
})

/** Looked at again under the lock: its word may have come meanwhile, or another process was faster. */
export async function takeOverIfSilent(rooms: Rooms, orgId: OrgId, gatewayId: DeviceId): Promise<void> {
  const scope = await rooms.organisations.scope(orgId)
  const ctx = backgroundContext(scope, { kind: 'job', id: 'gateways.takeOver' }, '', rooms.clock.now())
  await rooms.db.inTenant(ctx, async (tx) => {
    if (!(await lockGateway(tx, gatewayId))) return
    const pair = await lockPairOf(tx, gatewayId)
    if (!pair) return
    const heard = await heardOf(tx, [pair.gateway_id, pair.standby_id])
    const active = heard.get(pair.active_id)
    // One that was never heard of was silent since the two became a pair.
    const before = active ?? { lastMs: pair.created_at.getTime(), unbrokenMs: 0, clockSkewMs: null }
    if (takesOver(before, heard.get(otherOf(pair, pair.active_id)), pair.silent_after_s * 1_000, ctx.now.getTime()))
      await beginTurn(rooms, tx, ctx, pair, 'silent')
  })
}

/**
 * The other one of the pair reads from now on, under the next epoch; the owner's gateway row and the pair are locked. What the one before was handed to
 * write it may begin until its lease ends: not before then, or before it has let go, the new one is handed anything.
 */
export async function beginTurn(rooms: Rooms, tx: GatewaysTx, ctx: Context, pair: PairRow, reason: TurnReason): Promise<number> {
  const [before, next, epoch] = [pair.active_id, otherOf(pair, pair.active_id), pair.epoch + 1]
  const heard = (await heardOf(tx, [before])).get(before)
  const heardAt = heard ? new Date(heard.lastMs) : null
  await announcePair(rooms, tx, ctx, pair)
  const [yielding, beginning] = [await lockGateway(tx, before), await lockGateway(tx, next)]
  await tx.sql
    .updateTable('gateways.pair')
    .set({
      active_id: next,
      epoch,
      reason,
      writes_from: new Date(writesFromMs(ctx.now.getTime(), heard?.lastMs, pair.silent_after_s * 1_000)),
      yield_revision: yielding?.revision ?? 0,
    })
    .where('org_id', '=', tx.orgId)
    .where('gateway_id', '=', pair.gateway_id)
    .execute()
  await insertTurn(tx, { gateway_id: pair.gateway_id, epoch, active_id: next, began_at: ctx.now, reason, heard_at: heardAt })
  // Nobody has taken them yet: they are for whoever reads now.
  await tx.sql
    .updateTable('gateways.command')
    .set({ gateway_id: next })
    .where('org_id', '=', tx.orgId)
    .where('gateway_id', '=', before)
    .where('taken_at', 'is', null)
    .execute()
  const news = { orgId: tx.orgId, gatewayId: pair.gateway_id, epoch, reason, active: beginning?.code ?? '', before: yielding?.code ?? '' }
  await publish(tx, ctx, gatewaysEvents.turnBegan, pair.gateway_id, news)
  return epoch
}

/** Both fetch their configuration anew, and the ingest what they may tell. */
export async function announcePair(
  rooms: Rooms,
  tx: GatewaysTx,
  ctx: Context,
  pair: Pick<PairRow, 'gateway_id' | 'standby_id'>,
): Promise<void> {
  const owner = await lockGateway(tx, pair.gateway_id)
  if (owner) await announce(rooms, tx, ctx, owner)
}
