import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { inScope } from '#kernel/context.ts'
import type { StoredFileAnswer } from '#kernel/file-answer.ts'
import type { Files } from '#kernel/files.ts'
import { opaque } from '#kernel/postgres.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { DevicesPublic } from '#modules/shopfloor/devices/public.ts'
import type { telemetryApi } from '../../contract.ts'
import { telemetryErrors } from '../../errors.ts'
import { bytesPerSample, type WaveformId } from '../../waveform.ts'
import type { TelemetryDatabase, TelemetryTx } from '../tables.ts'
import { countWaveforms, findWaveform, newestWaveforms } from './waveform-store.ts'

export interface WaveformParts {
  db: TelemetryDatabase
  devices: Pick<DevicesPublic, 'points' | 'device'>
  files: Files
}

/** One's own alone: no agreement opens waveforms. */
async function seen({ devices }: WaveformParts, tx: TelemetryTx, ctx: Context, id: DeviceId): Promise<void> {
  const device = await devices.device(opaque(tx), id)
  if (!device || !inScope(ctx, device.siteId)) throw telemetryErrors.notFound({ id })
}

export const listWaveforms = (
  parts: WaveformParts,
  ctx: Context,
  deviceId: DeviceId,
  query: z.output<typeof telemetryApi.waveforms.query>,
): Promise<z.input<typeof telemetryApi.waveforms.response>> =>
  parts.db.inTenant(ctx, async (tx) => {
    await seen(parts, tx, ctx, deviceId)
    const period = { from: query.from ? new Date(query.from) : undefined, until: query.until ? new Date(query.until) : undefined }
    const { total, bytes } = await countWaveforms(tx, deviceId, period)
    const rows = total === 0 ? [] : await newestWaveforms(tx, deviceId, period, query.limit)
    const waveforms = rows.map((row) => ({
      id: row.id,
      point: row.point,
      at: row.at.toISOString(),
      receivedAt: row.received_at.toISOString(),
      sampleRateHz: row.sample_rate_hz,
      unit: row.unit,
      format: row.format,
      bytes: row.bytes,
      samples: row.format === 'other' ? null : row.bytes / bytesPerSample[row.format],
    }))
    return { waveforms, total, bytes }
  })

export const waveformContent = (parts: WaveformParts, ctx: Context, deviceId: DeviceId, id: WaveformId): Promise<StoredFileAnswer> =>
  parts.db.inTenant(ctx, async (tx) => {
    await seen(parts, tx, ctx, deviceId)
    const row = await findWaveform(tx, deviceId, id)
    if (!row) throw telemetryErrors.notFound({ id })
    const name = `${row.point}_${row.at.toISOString().replace(/[:.]/g, '-')}.bin`
    const sha256 = row.sha256.toString('hex')
    return parts.files.answer({ name, mediaType: 'application/octet-stream', bytes: row.bytes, sha256, objectKey: row.object_key }, false)
  })
