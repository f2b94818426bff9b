import { type Failure, stretchOf } from '../../blocks/extent.ts'
import type { BadPart, LearnedParts } from '../../blocks/learned.ts'
import type { Clock } from '../../clock.ts'
import type { Sample } from '../driver.ts'
import { type Decoder, isBadValue } from './codec.ts'
import type { ModbusConnection } from './connection.ts'
import { failureOf, failures, isAboutUnit } from './exceptions.ts'
import { coilOf, isBits, readData, readRequest } from './pdu.ts'
import type { Extent, PlannedRequest } from './read-plan.ts'

/** A point made ready once for all reads. */
export interface Item extends Extent {
  id: number
  /** For registers. */
  decode: Decoder
}

export type ItemRequest = PlannedRequest<Item>

/** After so many requests in a row without the unit's answer the rest of the read is not asked: a dead unit would hold up the link. */
const SILENT_REQUESTS = 2
/** Bisection of one read; what is not found out goes on with the next read. */
const MAX_EXTRA_REQUESTS = 64

/** One read of one unit: sends the planned requests, finds out which place is at fault when a joined one is refused, and collects samples. */
export class UnitRead {
  readonly samples: Sample[] = []
  readonly #connection: ModbusConnection
  readonly #unitId: number
  readonly #learned: LearnedParts
  readonly #clock: Clock
  readonly #signal: AbortSignal
  #silent = 0
  #silence: Failure = failures.noAnswer
  #extra = 0

  constructor(connection: ModbusConnection, unitId: number, learned: LearnedParts, clock: Clock, signal: AbortSignal) {
    this.#connection = connection
    this.#unitId = unitId
    this.#learned = learned
    this.#clock = clock
    this.#signal = signal
  }

  async run(requests: readonly ItemRequest[], lanes: number): Promise<void> {
    let next = 0
    const lane = async () => {
      while (next < requests.length) await this.#readPlanned(requests[next++]!)
    }
    await Promise.all(Array.from({ length: Math.min(lanes, requests.length) }, lane))
  }

  /** Tries a refused place once more, alone. */
  async retry(item: Item, part: BadPart): Promise<void> {
    const failure = await this.#read(stretchOf(item))
    if (failure === undefined) return this.#learned.accept(part, this.#clock.nowMs())
    if (failure.aboutPlace) this.#learned.refuseAgain(part, failure, this.#clock.nowMs())
    this.fail([item], failure)
  }

  /** Says of a refused place that is not tried now why it has no value: the unit that is away comes first. */
  leave(item: Item, part: BadPart): void {
    this.fail([item], this.#silent >= SILENT_REQUESTS ? this.#silence : part.failure)
  }

  fail(items: readonly Item[], { quality, reason }: Failure): void {
    const receivedMs = this.#clock.nowMs()
    for (const { id } of items) this.samples.push({ point: id, value: null, quality, reason, receivedMs })
  }

  async #readPlanned(request: ItemRequest): Promise<void> {
    const failure = await this.#read(request)
    if (failure === undefined) return
    if (failure.aboutPlace) await this.#isolate(request, failure)
    else this.fail(request.items, failure)
  }

  /** A refused request in halves, until each refused place is known. */
  async #isolate(request: ItemRequest, failure: Failure): Promise<void> {
    const [first] = request.items
    if (first && request.items.every(({ offset, size }) => offset === first.offset && size === first.size)) {
      this.#learned.refuse(first, failure, this.#clock.nowMs())
      return this.fail(request.items, failure)
    }
    if (this.#extra >= MAX_EXTRA_REQUESTS) return this.fail(request.items, failure)
    const [left, right] = halves(request)
    const leftIsRead = await this.#readHalf(left)
    const rightIsRead = await this.#readHalf(right)
    if (leftIsRead && rightIsRead) this.#learned.part(extentOf(left), extentOf(right), this.#clock.nowMs())
  }

  /** Whether it was read in one request. */
  async #readHalf(half: ItemRequest): Promise<boolean> {
    this.#extra++
    const failure = await this.#read(half)
    if (failure === undefined) return true
    if (failure.aboutPlace) await this.#isolate(half, failure)
    else this.fail(half.items, failure)
    return false
  }

  /** Samples of all items, or why there are none. */
  async #read({ table, offset, count, items }: ItemRequest): Promise<Failure | undefined> {
    if (this.#silent >= SILENT_REQUESTS) return this.#silence
    const answer = await this.#connection.request(this.#unitId, readRequest(table, offset, count), this.#signal)
    switch (answer.kind) {
      case 'silent':
        return this.#noteSilence(failures.noAnswer)
      case 'wrong':
        this.#silent = 0
        return failures.wrongAnswer
      case 'exception': {
        const failure = failureOf(answer.code)
        if (isAboutUnit(answer.code)) return this.#noteSilence(failure)
        this.#silent = 0
        return failure
      }
      case 'answer': {
        this.#silent = 0
        const data = readData(table, count, answer.pdu)
        if (!data) return failures.wrongAnswer
        this.#take(data, isBits(table), offset, items)
        return undefined
      }
      default:
        return answer satisfies never
    }
  }

  #noteSilence(failure: Failure): Failure {
    this.#silent++
    this.#silence = failure
    return failure
  }

  #take(data: Buffer, bits: boolean, offset: number, items: readonly Item[]): void {
    const receivedMs = this.#clock.nowMs()
    for (const item of items) {
      const value = bits ? coilOf(data, item.offset - offset) : item.decode(data, (item.offset - offset) * 2)
      this.samples.push(
        isBadValue(value)
          ? { point: item.id, value: null, quality: value.quality, reason: value.reason, receivedMs }
          : { point: item.id, value, quality: 'good', receivedMs },
      )
    }
  }
}

const extentOf = ({ table, offset, count }: ItemRequest): Extent => ({ table, offset, size: count })

function halves({ table, items }: ItemRequest): [ItemRequest, ItemRequest] {
  const middle = items.length >> 1
  return [spanning(table, items.slice(0, middle)), spanning(table, items.slice(middle))]
}

function spanning(table: Extent['table'], items: Item[]): ItemRequest {
  const offset = items[0]!.offset
  return { table, offset, count: Math.max(...items.map((item) => item.offset + item.size)) - offset, items }
}
