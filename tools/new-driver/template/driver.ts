import type { z } from 'zod'
import type { Clock } from '#edge/clock.ts'
import {
  type Driver,
  LinkLost,
  type ReadRequest,
  type Sample,
  type Shown,
  type WriteItem,
  type WriteOutcome,
} from '#edge/drivers/driver.ts'
import type { MakeDriver } from '#edge/drivers/protocol.ts'
import { Seen } from '#edge/wire/seen.ts'
import { Traffic } from '#edge/wire/traffic.ts'
import type { QualityName } from '#values/quality.ts'
import { formatAddress, parseAddress } from './address.ts'
import { decode, encode } from './codec.ts'
import type { ExampleProtocolPlace, exampleProtocol } from './config.ts'
import { type ConnectionSettings, ExampleProtocolConnection } from './connection.ts'

type ExampleProtocolUnit = z.output<typeof exampleProtocol.unit>

interface Failure {
  quality: QualityName
  reason: string
}

const failures: Record<string, Failure> = {
  '!2': { quality: 'badIllegalAddress', reason: 'example-protocol.illegalAddress' },
  '!11': { quality: 'badNoCommunication', reason: 'example-protocol.unitAway' },
}
const noAnswer: Failure = { quality: 'badTimeout', reason: 'example-protocol.noAnswer' }
const wrongType: Failure = { quality: 'badConfiguration', reason: 'example-protocol.wrongType' }

export const makeExampleProtocolDriver: MakeDriver<typeof exampleProtocol> = (connection, clock) =>
  new ExampleProtocolDriver(connection, clock)

class ExampleProtocolDriver implements Driver<ExampleProtocolUnit, ExampleProtocolPlace> {
  readonly traffic: Traffic
  readonly #settings: ConnectionSettings
  readonly #clock: Clock
  #connection: ExampleProtocolConnection | undefined

  constructor(settings: ConnectionSettings, clock: Clock) {
    this.traffic = new Traffic(clock)
    this.#settings = settings
    this.#clock = clock
  }

  async connect(signal: AbortSignal): Promise<void> {
    await this.close()
    this.#connection = new ExampleProtocolConnection(this.#settings, this.traffic)
    await this.#connection.open(signal)
  }

  /** The protocol reads one place at a time. A unit that does not answer is not asked for the others. */
  async read({ unit, points }: ReadRequest<ExampleProtocolUnit, ExampleProtocolPlace>, signal: AbortSignal): Promise<Sample[]> {
    const connection = this.#opened(signal)
    const samples: Sample[] = []
    let silent = false
    for (const { id, place } of points) {
      const seen = new Seen()
      const answer: string | undefined = silent ? undefined : await connection.request(requestOf(unit, place), signal, undefined, seen)
      silent ||= answer === undefined
      const found = resultOf(answer, place)
      const receivedMs = this.#clock.nowMs()
      samples.push(
        typeof found === 'object'
          ? { point: id, value: null, ...found, shown: seen.shown(codeOf(answer)), receivedMs }
          : { point: id, value: found, quality: 'good', receivedMs },
      )
    }
    return samples
  }

  async write(items: readonly WriteItem<ExampleProtocolUnit, ExampleProtocolPlace>[], signal: AbortSignal): Promise<WriteOutcome[]> {
    const connection = this.#opened(signal)
    const outcomes: WriteOutcome[] = []
    for (const item of items) outcomes.push(await writeItem(connection, item, signal))
    return outcomes
  }

  async close(): Promise<void> {
    this.#connection?.close()
    this.#connection = undefined
  }

  #opened(signal: AbortSignal): ExampleProtocolConnection {
    signal.throwIfAborted()
    if (!this.#connection) throw new LinkLost('example-protocol.connectionLost')
    return this.#connection
  }
}

/** The device's own number, where it gave one. */
const codeOf = (answer: string | undefined): Shown['code'] =>
  answer?.startsWith('!') ? { name: 'example-protocol.error', value: answer.slice(1) } : undefined

const requestOf = ({ unitId }: ExampleProtocolUnit, { address }: ExampleProtocolPlace): string =>
  `${unitId} ${formatAddress(parseAddress(address) ?? 0)}`

const resultOf = (answer: string | undefined, { dataType }: ExampleProtocolPlace): string | number | Failure =>
  answer === undefined ? noAnswer : (failures[answer] ?? decode(answer, dataType) ?? wrongType)

/** Sent once; read back. What went out and was not answered is unknown. */
async function writeItem(
  connection: ExampleProtocolConnection,
  { unit, point, value }: WriteItem<ExampleProtocolUnit, ExampleProtocolPlace>,
  signal: AbortSignal,
): Promise<WriteOutcome> {
  const text = encode(value, point.place.dataType)
  if (text === undefined) return { kind: 'refused', reason: wrongType.reason }
  let sent = false
  try {
    const answer = await connection.request(`${requestOf(unit, point.place)}=${text}`, signal, () => {
      sent = true
    })
    if (answer === undefined) return { kind: 'unknown', reason: noAnswer.reason }
    const failure = failures[answer]
    if (failure) return { kind: 'refused', reason: failure.reason }
  } catch (error) {
    if (!(error instanceof LinkLost) && !signal.aborted) throw error
    const reason = error instanceof LinkLost ? error.reason : 'example-protocol.stopped'
    return { kind: sent ? 'unknown' : 'refused', reason }
  }
  const readBack = await connection.request(requestOf(unit, point.place), signal).catch(() => undefined)
  const found = resultOf(readBack, point.place)
  return { kind: 'done', readBack: typeof found === 'object' ? null : found }
}
