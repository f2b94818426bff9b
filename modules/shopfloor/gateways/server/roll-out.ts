import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { auditEvent, violatedUnique } from '#kernel/postgres.ts'
import type { PointTableId, RollOutId } from '../contract.ts'
import { gatewayErrors } from '../errors.ts'
import type { RollOut, rollOutApi } from '../roll-out-contract.ts'
import { usersOfTable } from './configuration-store.ts'
import { plannedDevices } from './plan-roll-out.ts'
import { existingTable, readByRevision } from './point-tables.ts'
import { type RollOutAction, rollOutTransitions } from './roll-out-rules.ts'
import { devicesIn, lockRollOut, type RollOutRow, rolledOutDevices, rollOutsOf, setDeviceState, setRollOutState } from './roll-out-store.ts'
import type { Rooms } from './rooms.ts'
import type { GatewaysTx } from './tables.ts'

const LISTED = 10

const actingOf = ({ orgNo, actor, locale, traceId, address, scopes }: Context) =>
  JSON.stringify({ orgNo, actor, locale, traceId, address, permissions: [...scopes.permissions], sites: scopes.sites })

export const startRollOut = (rooms: Rooms, ctx: Context, id: PointTableId, input: z.output<typeof rollOutApi.startRollOut.body>) =>
  rooms.db
    .inTenant(ctx, async (tx) => {
      await existingTable(tx, id, true)
      const devices = (await plannedDevices(rooms, tx, ctx, id, input.toVersion)).filter(({ outcome }) => outcome !== 'same')
      if (!devices.some(({ outcome }) => outcome === 'ready')) throw gatewayErrors.rollOutEmpty({ version: input.toVersion })
      const made = await tx.sql
        .insertInto('gateways.roll_out')
        .values({
          org_id: tx.orgId,
          point_table_id: id,
          to_version: input.toVersion,
          batch_size: input.batchSize,
          state: input.canary ? 'canary' : 'running',
          acting: actingOf(ctx),
          started_at: ctx.now,
          ended_at: null,
        })
        .returning('id')
        .executeTakeFirstOrThrow()
      const rows = devices.map(({ deviceId, code, fromVersion, outcome, reason }) => ({
        org_id: tx.orgId,
        roll_out_id: made.id,
        device_id: deviceId,
        code,
        from_version: fromVersion,
        state: outcome === 'ready' ? ('waiting' as const) : ('failed' as const),
        reason: reason && JSON.stringify(reason),
      }))
      await tx.sql.insertInto('gateways.roll_out_device').values(rows).execute()
      return made
    })
    .catch((error: unknown) => {
      throw violatedUnique(error) === 'roll_out_open' ? gatewayErrors.rollOutOpen() : error
    })

export const listRollOuts = (rooms: Rooms, ctx: Context, id: PointTableId): Promise<{ rollOuts: RollOut[] }> =>
  rooms.db.inTenant(ctx, async (tx) => {
    await existingTable(tx, id)
    const rollOuts: RollOut[] = []
    for (const row of await rollOutsOf(tx, id, LISTED)) {
      const devices = await rolledOutDevices(tx, row.id)
      rollOuts.push({
        id: row.id,
        toVersion: row.to_version,
        batchSize: row.batch_size,
        state: row.state,
        startedBy: row.acting.actor.name ?? row.acting.actor.id,
        startedAt: row.started_at.toISOString(),
        endedAt: row.ended_at?.toISOString() ?? null,
        version: row.version,
        devices: devices.map((one) => ({
          deviceId: one.device_id,
          code: one.code,
          fromVersion: one.from_version,
          state: one.state,
          reason: one.reason,
        })),
      })
    }
    return { rollOuts }
  })

/** Of what a person asks; the work itself is done by the worker, or here at once where it is taken back. */
const step =
  (action: RollOutAction, then: (rooms: Rooms, tx: GatewaysTx, ctx: Context, row: RollOutRow) => Promise<void>) =>
  (rooms: Rooms, ctx: Context, id: RollOutId, { version }: { version: number }) =>
    rooms.db
      .inTenant(ctx, async (tx) => {
        const row = await lockRollOut(tx, id)
        if (!row) throw gatewayErrors.rollOutNotFound({ id })
        if (row.version !== version) throw gatewayErrors.changedMeanwhile({ id, version: row.version })
        const state = rollOutTransitions[row.state][action]
        if (!state) throw gatewayErrors.notAllowedNow({ state: row.state })
        await then(rooms, tx, ctx, row)
        return setRollOutState(tx, id, state, state === 'running' ? null : ctx.now)
      })
      .catch((error: unknown) => {
        throw violatedUnique(error) === 'roll_out_open' ? gatewayErrors.rollOutOpen() : error
      })

export const resumeRollOut = step('resume', async () => undefined)
export const stopRollOut = step('stop', async () => undefined)

/** Devices that were connected otherwise, or took a later revision meanwhile, are left as they are. */
export const rollBack = step('rollBack', async (rooms, tx, ctx, row) => {
  await existingTable(tx, row.point_table_id, true)
  const users = new Map((await usersOfTable(tx, row.point_table_id)).map((user) => [user.device_id, user]))
  const byVersion = new Map<number, { device_id: RollOutDevice['device_id']; gateway_id: RollOutDevice['device_id'] }[]>()
  for (const { device_id, from_version } of await devicesIn(tx, row.id, 'done')) {
    const user = users.get(device_id)
    if (user?.table_version === row.to_version) byVersion.set(from_version, [...(byVersion.get(from_version) ?? []), user])
  }
  for (const [version, devices] of byVersion) {
    await readByRevision(rooms, tx, ctx, { id: row.point_table_id, version }, devices)
    const ids = devices.map((device) => device.device_id)
    await setDeviceState(tx, row.id, ids, { state: 'rolledBack', reason: null })
    await auditEvent(tx, {
      action: 'gateways.rolledBack',
      entity: 'gateways.point_table',
      entityId: row.point_table_id,
      details: { version, devices: ids.length },
    })
  }
})
type RollOutDevice = Awaited<ReturnType<typeof devicesIn>>[number]
