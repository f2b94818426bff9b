import type { Loop } from '#kernel/background.ts'
import type { Context } from '#kernel/context.ts'
import { auditEvent } from '#kernel/postgres.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import { AppError } from '#values/errors.ts'
import type { RollOutId } from '../contract.ts'
import { usersOfTable } from './configuration-store.ts'
import { plannedDevices } from './plan-roll-out.ts'
import { existingTable, readByRevision } from './point-tables.ts'
import { rollOutTransitions } from './roll-out-rules.ts'
import { devicesIn, lockRollOut, type RollOutRow, setDeviceState, setRollOutState, waitingRollOuts } from './roll-out-store.ts'
import type { Rooms } from './rooms.ts'
import type { Acting, GatewaysTx } from './tables.ts'

const LOOK_MS = 1_000

/** Carries out roll-outs, for the worker role: each batch is one transaction, so that whoever dies in it leaves it to the next. */
export const rollOutLoop = (rooms: Rooms): Loop => ({
  name: 'gateways: roll-outs',
  intervalMs: LOOK_MS,
  run: async (signal) => {
    for (const { org_id, id, acting } of await waitingRollOuts(rooms.system))
      while (!signal.aborted && (await rollOutBatch(rooms, contextOf(org_id, acting, rooms.clock.now()), id)));
  },
})

const contextOf = (orgId: Context['orgId'], acting: Acting, now: Date): Context => ({
  orgId,
  orgNo: acting.orgNo,
  actor: acting.actor,
  locale: acting.locale,
  traceId: acting.traceId,
  address: acting.address,
  userAgent: '',
  now,
  scopes: { permissions: new Set(acting.permissions), sites: acting.sites },
})

/** False where nothing is left to do, for now or for ever. */
export async function rollOutBatch(rooms: Rooms, ctx: Context, id: RollOutId): Promise<boolean> {
  const batch = await rooms.db.inTenant(ctx, (tx) => nextBatch(tx, ctx, id))
  if (batch === undefined) return false
  try {
    await apply(rooms, ctx, id, batch)
  } catch (error) {
    // One that cannot take it must not keep the others from it.
    if (batch.length > 1) for (const device of batch) await alone(rooms, ctx, id, device)
    else if (batch[0]) await failed(rooms, ctx, id, batch[0], error)
  }
  return true
}

const isAtWork = (row: RollOutRow | undefined): row is RollOutRow => row?.state === 'canary' || row?.state === 'running'

/** Which devices are next; undefined where it waits for a person or has just been finished. */
async function nextBatch(tx: GatewaysTx, ctx: Context, id: RollOutId): Promise<DeviceId[] | undefined> {
  const row = await lockRollOut(tx, id)
  if (!isAtWork(row)) return undefined
  const waiting = await devicesIn(tx, id, 'waiting', row.batch_size)
  if (waiting.length === 0) {
    await setRollOutState(tx, id, 'done', ctx.now)
    return undefined
  }
  return waiting.slice(0, row.state === 'canary' ? 1 : row.batch_size).map((device) => device.device_id)
}

const alone = (rooms: Rooms, ctx: Context, id: RollOutId, device: DeviceId) =>
  apply(rooms, ctx, id, [device]).catch((error: unknown) => failed(rooms, ctx, id, device, error))

const failed = async (rooms: Rooms, ctx: Context, id: RollOutId, device: DeviceId, error: unknown): Promise<void> => {
  const code = error instanceof AppError ? error.code : 'gateways.rollOut.reasons.failed'
  const details = error instanceof AppError ? error.details : { text: (error as Error).message.slice(0, 200) }
  await rooms.db.inTenant(ctx, (tx) => setDeviceState(tx, id, [device], { state: 'failed', reason: { code, details } }))
}

const apply = (rooms: Rooms, ctx: Context, id: RollOutId, batch: readonly DeviceId[]): Promise<void> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const row = await lockRollOut(tx, id)
    // Stopped, or taken back, since the batch was chosen.
    if (!isAtWork(row)) return
    await existingTable(tx, row.point_table_id, true)
    const still = new Set((await devicesIn(tx, id, 'waiting')).map((device) => device.device_id))
    const planned = new Map((await plannedDevices(rooms, tx, ctx, row.point_table_id, row.to_version)).map((one) => [one.deviceId, one]))
    const ready: DeviceId[] = []
    for (const device of batch.filter((one) => still.has(one))) {
      const plan = planned.get(device)
      if (plan?.outcome === 'ready' || plan?.outcome === 'same') ready.push(device)
      else {
        const reason = plan?.reason ?? { code: 'gateways.rollOut.reasons.gone', details: {} }
        await setDeviceState(tx, id, [device], { state: 'failed', reason })
      }
    }
    const users = (await usersOfTable(tx, row.point_table_id)).filter((user) => ready.includes(user.device_id))
    await readByRevision(rooms, tx, ctx, { id: row.point_table_id, version: row.to_version }, users)
    await setDeviceState(tx, id, ready, { state: 'done', reason: null })
    await auditEvent(tx, {
      action: 'gateways.rolledOut',
      entity: 'gateways.point_table',
      entityId: row.point_table_id,
      details: { version: row.to_version, devices: users.map((user) => user.code) },
    })
    // With nobody behind it there is nothing to wait for.
    const after = still.size > batch.length ? rollOutTransitions[row.state].pause : undefined
    if (after) await setRollOutState(tx, id, after, null)
  })
