import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import { gatewayErrors } from '../errors.ts'
import { type Pair, type pairApi, pairLimits } from '../pair-contract.ts'
import { ownGateway } from './gateway-access.ts'
import { heardOf, lastTurns, pairOf } from './pair-store.ts'
import type { Rooms } from './rooms.ts'
import { notReady } from './take-over-rules.ts'

export const readPair = (rooms: Rooms, ctx: Context, id: DeviceId): Promise<z.input<typeof pairApi.pair.response>> =>
  rooms.db.inTenant(ctx, async (tx) => {
    await ownGateway(rooms, tx, ctx, id)
    const pair = await pairOf(tx, id)
    if (!pair) return { pair: null }
    const members = [pair.gateway_id, pair.standby_id]
    const [known, heard] = [await rooms.devices.devices(opaque(tx), members), await heardOf(tx, members)]
    const member = (memberId: DeviceId): Pair['gateway'] => {
      const device = known.get(memberId)
      if (!device) throw gatewayErrors.notFound({ id: memberId })
      const said = heard.get(memberId)
      return {
        id: memberId,
        code: device.code,
        name: device.name,
        nameEn: device.nameEn,
        lastSeenAt: said ? new Date(said.lastMs).toISOString() : null,
        notReady: notReady(said, ctx.now.getTime()) ?? null,
      }
    }
    const turns = await lastTurns(tx, pair.gateway_id, pairLimits.turnsShown)
    return {
      pair: {
        gateway: member(pair.gateway_id),
        standby: member(pair.standby_id),
        activeId: pair.active_id,
        epoch: pair.epoch,
        silentAfterS: pair.silent_after_s,
        writesFrom: pair.writes_from > ctx.now ? pair.writes_from.toISOString() : null,
        turns: turns.map((turn) => ({
          epoch: turn.epoch,
          activeId: turn.active_id,
          beganAt: turn.began_at.toISOString(),
          reason: turn.reason,
          heardAt: turn.heard_at?.toISOString() ?? null,
        })),
      },
    }
  })
