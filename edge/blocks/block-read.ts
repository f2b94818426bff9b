import type { Clock } from '../clock.ts'
import type { Point, Sample } from '../drivers/driver.ts'
import { type BlockItem, type Extent, type Failure, isFailure, type Stretch, stretchOf } from './extent.ts'
import type { BadPart, LearnedParts } from './learned.ts'
import type { PlanMemory, Planner } from './plan-memory.ts'

/** Of one read, to find out which places are at fault; what is not found out goes on with the next read. */
const MAX_EXTRA_REQUESTS = 64

interface Failed<Item extends BlockItem> {
  stretch: Stretch<Item>
  failure: Failure
}
const isAboutPlace = ({ failure }: { failure: Failure }): boolean => failure.aboutPlace === true

/** What came of one stretch: its bytes, or why there are none. `silent`: the device did not answer and is not asked again in this read. */
export type Outcome = { kind: 'bytes'; bytes: Buffer } | { kind: 'failed'; failure: Failure; silent?: true }

/** How a protocol reads stretches. */
export interface BlockDevice<Item extends BlockItem> {
  /** Into as few requests as the protocol and the device allow; no stretch is joined with another. */
  pack(stretches: readonly Stretch<Item>[]): Stretch<Item>[][]
  /** One request; the outcomes in the order of the stretches. */
  ask(stretches: readonly Stretch<Item>[], signal: AbortSignal): Promise<Outcome[]>
  noAnswer: Failure
}

/** One read of one device: sends the planned requests, finds out which places are at fault when a stretch is refused, and collects samples. */
class BlockRead<Item extends BlockItem> {
  readonly samples: Sample[] = []
  readonly #device: BlockDevice<Item>
  readonly #learned: LearnedParts
  readonly #clock: Clock
  readonly #signal: AbortSignal
  /** Once the device does not answer, the rest of the read is not asked. */
  #silent = false
  #extra = 0

  constructor(device: BlockDevice<Item>, learned: LearnedParts, clock: Clock, signal: AbortSignal) {
    this.#device = device
    this.#learned = learned
    this.#clock = clock
    this.#signal = signal
  }

  async run(requests: readonly Stretch<Item>[][], lanes: number): Promise<void> {
    const refused: Failed<Item>[] = []
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
    for (const request of this.#device.pack(places.map(({ item }) => stretchOf(item)))) {
      const failed = new Map((await this.#read(request)).map(({ stretch, failure }) => [stretch, failure]))
      for (const stretch of request) {
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
    this.fail([item.id], this.#silent ? this.#device.noAnswer : part.failure)
  }

  fail(points: readonly number[], { quality, reason }: Failure): void {
    const receivedMs = this.#clock.nowMs()
    for (const point of points) this.samples.push({ point, value: null, quality, reason, receivedMs })
  }

  /**
   * Refused stretches in halves, all of a round packed together: a value by itself that is refused is learned, two halves that are served apart
   * have something between them that is not.
   */
  async #seek(refused: readonly Failed<Item>[]): Promise<void> {
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
      const requests = this.#device.pack(halved.flatMap(({ halves: both }) => both))
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
  async #read(stretches: readonly Stretch<Item>[]): Promise<Failed<Item>[]> {
    const outcomes = await this.#ask(stretches)
    const receivedMs = this.#clock.nowMs()
    const failed: Failed<Item>[] = []
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
    if (this.#silent) return stretches.map(() => ({ kind: 'failed', failure: this.#device.noAnswer }))
    const outcomes = await this.#device.ask(stretches, this.#signal)
    if (outcomes.some((outcome) => outcome.kind === 'failed' && outcome.silent)) this.#silent = true
    return outcomes
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

const idsOf = ({ items }: Stretch<BlockItem>): number[] => items.map(({ id }) => id)

const extentOf = ({ table, offset, count }: Stretch): Extent => ({ table, offset, size: count })

function halves<Item extends Extent>({ items }: Stretch<Item>): [Stretch<Item>, Stretch<Item>] {
  const middle = items.length >> 1
  return [spanning(items.slice(0, middle)), spanning(items.slice(middle))]
}

function spanning<Item extends Extent>(items: Item[]): Stretch<Item> {
  const { table, offset } = items[0]!
  return { table, offset, count: Math.max(...items.map((item) => item.offset + item.size)) - offset, items }
}

/** Refused places that are tried once more in one read: so many fit one request of any device. */
const RETRIES_OF_A_READ = 8

/** A driver’s `read` of one device. */
export async function readBlocks<Place, Item extends BlockItem>(of: {
  points: readonly Point<Place>[]
  memory: PlanMemory<Place, Item>
  planner: Planner<Place, Item>
  device: BlockDevice<Item>
  failures: { wrongPlace: Failure; tooLong: Failure }
  clock: Clock
  lanes: number
  signal: AbortSignal
}): Promise<Sample[]> {
  const { memory, failures } = of
  const startedMs = of.clock.nowMs()
  memory.learned.forgetOld(startedMs)
  const plan = memory.planFor(of.points, of.planner)
  const read = new BlockRead(of.device, memory.learned, of.clock, of.signal)
  await read.run(plan.requests, of.lanes)
  const due: { item: Item; part: BadPart }[] = []
  for (const place of plan.refused) {
    if (place.part.retryAtMs <= startedMs && due.length < RETRIES_OF_A_READ) due.push(place)
    else read.leave(place.item, place.part)
  }
  await read.retry(due)
  read.fail(plan.senseless, failures.wrongPlace)
  read.fail(plan.tooLong, failures.tooLong)
  return read.samples
}
