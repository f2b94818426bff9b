import { setTimeout as sleep } from 'node:timers/promises'
import type { z } from 'zod'
import type { Bus } from '#kernel/bus.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Context } from '#kernel/context.ts'
import type { DeviceId, MeasuringPointId } from '#modules/shopfloor/devices/contract.ts'
import { AppError } from '#values/errors.ts'
import { type LiveEvent, type Sample, SampleValue, type TelemetryPoint, type telemetryApi } from '../../contract.ts'
import { telemetryErrors } from '../../errors.ts'
import { type LatestParts, latestSamples } from './read-latest.ts'
import { type Readable, readable } from './readable.ts'

export interface LiveParts extends LatestParts {
  bus: Bus
  clock: Clock
}

/** So soon after a revocation, a retired device or a changed site the stream ends. */
const CHECK_MS = 3_000
/** Then the browser connects again, and whether its session still stands is seen. */
const RENEW_MS = 10 * 60_000
/** What came within this goes in one event: a page gains nothing from more. */
const GATHER_MS = 40
const MAX_STREAMS = 2_000
const MAX_STREAMS_OF_ONE = 20

let streams = 0
const streamsOf = new Map<string, number>()

type Query = z.output<typeof telemetryApi.live.query>

/** Errors: those of `readable`, telemetry.delayed, telemetry.onlyKeyFigures, telemetry.notInPeriod, telemetry.tooManyStreams. */
export async function watchLive(parts: LiveParts, ctx: Context, query: Query, signal: AbortSignal): Promise<AsyncIterable<LiveEvent>> {
  const watched = await Promise.all(query.deviceIds.map((deviceId) => watchable(parts, ctx, query, deviceId)))
  const { id } = ctx.actor
  if (streams >= MAX_STREAMS || (streamsOf.get(id) ?? 0) >= MAX_STREAMS_OF_ONE) throw telemetryErrors.tooManyStreams()
  return stream(parts, ctx, query, watched, signal)
}

async function watchable(parts: LiveParts, ctx: Context, { ownerId }: Query, deviceId: DeviceId): Promise<Watched> {
  const may = await readable(parts, ctx, { deviceId, ownerId })
  if (may.onlyKeyFigures) throw telemetryErrors.onlyKeyFigures()
  if (may.delayMinutes > 0) throw telemetryErrors.delayed({ minutes: may.delayMinutes })
  const nowMs = ctx.now.getTime()
  if (nowMs < may.fromMs || nowMs >= may.untilMs) throw telemetryErrors.notInPeriod()
  return { deviceId, may, points: pointsBySeries(may, deviceId) }
}

/** The ingest writes last values once a second: they are read again when those of the first moment must stand there. */
const LATEST_WRITTEN_MS = 1_500

interface Watched {
  deviceId: DeviceId
  may: Readable
  points: ReadonlyMap<number, MeasuringPointId>
}

const pointsBySeries = (may: Readable, deviceId: DeviceId) =>
  new Map(may.points.flatMap((point) => point.bindings.filter((b) => b.deviceId === deviceId).map((b) => [b.series, point.id] as const)))

async function* stream(parts: LiveParts, ctx: Context, query: Query, watched: Watched[], signal: AbortSignal): AsyncGenerator<LiveEvent> {
  const { id } = ctx.actor
  const news = new News()
  const stops: (() => void)[] = []
  streams++
  streamsOf.set(id, (streamsOf.get(id) ?? 0) + 1)
  try {
    // Subscribed before the last values are read, so that nothing falls between.
    const subscriptions = watched.map((device) =>
      parts.bus.subscribe(`live/${device.may.scope.orgNo}/${device.deviceId}`, (_, payload) => news.take(device, payload)),
    )
    stops.push(...subscriptions.map((subscription) => subscription.stop))
    await Promise.all(subscriptions.map((subscription) => subscription.ready))
    for (const { deviceId, may } of watched)
      yield news.shown({ type: 'latest', deviceId, points: await latestSamples(parts.clickhouse, may) })
    const renewMs = parts.clock.nowMs() + RENEW_MS
    let checkMs = parts.clock.nowMs() + CHECK_MS
    let againMs = parts.clock.nowMs() + LATEST_WRITTEN_MS
    while (!signal.aborted) {
      yield* news.drain()
      const nowMs = parts.clock.nowMs()
      if (nowMs >= renewMs) return yield { type: 'ended', reason: 'renew' }
      if (nowMs >= Math.min(checkMs, againMs)) {
        checkMs = nowMs + CHECK_MS
        const reason = await stillOpen(parts, { ...ctx, now: parts.clock.now() }, query, watched)
        if (reason) return yield { type: 'ended', reason }
      }
      if (nowMs >= againMs) {
        againMs = Number.POSITIVE_INFINITY
        for (const device of watched) news.takeLatest(device.deviceId, await latestSamples(parts.clickhouse, device.may))
        yield* news.drain()
      }
      await news.arrive(Math.min(checkMs, againMs) - nowMs, signal)
    }
  } finally {
    for (const stop of stops) stop()
    streams--
    const left = (streamsOf.get(id) ?? 1) - 1
    if (left > 0) streamsOf.set(id, left)
    else streamsOf.delete(id)
  }
}

/** The code of what ends it; PostgreSQL away ends nothing yet. Points and bindings are taken as they are now. */
async function stillOpen(parts: LiveParts, ctx: Context, query: Query, watched: Watched[]): Promise<string | undefined> {
  for (const device of watched) {
    try {
      Object.assign(device, await watchable(parts, ctx, query, device.deviceId))
    } catch (error) {
      if (error instanceof AppError) return error.code
    }
  }
  return undefined
}

interface LiveMessage {
  /** When it was received. */
  r: number
  /** series, value, quality, source time, sequence (-1: none) */
  v: [number, unknown, number, number, number][]
}

/** The newest value of each point since the page last took some: a slow page skips, it never falls behind. */
class News {
  readonly #values = new Map<DeviceId, Map<MeasuringPointId, Sample>>()
  /** Source time of what the page has of each point. */
  readonly #shownMs = new Map<MeasuringPointId, number>()
  #wake: (() => void) | undefined

  take({ deviceId, points, may }: Watched, payload: Buffer): void {
    const { r, v } = JSON.parse(payload.toString()) as LiveMessage
    const values = this.#values.get(deviceId) ?? new Map<MeasuringPointId, Sample>()
    for (const [series, value, quality, atMs, seq] of v) {
      const point = points.get(series)
      if (!point || atMs < may.fromMs || atMs >= may.untilMs || (values.get(point)?.atMs ?? -1) > atMs) continue
      values.set(point, { value: SampleValue.parse(value), quality, atMs, receivedMs: r, seq: seq < 0 ? null : seq })
    }
    if (values.size === 0) return
    this.#values.set(deviceId, values)
    this.#wake?.()
  }

  /** What became durable just before the subscription stood and was not in the table of last values at first. */
  takeLatest(deviceId: DeviceId, points: { point: TelemetryPoint; sample: Sample | null }[]): void {
    const values = this.#values.get(deviceId) ?? new Map<MeasuringPointId, Sample>()
    for (const { point, sample } of points) {
      const knownMs = Math.max(values.get(point.id)?.atMs ?? -1, this.#shownMs.get(point.id) ?? -1)
      if (sample && sample.atMs > knownMs) values.set(point.id, sample)
    }
    if (values.size > 0) this.#values.set(deviceId, values)
  }

  *drain(): Generator<LiveEvent> {
    const devices = [...this.#values]
    this.#values.clear()
    for (const [deviceId, values] of devices)
      yield this.shown({ type: 'values', deviceId, values: [...values].map(([pointId, sample]) => ({ pointId, sample })) })
  }

  shown(event: LiveEvent): LiveEvent {
    if (event.type === 'latest') for (const { point, sample } of event.points) if (sample) this.#shownMs.set(point.id, sample.atMs)
    if (event.type === 'values') for (const { pointId, sample } of event.values) this.#shownMs.set(pointId, sample.atMs)
    return event
  }

  async arrive(timeoutMs: number, signal: AbortSignal): Promise<void> {
    if (this.#values.size === 0) {
      const woken = new AbortController()
      this.#wake = () => woken.abort()
      await sleep(Math.max(0, timeoutMs), undefined, { signal: AbortSignal.any([signal, woken.signal]) }).catch(() => undefined)
      this.#wake = undefined
    }
    if (this.#values.size > 0) await sleep(GATHER_MS, undefined, { signal }).catch(() => undefined)
  }
}
