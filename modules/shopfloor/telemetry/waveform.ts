import { z } from 'zod'
import { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import { endpoint } from '#values/endpoint.ts'
import { requestErrors } from '#values/errors.ts'
import { idOf } from '#values/ids.ts'
import { Instant } from '#values/instant.ts'
import { telemetryErrors } from './errors.ts'

export const WaveformId = idOf('Waveform')
export type WaveformId = z.infer<typeof WaveformId>

/** Little-endian, one channel; `other` is kept as it is. */
export const SampleFormat = z.enum(['int16le', 'int32le', 'float32le', 'float64le', 'other'])
export type SampleFormat = z.infer<typeof SampleFormat>

export const bytesPerSample: Record<SampleFormat, number> = { int16le: 2, int32le: 4, float32le: 4, float64le: 8, other: 1 }

export const waveformLimits = { bytes: 16 * 1024 * 1024, listed: 100, days: 400 } as const

export const Waveform = z.object({
  id: WaveformId,
  /** As the device calls it: `vibrationX`. */
  point: z.string(),
  /** Source time of the first sample. */
  at: Instant,
  receivedAt: Instant,
  sampleRateHz: z.number(),
  unit: z.string().nullable(),
  format: SampleFormat,
  bytes: z.int(),
  /** Null where the format is `other`. */
  samples: z.int().nullable(),
})
export type Waveform = z.infer<typeof Waveform>

/** Waveforms and other binary objects of a device; a part of `telemetryApi`. */
export const waveformEndpoints = {
  pushWaveform: endpoint({
    method: 'POST',
    path: '/telemetry/push/waveform',
    summary:
      'A waveform of a device (Basic: `org/device` and its secret), the body as it is, up to 16 MB; 201 when it is durable. The same point and time again replaces it.',
    permission: 'device',
    params: z.object({}),
    query: z.object({
      ts: z.coerce.number().int(),
      point: z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, { message: 'pointName' }),
      sampleRateHz: z.coerce.number().positive().max(1e9),
      unit: z.string().trim().min(1).max(20).optional(),
      format: SampleFormat.default('other'),
    }),
    body: z.undefined(),
    takes: 'bytes',
    bodyLimit: waveformLimits.bytes,
    response: z.object({ id: WaveformId, bytes: z.int() }),
    status: 201,
    errors: [
      telemetryErrors.wrongCredential,
      telemetryErrors.lockedOut,
      telemetryErrors.waveformRefused,
      requestErrors.tooLarge,
      requestErrors.fileEmpty,
    ],
  }),
  waveforms: endpoint({
    method: 'GET',
    path: '/telemetry/devices/:deviceId/waveforms',
    summary: 'Waveforms of a device, the newest first, and how many there are in the period.',
    permission: 'telemetry.read',
    params: z.object({ deviceId: DeviceId }),
    query: z.object({
      from: Instant.optional(),
      until: Instant.optional(),
      limit: z.coerce.number().int().min(1).max(waveformLimits.listed).default(20),
    }),
    body: z.undefined(),
    response: z.object({ waveforms: z.array(Waveform), total: z.int(), bytes: z.int() }),
    errors: [telemetryErrors.notFound],
  }),
  waveformContent: endpoint({
    method: 'GET',
    path: '/telemetry/devices/:deviceId/waveforms/:id/content',
    summary: 'The bytes as the device sent them. Ranges are answered.',
    permission: 'telemetry.export',
    params: z.object({ deviceId: DeviceId, id: WaveformId }),
    query: z.object({}),
    body: z.undefined(),
    response: z.undefined(),
    answer: 'file',
    errors: [telemetryErrors.notFound],
  }),
}
