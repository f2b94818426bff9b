import { sql, type Transaction } from 'kysely'
import type { KeptObject } from '#kernel/files.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { OrgId } from '#values/ids.ts'
import type { SampleFormat, WaveformId } from '../../waveform.ts'
import type { TelemetryTables, TelemetryTx } from '../tables.ts'

type SystemTx = Transaction<TelemetryTables>

export interface NewWaveform {
  orgId: OrgId
  deviceId: DeviceId
  point: string
  at: Date
  receivedAt: Date
  sampleRateHz: number
  unit: string | null
  format: SampleFormat
}

/** The last received wins, as of a sample; returns the bytes that it replaced, too. */
export async function putWaveform(
  tx: SystemTx,
  waveform: NewWaveform,
  object: KeptObject,
): Promise<{ id: WaveformId; replaced: string | null }> {
  const facts = {
    received_at: waveform.receivedAt,
    sample_rate_hz: waveform.sampleRateHz,
    unit: waveform.unit,
    format: waveform.format,
    bytes: object.bytes,
    sha256: Buffer.from(object.sha256, 'hex'),
    object_key: object.objectKey,
  }
  const key = { org_id: waveform.orgId, device_id: waveform.deviceId, point: waveform.point, at: waveform.at }
  const before = await tx
    .selectFrom('telemetry.waveform')
    .select('object_key')
    .where('org_id', '=', key.org_id)
    .where('device_id', '=', key.device_id)
    .where('point', '=', key.point)
    .where('at', '=', key.at)
    .forUpdate()
    .executeTakeFirst()
  const { id } = await tx
    .insertInto('telemetry.waveform')
    .values({ ...key, ...facts })
    .onConflict((conflict) => conflict.columns(['org_id', 'device_id', 'point', 'at']).doUpdateSet(facts))
    .returning('id')
    .executeTakeFirstOrThrow()
  return { id, replaced: before?.object_key ?? null }
}

export interface WaveformPeriod {
  from: Date | undefined
  until: Date | undefined
}

const ofDevice = (tx: TelemetryTx, deviceId: DeviceId, { from, until }: WaveformPeriod) => {
  let query = tx.sql.selectFrom('telemetry.waveform').where('org_id', '=', tx.orgId).where('device_id', '=', deviceId)
  if (from) query = query.where('at', '>=', from)
  if (until) query = query.where('at', '<', until)
  return query
}

export const newestWaveforms = (tx: TelemetryTx, deviceId: DeviceId, period: WaveformPeriod, limit: number) =>
  ofDevice(tx, deviceId, period).selectAll().orderBy('at', 'desc').orderBy('id').limit(limit).execute()

export const countWaveforms = (tx: TelemetryTx, deviceId: DeviceId, period: WaveformPeriod) =>
  ofDevice(tx, deviceId, period)
    .select([sql<number>`count(*)::int`.as('total'), sql<number>`coalesce(sum(bytes), 0)::bigint`.as('bytes')])
    .executeTakeFirstOrThrow()

export const findWaveform = (tx: TelemetryTx, deviceId: DeviceId, id: WaveformId) =>
  ofDevice(tx, deviceId, { from: undefined, until: undefined }).where('id', '=', id).selectAll().executeTakeFirst()

export const countWaveformsBefore = async (tx: TelemetryTx, before: Date): Promise<number> =>
  (
    await tx.sql
      .selectFrom('telemetry.waveform')
      .select(sql<number>`count(*)::int`.as('n'))
      .where('org_id', '=', tx.orgId)
      .where('at', '<', before)
      .executeTakeFirstOrThrow()
  ).n

export const waveformsBefore = (tx: SystemTx, orgId: OrgId, before: Date, limit: number) =>
  tx
    .selectFrom('telemetry.waveform')
    .select(['id', 'object_key'])
    .where('org_id', '=', orgId)
    .where('at', '<', before)
    .orderBy('at')
    .limit(limit)
    .execute()

export const deleteWaveform = (tx: SystemTx, orgId: OrgId, id: WaveformId) =>
  tx.deleteFrom('telemetry.waveform').where('org_id', '=', orgId).where('id', '=', id).execute()
