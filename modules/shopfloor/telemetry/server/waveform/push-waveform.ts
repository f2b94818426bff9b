import type { z } from 'zod'
import type { Clock } from '#kernel/clock.ts'
import type { Files } from '#kernel/files.ts'
import type { Upload } from '#kernel/upload.ts'
import { AppError, requestErrors } from '#values/errors.ts'
import type { RefusalReason, telemetryApi } from '../../contract.ts'
import { telemetryErrors } from '../../errors.ts'
import { bytesPerSample, type WaveformId } from '../../waveform.ts'
import { countIndex } from '../ingest/counts.ts'
import { logInByHttp } from '../ingest/push-values.ts'
import { AHEAD_MS, EARLIEST_MS } from '../ingest/read-message.ts'
import type { Ingest } from '../ingest/start-ingest.ts'
import type { TelemetrySystem } from '../tables.ts'
import { putWaveform } from './waveform-store.ts'

export interface PushWaveformParts {
  ingest: () => Ingest
  files: Files
  system: TelemetrySystem
  clock: Clock
}

interface Given {
  authorization: string | undefined
  address: string
  query: z.output<typeof telemetryApi.pushWaveform.query>
  upload: Upload
}

/** Nothing is read before the device is known and its stamp is one that is taken. What is refused is counted like any value. */
export async function pushWaveform(
  parts: PushWaveformParts,
  { authorization, address, query, upload }: Given,
): Promise<{ id: WaveformId; bytes: number }> {
  const ingest = parts.ingest()
  const { device } = await logInByHttp(ingest, authorization, address)
  await ingest.horizons.known()
  const nowMs = parts.clock.nowMs()
  const refuse = (reason: RefusalReason) => ingest.tallies.refuse(device.orgId, device.code, reason, 1, query.point, JSON.stringify(query))
  const stampRefused = refusalOf(query.ts, nowMs, ingest.horizons.of(device.orgNo))
  if (stampRefused) {
    refuse(stampRefused)
    throw telemetryErrors.waveformRefused({ reasons: [stampRefused] })
  }
  try {
    const { id, bytes, replaced } = await parts.files.keep(device.orgId, upload, async (object) => {
      if (object.bytes % bytesPerSample[query.format] !== 0) throw telemetryErrors.waveformRefused({ reasons: ['malformed'] })
      const waveform = {
        orgId: device.orgId,
        deviceId: device.deviceId,
        point: query.point,
        at: new Date(query.ts),
        receivedAt: new Date(nowMs),
        sampleRateHz: query.sampleRateHz,
        unit: query.unit ?? null,
        format: query.format,
      }
      return { bytes: object.bytes, ...(await parts.system.inSystem((tx) => putWaveform(tx, waveform, object))) }
    })
    if (replaced !== null) await parts.files.giveUp(replaced)
    ingest.tallies.of(device.orgId, device.code)[countIndex.waveform]! += 1
    return { id, bytes }
  } catch (error) {
    const code = error instanceof AppError ? error.code : undefined
    if (code === requestErrors.tooLarge.code) refuse('tooLarge')
    if (code === requestErrors.fileEmpty.code || code === telemetryErrors.waveformRefused.code) refuse('malformed')
    throw error
  }
}

function refusalOf(atMs: number, nowMs: number, goneMs: number): RefusalReason | undefined {
  if (atMs < EARLIEST_MS) return 'ancient'
  if (atMs < goneMs) return 'beyondRetention'
  return atMs > nowMs + AHEAD_MS ? 'future' : undefined
}
