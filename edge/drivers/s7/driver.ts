import type { z } from 'zod'
import type { BadPart } from '../../blocks/learned.ts'
import type { Clock } from '../../clock.ts'
import { type Driver, LinkLost, type ReadRequest, type Sample, type WriteItem, type WriteOutcome } from '../driver.ts'
import type { MakeDriver } from '../protocol.ts'
import type { S7Place, s7 } from './config.ts'
import { type ConnectionSettings, S7Connection } from './connection.ts'
import { CpuRead } from './cpu-read.ts'
import { failures } from './failures.ts'
import type { Item } from './item.ts'
import { PlanMemory } from './plan-memory.ts'
import { writeItem } from './write-item.ts'

type S7Unit = z.output<typeof s7.unit>

export const makeS7Driver: MakeDriver<typeof s7> = (connection, clock) => new S7Driver(connection, clock)

/** Refused places that are tried once more in one read: one request of the smallest PDU holds them. */
const RETRIES_OF_A_READ = 8

class S7Driver implements Driver<S7Unit, S7Place> {
  readonly #settings: ConnectionSettings
  readonly #clock: Clock
  #connection: S7Connection | undefined
  readonly #memory = new PlanMemory()

  constructor(settings: ConnectionSettings, clock: Clock) {
    this.#settings = settings
    this.#clock = clock
  }

  async connect(signal: AbortSignal): Promise<void> {
    await this.close()
    const connection = new S7Connection(this.#settings)
    this.#connection = connection
    await connection.open(signal)
  }

  async read({ points }: ReadRequest<S7Unit, S7Place>, signal: AbortSignal): Promise<Sample[]> {
    const connection = this.#opened(signal)
    const startedMs = this.#clock.nowMs()
    const { learned } = this.#memory
    learned.forgetOld(startedMs)
    const { gapBytes, maxInFlight } = this.#settings
    const plan = this.#memory.planFor(points, { pduBytes: connection.pduBytes, gapBytes })
    const read = new CpuRead(connection, learned, this.#clock, signal)
    await read.run(plan.requests, maxInFlight)
    const due: { item: Item; part: BadPart }[] = []
    for (const place of plan.refused) {
      if (place.part.retryAtMs <= startedMs && due.length < RETRIES_OF_A_READ) due.push(place)
      else read.leave(place.item, place.part)
    }
    await read.retry(due)
    read.fail(plan.senseless, failures.wrongPlace)
    read.fail(plan.tooLong, failures.longerThanPdu)
    return read.samples
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
