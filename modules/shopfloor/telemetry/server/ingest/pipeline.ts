import type { Clock } from '#kernel/clock.ts'
import { qualityStatus } from '#values/quality.ts'
import type { RefusalReason } from '../../contract.ts'
import { countIndex, type Outcome, REFUSALS_SHOWN } from './counts.ts'
import type { DeviceDirectory, DeviceSession } from './device-directory.ts'
import type { Horizons } from './horizons.ts'
import { type PieceSink, readMessage, readParsed } from './read-message.ts'
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
  clock: Clock
  /** Whether anybody looks at this topic now: only then is a message made for it. */
  isWatched: (topic: string) => boolean
}

export class NotWelcome extends Error {}

/** From a device's message to durable rows; what every way in (MQTT, HTTPS) goes through. */
export class Pipeline {
  readonly #parts: PipelineParts
  readonly #sink: MessageSink
  #closed = false

  constructor(parts: PipelineParts) {
    this.#parts = parts
    this.#sink = new MessageSink(parts.tallies)
  }

  /** Resolves when all that could be taken is durable. Errors: NotWelcome (disabled meanwhile), the store's when it stays away. */
  accept(session: DeviceSession, payload: Buffer | { parsed: unknown }, done: (error: Error | undefined, outcome: Outcome) => void): void {
    const { directory, writer, horizons } = this.#parts
    if (this.#closed) done(new Error('The ingest is stopping.'), nothing)
    else if (directory.isFresh(session) && writer.hasRoom() && horizons.isKnown) this.#read(session, payload, done)
    else this.#acceptLater(session, payload, done)
  }

  #acceptLater(
    session: DeviceSession,
    payload: Buffer | { parsed: unknown },
    done: (error: Error | undefined, outcome: Outcome) => void,
  ): void {
    const { directory, writer, horizons } = this.#parts
    directory
      .renew(session)
      .then(async (welcome) => {
        if (!welcome) throw new NotWelcome('The device may not send any more.')
        await horizons.known()
        while (!writer.hasRoom()) await writer.untilRoom()
        if (this.#closed) throw new Error('The ingest is stopping.')
        this.#read(session, payload, done)
      })
      .catch((error: Error) => done(error, nothing))
  }

  #read(session: DeviceSession, payload: Buffer | { parsed: unknown }, done: (error: Error | undefined, outcome: Outcome) => void): void {
    const { writer, horizons, clock, isWatched } = this.#parts
    const { device } = session
    const nowMs = clock.nowMs()
    const goneMs = horizons.of(device.orgNo)
    const topic = `live/${device.orgNo}/${device.deviceId}`
    const { batch } = writer
    const sink = this.#sink
    sink.begin(device, batch, nowMs, isWatched(topic))
    if (Buffer.isBuffer(payload)) readMessage(payload, device.points, nowMs, sink, goneMs)
    else readParsed(payload.parsed, device.points, nowMs, sink, goneMs)
    const { outcome, live } = sink.end()
    if (live) batch.live.push({ topic, payload: live })
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
class MessageSink implements PieceSink {
  readonly #tallies: Tallies
  #device!: DeviceSession['device']
  #batch!: SampleBatch
  #counts!: Float64Array
  #receivedMs = 0
  #outcome: Outcome = nothing
  #live: string[] | undefined

  constructor(tallies: Tallies) {
    this.#tallies = tallies
  }

  begin(device: DeviceSession['device'], batch: SampleBatch, receivedMs: number, watched: boolean): void {
    this.#device = device
    this.#batch = batch
    this.#counts = this.#tallies.of(device.orgId, device.code)
    this.#receivedMs = receivedMs
    this.#outcome = { stored: 0, refused: 0, refusals: [] }
    this.#live = watched ? [] : undefined
  }

  end(): { outcome: Outcome; live: string | undefined } {
    this.#counts[countIndex.accepted]! += this.#outcome.stored
    const live = this.#live && this.#live.length > 0 ? `{"r":${this.#receivedMs},"v":[${this.#live.join(',')}]}` : undefined
    return { outcome: this.#outcome, live }
  }

  number(state: SeriesState, atMs: number, value: number, quality: number, seq: number): void {
    this.#batch.addNumber(state, this.#device, atMs, value, quality, this.#receivedMs, seq)
    this.#stored(quality)
    // NaN, a value that could not be read, becomes null.
    this.#live?.push(`[${state.series},${Number.isNaN(value) ? 'null' : value},${quality},${atMs},${seq}]`)
  }

  text(state: SeriesState, atMs: number, text: string, quality: number, seq: number): void {
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
    this.#tallies.refuse(this.#device.orgId, this.#device.code, reason, pieces, point, piece)
    if (this.#outcome.refusals.length >= REFUSALS_SHOWN) return
    const text = typeof piece === 'string' ? piece : (JSON.stringify(piece) ?? '')
    this.#outcome.refusals.push({ reason, message, point: point?.slice(0, 100) ?? null, text: text.slice(0, REFUSAL_TEXT) })
  }
}
