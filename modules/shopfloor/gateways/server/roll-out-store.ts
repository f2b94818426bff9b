import { sql } from 'kysely'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { PointTableId, RollOutId } from '../contract.ts'
import type { RollOutState } from '../roll-out-contract.ts'
import type { Acting, GatewaysSystem, GatewaysTables, GatewaysTx } from './tables.ts'

type DeviceState = GatewaysTables['gateways.roll_out_device']['state']

export const lockRollOut = (tx: GatewaysTx, id: RollOutId) =>
  tx.sql.selectFrom('gateways.roll_out').selectAll().where('org_id', '=', tx.orgId).where('id', '=', id).forUpdate().executeTakeFirst()
export type RollOutRow = NonNullable<Awaited<ReturnType<typeof lockRollOut>>>

export const rollOutsOf = (tx: GatewaysTx, tableId: PointTableId, limit: number) =>
  tx.sql
    .selectFrom('gateways.roll_out')
    .selectAll()
    .where('org_id', '=', tx.orgId)
    .where('point_table_id', '=', tableId)
    .orderBy('started_at', 'desc')
    .limit(limit)
    .execute()

const ofRollOut = (tx: GatewaysTx, id: RollOutId) =>
  tx.sql.selectFrom('gateways.roll_out_device').selectAll().where('org_id', '=', tx.orgId).where('roll_out_id', '=', id).orderBy('code')

export const rolledOutDevices = (tx: GatewaysTx, id: RollOutId) => ofRollOut(tx, id).execute()

export const devicesIn = (tx: GatewaysTx, id: RollOutId, state: DeviceState, limit = 100_000) =>
  ofRollOut(tx, id).where('state', '=', state).limit(limit).execute()

export const setRollOutState = (tx: GatewaysTx, id: RollOutId, state: RollOutState, endedAt: Date | null) =>
  tx.sql
    .updateTable('gateways.roll_out')
    .set((eb) => ({ state, ended_at: endedAt, version: eb('version', '+', 1) }))
    .where('org_id', '=', tx.orgId)
    .where('id', '=', id)
    .returning('version')
    .executeTakeFirstOrThrow()

export const setDeviceState = (
  tx: GatewaysTx,
  id: RollOutId,
  devices: readonly DeviceId[],
  { state, reason }: { state: DeviceState; reason: { code: string; details: Record<string, unknown> } | null },
) =>
  tx.sql
    .updateTable('gateways.roll_out_device')
    .set({ state, reason: reason && JSON.stringify(reason) })
    .where('org_id', '=', tx.orgId)
    .where('roll_out_id', '=', id)
    .where(sql<boolean>`device_id = any(${[...devices]}::uuid[])`)
    .execute()

/** Roll-outs that have something to do, whoever's, the oldest first. */
export const waitingRollOuts = (system: GatewaysSystem) =>
  system.inSystem(async (tx) => {
    const { rows } = await sql<{ org_id: GatewaysTx['orgId']; id: RollOutId; acting: Acting }>`
      select org_id, id, acting from gateways.roll_out where state in ('canary', 'running') order by started_at limit 100`.execute(tx)
    return rows
  })
