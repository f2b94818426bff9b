import { type Extent, type Failure, type Stretch, stretchOf } from '../../blocks/extent.ts'
import type { BadPart, LearnedParts } from '../../blocks/learned.ts'
import type { Clock } from '../../clock.ts'
import type { Sample } from '../driver.ts'
import { isFailure } from './codec.ts'
import type { S7Connection } from './connection.ts'
import { failureOfHead, failureOfItem, failures } from './failures.ts'
import type { Item } from './item.ts'
import { readRequest, readResults, variableOf } from './pdu.ts'
import { type PlannedRequest, pack } from './read-plan.ts'

/** Of one read, to find out which places are at fault; what is not found out goes on with the next read. */
const MAX_EXTRA_REQUESTS = 64

interface Failed {
  stretch: Stretch<Item>
  failure: Failure
}
const isAboutPlace = ({ failure }: Failed): boolean => failure.aboutPlace === true

type Outcome = { kind: 'bytes'; bytes: Buffer } | { kind: 'failed'; failure: Failure }

/** One read of the CPU: sends the planned requests, finds out which places are at fault when a stretch is refused, and collects samples. */
export class CpuRead {
  readonly samples: Sample[] = []
  readonly #connection: S7Connection
  readonly #learned: LearnedParts
  readonly #clock: Clock
  readonly #signal: AbortSignal
  /** Once the CPU does not answer, the rest of the read is not asked. */
  #silent = false
  #extra = 0

  constructor(connection: S7Connection, learned: LearnedParts, clock: Clock, signal: AbortSignal) {
    this.#connection = connection
    this.#learned = learned
    this.#clock = clock
    this.#signal = signal
  }

  async run(requests: readonly PlannedRequest<Item>[], lanes: number): Promise<void> {
    const refused: Failed[] = []
    let next = 0
    const lane = async () => {
      while (next < requests.length) refused.push(...(await this.#read(requests[next++]!)).filter(isAboutPlace))
    }
    await Promise.all(Array.from({ length: Math.min(lanes, requests.length) }, lane))
    await this.#seek(refused)
  }

  /** Tries refused places once more, each by itself, in as few requests as hold them. */
  async retry(places: readonly { item: Item; part: BadPart }[]): Promise<void> {
    const parts = new Map(places.map(({ item, part }) => [item.id, part]))
    for (const request of pack(
      places.map(({ item }) => stretchOf(item)),
      this.#connection.pduBytes,
    )) {
      const failed = new Map((await this.#read(request)).map(({ stretch, failure }) => [stretch, failure]))
      for (const stretch of request.stretches) {
        const failure = failed.get(stretch)
        const part = parts.get(stretch.items[0]!.id)!
        if (failure === undefined) this.#learned.accept(part, this.#clock.nowMs())
        else if (failure.aboutPlace) {
          this.#learned.refuseAgain(part, failure, this.#clock.nowMs())
          this.fail(idsOf(stretch), failure)
        }
      }
    }
  }

  leave(item: Item, part: BadPart): void {
    this.fail([item.id], this.#silent ? failures.noAnswer : part.failure)
  }

  fail(points: readonly number[], { quality, reason }: Failure): void {
    const receivedMs = this.#clock.nowMs()
    for (const point of points) this.samples.push({ point, value: null, quality, reason, receivedMs })
  }

  /**
   * Refused stretches in halves, all of a round packed together: a value by itself that is refused is learned, two halves that are served apart
   * have something between them that is not.
   */
  async #seek(refused: readonly Failed[]): Promise<void> {
    let open = [...refused]
    while (open.length > 0) {
      const halved: { halves: [Stretch<Item>, Stretch<Item>]; failure: Failure }[] = []
      for (const { stretch, failure } of open) {
        const first = stretch.items[0]!
        if (stretch.items.every(({ offset, size }) => offset === first.offset && size === first.size)) {
          this.#learned.refuse(first, failure, this.#clock.nowMs())
          this.fail(idsOf(stretch), failure)
        } else halved.push({ halves: halves(stretch), failure })
      }
      const requests = pack(
        halved.flatMap(({ halves: both }) => both),
        this.#connection.pduBytes,
      )
      if (this.#extra + requests.length > MAX_EXTRA_REQUESTS) {
        for (const { halves: both, failure } of halved) for (const half of both) this.fail(idsOf(half), failure)
        return
      }
      this.#extra += requests.length
      open = []
      for (const request of requests) open.push(...(await this.#read(request)).filter(isAboutPlace))
      const stillOpen = new Set(open.map(({ stretch }) => stretch))
      for (const { halves: both } of halved)
        if (!this.#silent && !both.some((half) => stillOpen.has(half)))
          this.#learned.part(extentOf(both[0]), extentOf(both[1]), this.#clock.nowMs())
    }
  }

  /** Samples of all stretches, but of those that are refused because of what they cover: these are the caller’s. Returns what failed. */
  async #read({ stretches }: PlannedRequest<Item>): Promise<Failed[]> {
    const outcomes = await this.#ask(stretches)
    const receivedMs = this.#clock.nowMs()
    const failed: Failed[] = []
    for (const [index, stretch] of stretches.entries()) {
      const outcome = outcomes[index]!
      if (outcome.kind === 'bytes') this.#take(stretch, outcome.bytes, receivedMs)
      else {
        failed.push({ stretch, failure: outcome.failure })
        if (!outcome.failure.aboutPlace) this.fail(idsOf(stretch), outcome.failure)
      }
    }
    return failed
  }

  async #ask(stretches: readonly Stretch<Item>[]): Promise<Outcome[]> {
    const all = (failure: Failure): Outcome[] => stretches.map(() => ({ kind: 'failed', failure }))
    if (this.#silent) return all(failures.noAnswer)
    const variables = stretches.map(({ items, offset, count }) => variableOf(items[0]!, offset, count))
    const answer = await this.#connection.request((reference) => readRequest(reference, variables), 0x04, this.#signal)
    switch (answer.kind) {
      case 'silent':
        this.#silent = true
        return all(failures.noAnswer)
      case 'wrong':
        return all(failures.wrongAnswer)
      case 'error':
        return all(failureOfHead(answer.code))
      case 'answer': {
        const results = readResults(variables, answer)
        if (!results) return all(failures.wrongAnswer)
        return results.map((result) => (result.kind === 'bytes' ? result : { kind: 'failed', failure: failureOfItem(result.code) }))
      }
      default:
        return answer satisfies never
    }
  }

  #take({ items, offset }: Stretch<Item>, bytes: Buffer, receivedMs: number): void {
    for (const item of items) {
      const value = item.decode(bytes, (item.offset - offset) * item.unitBytes)
      this.samples.push(
        isFailure(value)
          ? { point: item.id, value: null, quality: value.quality, reason: value.reason, receivedMs }
          : { point: item.id, value, quality: 'good', receivedMs },
      )
    }
  }
}

const idsOf = ({ items }: Stretch<Item>): number[] => items.map(({ id }) => id)

const extentOf = ({ table, offset, count }: Stretch<Item>): Extent => ({ table, offset, size: count })

function halves({ items }: Stretch<Item>): [Stretch<Item>, Stretch<Item>] {
  const middle = items.length >> 1
  return [spanning(items.slice(0, middle)), spanning(items.slice(middle))]
}

function spanning(items: Item[]): Stretch<Item> {
  const { table, offset } = items[0]!
  return { table, offset, count: Math.max(...items.map((item) => item.offset + item.size)) - offset, items }
}
