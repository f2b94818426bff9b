import type { Clock } from '#kernel/clock.ts'
import { quality as qualityCodes, qualityStatus } from '#values/quality.ts'
import type { RefusalReason } from '../../contract.ts'
import { countIndex, type Outcome, REFUSALS_SHOWN } from './counts.ts'
import type { DeviceDirectory, DeviceSession, KnownDevice } from './device-directory.ts'
import type { GatewayVoice } from './gateway-voice.ts'
import type { Horizons } from './horizons.ts'
import type { Quotas } from './quotas.ts'
import { type BatchRefusal, type BatchSink, type ReadBatch, readBatch, readItems } from './read-batch.ts'
import { AHEAD_MS, readMessage } from './read-message.ts'
import type { SampleBatch } from './sample-batch.ts'
import type { SampleWriter } from './sample-writer.ts'
import type { SeriesState } from './series-state.ts'
import type { Tallies } from './tallies.ts'

const REFUSAL_TEXT = 200

export interface PipelineParts {
  directory: DeviceDirectory
  writer: SampleWriter
  tallies: Tallies
  horizons: Horizons
  quotas: Quotas
  clock: Clock
  /** Whether anybody looks at this topic now: only then is a message made for it. */
  isWatched: (topic: string) => boolean
}

export class NotWelcome extends Error {}
/** The device may send its own values, not batches of others'. */
export class NotAGateway extends Error {}

type Done = (error: Error | undefined, outcome: Outcome) => void

/** From a device's message to durable rows; what every way in (MQTT, HTTPS) goes through. */
export class Pipeline {
  readonly #parts: PipelineParts
  readonly #sink: MessageSink
  #closed = false

  constructor(parts: PipelineParts) {
    this.#parts = parts
    this.#sink = new MessageSink(parts)
  }

  /** Resolves when all that could be taken is durable. Errors: NotWelcome (disabled meanwhile), the store's when it stays away. */
  accept(session: DeviceSession, payload: Buffer, done: Done): void {
    if (this.#closed) done(new Error('The ingest is stopping.'), nothing)
    else if (this.#isReady(session)) this.#read(session, payload, done)
    else this.#acceptLater(session, payload, done)
  }

  #isReady(session: DeviceSession): boolean {
    const { directory, writer, horizons, quotas } = this.#parts
    return directory.isFresh(session) && writer.hasRoom() && horizons.isKnown && quotas.mayCome(session.device.orgNo)
  }

  #acceptLater(session: DeviceSession, payload: Buffer, done: Done): void {
    this.#welcome(session)
      .then(async () => {
        await this.#untilRoom(session.device)
        this.#read(session, payload, done)
      })
      .catch((error: Error) => done(error, nothing))
  }

  async #welcome(session: DeviceSession): Promise<void> {
    if (!(await this.#parts.directory.renew(session))) throw new NotWelcome('The device may not send any more.')
  }

  async #untilRoom({ orgId, orgNo, code }: KnownDevice): Promise<void> {
    const { writer, horizons, quotas, tallies } = this.#parts
    await horizons.known()
    if (!quotas.mayCome(orgNo)) {
      tallies.of(orgId, code)[countIndex.slowed]! += 1
      await quotas.turn(orgNo)
    }
    while (!writer.hasRoom()) await writer.untilRoom()
    if (this.#closed) throw new Error('The ingest is stopping.')
  }

  /** As `accept` for a gateway's batch with items of several devices. Errors: NotAGateway too. */
  acceptBatch(session: DeviceSession, payload: Buffer, done: Done): void {
    const { directory } = this.#parts
    if (this.#closed) {
      done(new Error('The ingest is stopping.'), nothing)
      return
    }
    const batch = readBatch(payload)
    const items = 'refused' in batch ? [] : batch.items
    const voice = this.#isReady(session) ? directory.freshVoice(session.device, items) : undefined
    if (voice) this.#readBatch(session.device, voice, batch, done)
    else
      this.#welcome(session)
        .then(async () => {
          await this.#untilRoom(session.device)
          const found = await directory.findVoice(session.device, items)
          if (!found) throw new NotAGateway('The device is no gateway.')
          this.#readBatch(session.device, found, batch, done)
        })
        .catch((error: Error) => done(error, nothing))
  }

  #readBatch(gateway: KnownDevice, voice: GatewayVoice, batch: ReadBatch | BatchRefusal, done: Done): void {
    const { writer, clock, tallies, horizons, quotas } = this.#parts
    const nowMs = clock.nowMs()
    const sink = this.#sink
    sink.begin(writer.batch, nowMs, 'backfill' in batch && batch.backfill)
    sink.of(gateway)
    if ('refused' in batch) sink.refuse(batch.refused, 1, 0, null, batch.text)
    else readItems(batch.items, gateway, voice, { goneMs: horizons.of(gateway.orgNo), aheadMs: nowMs + AHEAD_MS }, sink)
    const outcome = sink.end()
    quotas.count(gateway.orgNo, outcome.stored + outcome.refused)
    const number = 'refused' in batch ? undefined : batch.batch
    if (number !== undefined && voice.isRepeated(number)) tallies.of(gateway.orgId, gateway.code)[countIndex.repeatedBatch]! += 1
    const stored = (error?: Error) => {
      if (!error && number !== undefined) voice.stored(number)
      done(error, outcome)
    }
    if (outcome.stored > 0) writer.added(stored)
    else stored()
  }

  #read(session: DeviceSession, payload: Buffer, done: Done): void {
    const { writer, horizons, clock, quotas } = this.#parts
    const { device } = session
    const nowMs = clock.nowMs()
    const goneMs = horizons.of(device.orgNo)
    const sink = this.#sink
    sink.begin(writer.batch, nowMs, false)
    sink.of(device)
    readMessage(payload, device.points, nowMs, sink, goneMs)
    const outcome = sink.end()
    quotas.count(device.orgNo, outcome.stored + outcome.refused)
    if (outcome.stored > 0) writer.added((error) => done(error, outcome))
    else done(undefined, outcome)
  }

  /** Takes nothing more and stores what it has. */
  async close(timeoutMs: number): Promise<void> {
    this.#closed = true
    await this.#parts.writer.close(timeoutMs)
    await this.#parts.tallies.flush()
  }
}

const nothing: Outcome = { stored: 0, refused: 0, refusals: [] }

/** Puts the pieces of one message after the other into the batch; one object for all messages, since reading never pauses. */
class MessageSink implements BatchSink {
  readonly #parts: Pick<PipelineParts, 'tallies' | 'isWatched'>
  #device!: KnownDevice
  #batch!: SampleBatch
  #counts!: Float64Array
  #receivedMs = 0
  #backfill = false
  #outcome: Outcome = nothing
  /** Of the outcome, what was stored before the present device's turn. */
  #storedBefore = 0
  #topic = ''
  #live: string[] | undefined

  constructor(parts: Pick<PipelineParts, 'tallies' | 'isWatched'>) {
    this.#parts = parts
  }

  begin(batch: SampleBatch, receivedMs: number, backfill: boolean): void {
    this.#batch = batch
    this.#receivedMs = receivedMs
    this.#backfill = backfill
    this.#outcome = { stored: 0, refused: 0, refusals: [] }
    this.#storedBefore = 0
    this.#live = undefined
  }

  of(device: KnownDevice): void {
    this.#endTurn()
    this.#device = device
    this.#counts = this.#parts.tallies.of(device.orgId, device.code)
    this.#topic = `live/${device.orgNo}/${device.deviceId}`
    this.#live = this.#parts.isWatched(this.#topic) ? [] : undefined
  }

  end(): Outcome {
    this.#endTurn()
    return this.#outcome
  }

  #endTurn(): void {
    const stored = this.#outcome.stored - this.#storedBefore
    if (stored > 0) this.#counts[countIndex.accepted]! += stored
    this.#storedBefore = this.#outcome.stored
    if (this.#live && this.#live.length > 0)
      this.#batch.live.push({ topic: this.#topic, payload: `{"r":${this.#receivedMs},"v":[${this.#live.join(',')}]}` })
    this.#live = undefined
  }

  number(state: SeriesState, atMs: number, value: number, code: number, seq: number): void {
    const quality = this.#backfill && code === qualityCodes.good ? qualityCodes.goodBackfill : code
    this.#batch.addNumber(state, this.#device, atMs, value, quality, this.#receivedMs, seq)
    this.#stored(quality)
    // NaN, a value that could not be read, becomes null.
    this.#live?.push(`[${state.series},${Number.isNaN(value) ? 'null' : value},${quality},${atMs},${seq}]`)
  }

  text(state: SeriesState, atMs: number, text: string, code: number, seq: number): void {
    const quality = this.#backfill && code === qualityCodes.good ? qualityCodes.goodBackfill : code
    this.#batch.addText(state, atMs, text, quality, this.#receivedMs, seq)
    this.#stored(quality)
    this.#live?.push(`[${state.series},${JSON.stringify(text)},${quality},${atMs},${seq}]`)
  }

  #stored(quality: number): void {
    this.#outcome.stored++
    if (qualityStatus(quality) === 'bad') this.#counts[countIndex.bad]! += 1
  }

  outOfRange(): void {
    this.#counts[countIndex.outOfRange]! += 1
  }

  refuse(reason: RefusalReason, pieces: number, message: number, point: string | null, piece: unknown): void {
    this.#outcome.refused += pieces
    this.#parts.tallies.refuse(this.#device.orgId, this.#device.code, reason, pieces, point, piece)
    if (this.#outcome.refusals.length >= REFUSALS_SHOWN) return
    const text = typeof piece === 'string' ? piece : (JSON.stringify(piece) ?? '')
    this.#outcome.refusals.push({ reason, message, point: point?.slice(0, 100) ?? null, text: text.slice(0, REFUSAL_TEXT) })
  }
}
