import { type BlockDevice, type Outcome, readBlocks } from '../../blocks/block-read.ts'
import type { Failure, Forbidden, Stretch } from '../../blocks/extent.ts'
import { PlanMemories } from '../../blocks/plan-memory.ts'
import type { Clock } from '../../clock.ts'
import { Seen } from '../../wire/seen.ts'
import { Traffic } from '../../wire/traffic.ts'
import { type Driver, LinkLost, type Point, type ReadRequest, type Sample, type WriteItem, type WriteOutcome } from '../driver.ts'
import type { MakeDriver } from '../protocol.ts'
import type { S7Place, S7Unit, s7 } from './config.ts'
import { type ConnectionSettings, S7Connection } from './connection.ts'
import { failureOfHead, failureOfItem, failures, headCodeOf, itemCodeOf } from './failures.ts'
import { type Item, itemOf } from './item.ts'
import { readRequest, readResults, variableOf } from './pdu.ts'
import { longestStretch, pack, planReads } from './read-plan.ts'
import { writeItem } from './write-item.ts'

export const makeS7Driver: MakeDriver<typeof s7> = (connection, clock) => new S7Driver(connection, clock)

class S7Driver implements Driver<S7Unit, S7Place> {
  readonly traffic: Traffic
  readonly #settings: ConnectionSettings
  readonly #clock: Clock
  #connection: S7Connection | undefined
  readonly #memories = new PlanMemories<S7Place, Item>()

  constructor(settings: ConnectionSettings, clock: Clock) {
    this.traffic = new Traffic(clock)
    this.#settings = settings
    this.#clock = clock
  }

  async connect(signal: AbortSignal): Promise<void> {
    await this.close()
    const connection = new S7Connection(this.#settings, this.traffic)
    this.#connection = connection
    await connection.open(signal)
  }

  async read({ unit, points }: ReadRequest<S7Unit, S7Place>, signal: AbortSignal): Promise<Sample[]> {
    const connection = this.#opened(signal)
    const { gapBytes, maxInFlight } = this.#settings
    const { pduBytes } = connection
    const planner = {
      itemOf: (point: Point<S7Place>) => itemOf(point, unit),
      longest: longestStretch(pduBytes),
      plan: (items: readonly Item[], forbidden: readonly Forbidden[]) => planReads(items, { pduBytes, gapBytes }, forbidden),
    }
    return readBlocks({
      points,
      memory: this.#memories.of(unit.block),
      planner,
      device: deviceOf(connection),
      failures,
      clock: this.#clock,
      lanes: maxInFlight,
      signal,
    })
  }

  /** One after the other, each as a request of its own; what was not sent when the link went is refused, not unknown. */
  async write(items: readonly WriteItem<S7Unit, S7Place>[], signal: AbortSignal): Promise<WriteOutcome[]> {
    const connection = this.#opened(signal)
    const outcomes: WriteOutcome[] = []
    for (const item of items) outcomes.push(await writeOrSay(connection, item, signal))
    return outcomes
  }

  async close(): Promise<void> {
    this.#connection?.close()
    this.#connection = undefined
  }

  #opened(signal: AbortSignal): S7Connection {
    signal.throwIfAborted()
    if (!this.#connection) throw new LinkLost('s7.connectionLost')
    this.#connection.throwIfLost()
    return this.#connection
  }
}

/** Where reading beforehand finds the link gone, nothing was sent. */
async function writeOrSay(connection: S7Connection, item: WriteItem<S7Unit, S7Place>, signal: AbortSignal): Promise<WriteOutcome> {
  try {
    return await writeItem(connection, item, signal)
  } catch (error) {
    if (error instanceof LinkLost) return { kind: 'refused', reason: error.reason }
    if (signal.aborted) return { kind: 'refused', reason: 's7.stopped' }
    throw error
  }
}

const deviceOf = (connection: S7Connection): BlockDevice<Item> => ({
  answersEach: true,
  pack: (stretches) => pack(stretches, connection.pduBytes),
  ask: (stretches, signal) => ask(connection, stretches, signal),
})

async function ask(connection: S7Connection, stretches: readonly Stretch<Item>[], signal: AbortSignal): Promise<Outcome[]> {
  const all = (failure: Failure): (Outcome & { kind: 'failed' })[] => stretches.map(() => ({ kind: 'failed', failure }))
  const variables = stretches.map(({ items, offset, count }) => variableOf(items[0]!, offset, count))
  const seen = new Seen()
  const answer = await connection.request((reference) => readRequest(reference, variables), 0x04, signal, undefined, seen)
  switch (answer.kind) {
    case 'silent':
      return all({ ...failures.noAnswer, shown: seen.shown() }).map((outcome) => ({ ...outcome, silent: true }))
    case 'wrong':
      return all({ ...failures.wrongAnswer, shown: seen.shown() })
    case 'error':
      return all({ ...failureOfHead(answer.code), shown: seen.shown(headCodeOf(answer.code)) })
    case 'answer': {
      const results = readResults(variables, answer)
      if (!results) return all({ ...failures.wrongAnswer, shown: seen.shown() })
      return results.map((result) =>
        result.kind === 'bytes'
          ? { ...result, seen }
          : { kind: 'failed', failure: { ...failureOfItem(result.code), shown: seen.shown(itemCodeOf(result.code)) } },
      )
    }
    default:
      return answer satisfies never
  }
}
