import { z } from 'zod'
import { DeviceId, MeasuringPointId } from '#modules/shopfloor/devices/contract.ts'
import { endpoint } from '#values/endpoint.ts'
import { OrgId } from '#values/ids.ts'
import { CalendarDate, Instant } from '#values/instant.ts'
import { idList, pageOf } from '#values/list.ts'
import { permissions } from '#values/permission.ts'
import { telemetryErrors } from './errors.ts'
import { retentionEndpoints } from './retention.ts'
import { waveformEndpoints } from './waveform.ts'

export const telemetryPermissions = permissions('telemetry', {
  read: ['owner', 'systemAdmin', 'engineer', 'staff'],
  export: ['owner', 'engineer'],
  readIngest: ['owner', 'systemAdmin', 'engineer'],
  manageRetention: ['owner', 'systemAdmin'],
})

/** Limits of one question; an answer never holds more. */
export const telemetryLimits = {
  latestPoints: 10_000,
  seriesPoints: 20,
  buckets: 1_000,
  rawRows: 100_000,
  rawDays: 1,
  productionDays: 400,
  exportDaysRaw: 31,
  exportDays: 400,
  curveDays: 3_660,
  exportPoints: 20,
  liveDevices: 20,
  /** So far back the last good value of a point is looked for. */
  lastGoodDays: 31,
  messageBytes: 256 * 1024,
} as const

const none = z.object({})
/**
 * The partner whose values are asked for, by his data-sharing agreement, and the device that the points belong to: an agreement opens
 * devices. Without them one's own.
 */
const ofPartner = { ownerId: OrgId.optional(), deviceId: DeviceId.optional() }
const ownerId = OrgId.optional()

/** How a point's values are summed up over time. */
export const SeriesKind = z.enum(['instant', 'counter', 'interval', 'state'])
export type SeriesKind = z.infer<typeof SeriesKind>

/** What a page needs to show a measuring point's values. */
export const TelemetryPoint = z.object({
  id: MeasuringPointId,
  deviceId: DeviceId.nullable(),
  name: z.string(),
  label: z.string(),
  labelEn: z.string().nullable(),
  unit: z.string().nullable(),
  kind: SeriesKind,
  valueType: z.enum(['number', 'integer', 'boolean', 'string']),
  decimals: z.int().nullable(),
  /** Names of a state's codes. */
  states: z.record(z.string(), z.string()).nullable(),
})
export type TelemetryPoint = z.infer<typeof TelemetryPoint>

/** A number; a boolean as 0 or 1; a text or an integer beyond 2^53 as a string; null where the device could not read it. */
export const SampleValue = z.union([z.number(), z.string(), z.null()])
export type SampleValue = z.infer<typeof SampleValue>

/** One sample with all that is known of it. `atMs` is the source's own time, `receivedMs` ours; neither is ever changed. */
export const Sample = z.object({
  value: SampleValue,
  /** One byte, table in values/quality.ts. */
  quality: z.int(),
  atMs: z.int(),
  receivedMs: z.int(),
  seq: z.int().nullable(),
})
export type Sample = z.infer<typeof Sample>

export const DevicePace = z.object({
  /** By point name, in milliseconds. */
  everyMs: z.record(z.string(), z.number()),
  /** Of a device that sends changes by itself: whether its link and it are there now; null where its values are read. */
  standing: z.boolean().nullable(),
})
export type DevicePace = z.infer<typeof DevicePace>

/** What an agreement withheld from this answer; null for one's own values. */
export const Withheld = z.object({
  granularity: z.enum(['raw', 'kpi']),
  delayMinutes: z.number(),
  /** The part of time the agreement opens. */
  from: Instant,
  until: Instant,
})
export type Withheld = z.infer<typeof Withheld>

/** A long list of numbers of our own making: looking at each of 100,000 again would cost more than reading them. */
const longList = <Item>(items: object) => z.custom<Item[]>(Array.isArray).meta({ type: 'array', items })
const numbers = longList<number>({ type: 'number' })
const numbersOrNull = longList<number | null>({ type: ['number', 'null'] })

/**
 * A curve in buckets of equal width on a fixed grid (`startMs = fromMs + i × bucketMs`); every list has `buckets` entries.
 * `n` counts all samples, the bad ones too; `sum`, `min`, `max`, `avg`, `first`, `last` are of good and uncertain ones, null where there is
 * none: that is a gap.
 */
export const Curve = z.object({
  point: TelemetryPoint,
  n: numbers,
  nUncertain: numbers,
  nBad: numbers,
  avg: numbersOrNull,
  min: numbersOrNull,
  max: numbersOrNull,
  sum: numbersOrNull,
  last: numbersOrNull,
  /** Counters: what was counted since the sample before the bucket's first; a counter that fell started again from zero. */
  increase: numbersOrNull,
  /** States: milliseconds in each code; a state holds until the next sample, for 24 h at most, a bad sample ends it. */
  durations: z.array(z.record(z.string(), z.number())).nullable(),
})
export type Curve = z.infer<typeof Curve>

/** The samples themselves, as lists of equal length in order of source time. */
export const RawColumns = z.object({
  atMs: numbers,
  value: longList<SampleValue>({ type: ['number', 'string', 'null'] }),
  quality: numbers,
  /** Received minus source time. */
  lagMs: numbers,
  /** -1: the device sent none. */
  seq: numbers,
})

/** Why a piece of a message was not stored. */
export const RefusalReason = z.enum([
  'malformed',
  'tooLarge',
  'unknownDevice',
  'deviceInactive',
  'wrongCredential',
  'foreignTopic',
  'foreignDevice',
  'otherTurn',
  'unknownPoint',
  'noBinding',
  'wrongType',
  'notFinite',
  'imprecise',
  'badQuality',
  'future',
  'ancient',
  'beyondRetention',
])
export type RefusalReason = z.infer<typeof RefusalReason>

/** What else is counted; these were stored. */
export const StoredNote = z.enum([
  'accepted',
  'duplicate',
  'changed',
  'outOfOrder',
  'late',
  'outOfRange',
  'bad',
  'repeatedBatch',
  'waveform',
  'slowed',
])
export type StoredNote = z.infer<typeof StoredNote>

export const IngestCount = z.enum([...StoredNote.options, ...RefusalReason.options])
export type IngestCount = z.infer<typeof IngestCount>

/** Why values wait: the store's disk is full, it cannot be reached, does not answer, or answers with a failure. */
export const NotStoredReason = z.enum(['diskFull', 'storeAway', 'storeSilent', 'storeRefuses'])
export type NotStoredReason = z.infer<typeof NotStoredReason>

/** The answer to a batch: how many values were stored, and each piece that was not, with its place. */
export const PushAnswer = z.object({
  stored: z.int(),
  refused: z.int(),
  /** The first hundred. */
  refusals: z.array(z.object({ reason: RefusalReason, message: z.int(), point: z.string().nullable(), text: z.string() })),
})
export type PushAnswer = z.infer<typeof PushAnswer>

export const LiveEvent = z.discriminatedUnion('type', [
  /** First event: the last stored value of each point; `name` is the measuring point's. */
  z.object({
    type: z.literal('latest'),
    deviceId: DeviceId,
    points: z.array(z.object({ point: TelemetryPoint, sample: Sample.nullable() })),
  }),
  /** Every change after it, as soon as it is durable. */
  z.object({
    type: z.literal('values'),
    deviceId: DeviceId,
    values: z.array(z.object({ pointId: MeasuringPointId, sample: Sample })),
  }),
  /** The stream ends: the error's code (a revoked agreement), or `renew` when it is time to connect again. */
  z.object({ type: z.literal('ended'), reason: z.string() }),
])
export type LiveEvent = z.infer<typeof LiveEvent>

export const QuarantinedPiece = z.object({
  id: z.string(),
  at: Instant,
  reason: RefusalReason,
  device: z.string(),
  point: z.string().nullable(),
  /** The piece as it came, cut at 500 characters. */
  text: z.string(),
})
export type QuarantinedPiece = z.infer<typeof QuarantinedPiece>

const sharingErrors = [telemetryErrors.notFound] as const
const periodErrors = [telemetryErrors.periodTooLong, telemetryErrors.periodEmpty] as const
const period = { from: Instant, until: Instant }

export const telemetryApi = {
  devicePoints: endpoint({
    method: 'GET',
    path: '/telemetry/devices/:deviceId/points',
    summary: 'The measuring points of a device that may be read, one’s own or a partner’s by agreement, and what the agreement withholds.',
    permission: 'telemetry.read',
    params: z.object({ deviceId: DeviceId }),
    query: z.object({ ownerId }),
    body: z.undefined(),
    response: z.object({ points: z.array(TelemetryPoint), withheld: Withheld.nullable() }),
    errors: [...sharingErrors],
  }),
  devicePace: endpoint({
    method: 'GET',
    path: '/telemetry/devices/:deviceId/pace',
    summary: 'How often each point of a device of one’s own is to be heard of, as far as a gateway reads it; null where none does.',
    permission: 'telemetry.read',
    params: z.object({ deviceId: DeviceId }),
    query: none,
    body: z.undefined(),
    response: z.object({ pace: DevicePace.nullable() }),
    errors: [telemetryErrors.notFound],
  }),
  deviceLatest: endpoint({
    method: 'GET',
    path: '/telemetry/devices/:deviceId/latest',
    summary: 'The last value of each measuring point of a device, one’s own or a partner’s by agreement.',
    permission: 'telemetry.read',
    params: z.object({ deviceId: DeviceId }),
    query: z.object({ ownerId }),
    body: z.undefined(),
    response: z.object({
      points: z.array(z.object({ point: TelemetryPoint, sample: Sample.nullable() })),
      withheld: Withheld.nullable(),
    }),
    errors: [...sharingErrors, telemetryErrors.onlyKeyFigures],
  }),
  lastGood: endpoint({
    method: 'GET',
    path: '/telemetry/points/:id/last-good',
    summary:
      'For a point whose newest value is not good: the last good one of the last 31 days, and the last of its values that was refused and why.',
    permission: 'telemetry.read',
    params: z.object({ id: MeasuringPointId }),
    query: z.object(ofPartner),
    body: z.undefined(),
    response: z.object({ sample: Sample.nullable(), refused: z.object({ at: Instant, reason: RefusalReason }).nullable() }),
    errors: [...sharingErrors, telemetryErrors.onlyKeyFigures],
  }),
  latest: endpoint({
    method: 'POST',
    path: '/telemetry/latest',
    summary: 'The last values of up to 10,000 measuring points of one’s own, as lists in the order of the answer’s ids.',
    permission: 'telemetry.read',
    question: true,
    params: none,
    query: none,
    body: z.object({
      measuringPointIds: z.array(MeasuringPointId).max(telemetryLimits.latestPoints).optional(),
      deviceIds: z.array(DeviceId).max(1_000).optional(),
    }),
    bodyLimit: 1024 * 1024,
    response: z.object({
      measuringPointIds: longList<MeasuringPointId>({ type: 'string', format: 'uuid' }),
      value: longList<SampleValue>({ type: ['number', 'string', 'null'] }),
      quality: numbersOrNull,
      atMs: numbersOrNull,
      receivedMs: numbersOrNull,
    }),
    errors: [telemetryErrors.tooManyPoints],
  }),
  series: endpoint({
    method: 'GET',
    path: '/telemetry/series',
    summary: 'Curves of up to 20 measuring points in at most 1,000 buckets of whole minutes, gaps and quality included.',
    permission: 'telemetry.read',
    params: none,
    query: z.object({
      measuringPointIds: idList(MeasuringPointId, telemetryLimits.seriesPoints),
      ...period,
      maxBuckets: z.coerce.number().int().min(1).max(telemetryLimits.buckets).default(500),
      ...ofPartner,
    }),
    body: z.undefined(),
    response: z.object({
      fromMs: z.int(),
      bucketMs: z.int(),
      buckets: z.int(),
      /** From here on the values are not rolled up yet and were read raw. */
      openFromMs: z.int(),
      curves: z.array(Curve),
      withheld: Withheld.nullable(),
    }),
    errors: [...sharingErrors, ...periodErrors, telemetryErrors.textHasNoCurve],
  }),
  raw: endpoint({
    method: 'GET',
    path: '/telemetry/raw',
    summary: 'The samples of one measuring point, at most one day, in pages of at most 100,000.',
    permission: 'telemetry.read',
    params: none,
    query: z.object({
      measuringPointId: MeasuringPointId,
      ...period,
      limit: z.coerce.number().int().min(1).max(telemetryLimits.rawRows).default(10_000),
      cursor: z.coerce.number().int().optional(),
      ...ofPartner,
    }),
    body: z.undefined(),
    response: RawColumns.extend({ point: TelemetryPoint, nextCursor: z.number().nullable(), withheld: Withheld.nullable() }),
    errors: [...sharingErrors, ...periodErrors, telemetryErrors.onlyKeyFigures],
  }),
  productionDays: endpoint({
    method: 'GET',
    path: '/telemetry/production-days',
    summary: 'Sums of whole production days by the site’s time zone and day start (first and last date included).',
    permission: 'telemetry.read',
    params: none,
    query: z.object({
      measuringPointIds: idList(MeasuringPointId, telemetryLimits.seriesPoints),
      from: CalendarDate,
      until: CalendarDate,
      ...ofPartner,
    }),
    body: z.undefined(),
    response: z.object({
      points: z.array(
        z.object({
          point: TelemetryPoint,
          timeZone: z.string(),
          days: z.array(
            z.object({
              date: CalendarDate,
              fromMs: z.int(),
              untilMs: z.int(),
              /** The day is over and everything received of it is rolled up. */
              closed: z.boolean(),
              n: z.int(),
              nUncertain: z.int(),
              nBad: z.int(),
              sum: z.number().nullable(),
              avg: z.number().nullable(),
              min: z.number().nullable(),
              max: z.number().nullable(),
              last: z.number().nullable(),
              increase: z.number().nullable(),
              durations: z.record(z.string(), z.number()).nullable(),
            }),
          ),
        }),
      ),
      withheld: Withheld.nullable(),
    }),
    errors: [...sharingErrors, ...periodErrors, telemetryErrors.textHasNoCurve],
  }),
  exportCsv: endpoint({
    method: 'GET',
    path: '/telemetry/export.csv',
    summary: 'Values of up to 20 measuring points as CSV: raw (31 days at most), or per minute, hour or production day.',
    permission: 'telemetry.export',
    params: none,
    query: z.object({
      measuringPointIds: idList(MeasuringPointId, telemetryLimits.exportPoints),
      ...period,
      resolution: z.enum(['raw', 'minute', 'hour', 'day']).default('minute'),
      ...ofPartner,
    }),
    body: z.undefined(),
    response: z.string(),
    answer: 'csv',
    errors: [...sharingErrors, ...periodErrors, telemetryErrors.onlyKeyFigures],
  }),
  live: endpoint({
    method: 'GET',
    path: '/telemetry/live',
    summary: 'Values of devices as they become durable; ends with a reason when an agreement is revoked.',
    permission: 'telemetry.read',
    params: none,
    query: z.object({ deviceIds: idList(DeviceId, telemetryLimits.liveDevices), ownerId }),
    body: z.undefined(),
    response: LiveEvent,
    answer: 'sse',
    errors: [
      ...sharingErrors,
      telemetryErrors.onlyKeyFigures,
      telemetryErrors.delayed,
      telemetryErrors.notInPeriod,
      telemetryErrors.tooManyStreams,
    ],
  }),
  push: endpoint({
    method: 'POST',
    path: '/telemetry/push',
    summary:
      'A device’s values by HTTPS (Basic: `org/device` and its secret): `{ ts, values, q?, seq? }` or an array of them; 200 only when all is durable.',
    permission: 'device',
    params: none,
    query: none,
    body: z.unknown(),
    takes: 'bytes',
    response: PushAnswer,
    bodyLimit: telemetryLimits.messageBytes,
    errors: [telemetryErrors.wrongCredential, telemetryErrors.lockedOut, telemetryErrors.overQuota, telemetryErrors.notStored],
  }),
  ...waveformEndpoints,
  ...retentionEndpoints,
  batch: endpoint({
    method: 'POST',
    path: '/telemetry/batch',
    summary:
      'A gateway’s batch by HTTPS (Basic: `org/gateway` and its secret): `{ batch, backfill?, items: [{ device, ts, values, q?, seq? }] }`; 200 only when all is durable.',
    permission: 'device',
    params: none,
    query: none,
    body: z.unknown(),
    takes: 'bytes',
    response: PushAnswer,
    bodyLimit: telemetryLimits.messageBytes,
    errors: [
      telemetryErrors.wrongCredential,
      telemetryErrors.lockedOut,
      telemetryErrors.notAGateway,
      telemetryErrors.overQuota,
      telemetryErrors.notStored,
    ],
  }),
  ingestHealth: endpoint({
    method: 'GET',
    path: '/telemetry/ingest/health',
    summary: 'What was stored and what was refused and why: totals, by hour, by device; values a minute and transport delay.',
    permission: 'telemetry.readIngest',
    params: none,
    query: z.object({ hours: z.coerce.number().int().min(1).max(168).default(24) }),
    body: z.undefined(),
    response: z.object({
      /** Of the whole platform: `waiting` – values were taken in and cannot be stored; their devices get no acknowledgement and send again. */
      store: z.object({
        state: z.enum(['storing', 'waiting', 'notRunning']),
        reason: NotStoredReason.nullable(),
        since: Instant.nullable(),
        waitingRows: z.int(),
      }),
      totals: z.array(z.object({ count: IngestCount, n: z.int(), lastAt: Instant.nullable() })),
      byHour: z.array(z.object({ hour: Instant, count: IngestCount, n: z.int() })),
      /** The devices with most refused pieces first. */
      byDevice: z.array(z.object({ device: z.string(), count: IngestCount, n: z.int(), lastAt: Instant })),
      /** Values of the last hour by minute of source time, as far as rolled up. */
      perMinute: z.array(z.object({ minute: Instant, n: z.int() })),
      /** Received minus source time over the last value of each point of the last hour. */
      lagMs: z.object({ p50: z.number().nullable(), p99: z.number().nullable(), points: z.int() }),
      /** Hours that wait to be summed up again because late values came. */
      rollUp: z.object({ closedUntil: Instant.nullable(), dirtyHours: z.int() }),
    }),
    errors: [],
  }),
  quarantine: endpoint({
    method: 'GET',
    path: '/telemetry/ingest/quarantine',
    summary: 'The last refused pieces with their text.',
    permission: 'telemetry.readIngest',
    params: none,
    query: z.object({
      reason: RefusalReason.optional(),
      device: z.string().trim().max(120).optional(),
      cursor: z.string().max(200).optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
      sort: z.enum(['at', '-at']).default('-at'),
    }),
    body: z.undefined(),
    response: pageOf(QuarantinedPiece),
    errors: [],
  }),
}
