import type { Clock } from '../clock.ts'
import type { Point, Sample, Shown } from '../drivers/driver.ts'
import type { Seen } from '../wire/seen.ts'
import { type BlockItem, type Extent, type Failure, isFailure, type Stretch, stretchOf } from './extent.ts'
import type { BadPart, LearnedParts } from './learned.ts'
import type { PlanMemory, Planner } from './plan-memory.ts'

/** Of one read, to find out which places are at fault; what is not found out goes on with the next read. */
const MAX_EXTRA_REQUESTS = 64
/** Refused places that are tried once more in one read, so that many of them never slow the others: each a request, or all in one. */
const RETRIES_OF_A_READ = { alone: 4, together: 8 }
/** Refused stretches whose halves one request can hold, where the device answers for each. */
const SOUGHT_AT_ONCE = 10

/**
 * What came of one stretch: its bytes and how they came, or why there are none. `silent`: the device does not answer and is not asked again in
 * this read.
 */
export type Outcome = { kind: 'bytes'; bytes: Buffer; seen: Seen } | { kind: 'failed'; failure: Failure; silent?: true }

/** How a protocol reads stretches. */
export interface BlockDevice<Item extends BlockItem> {
  /** Whether it answers for each stretch of a request; else one at fault has all of them refused. */
  answersEach: boolean
  /** Into requests that the device allows, to find out what is at fault; no stretch is joined with another. */
  pack(stretches: readonly Stretch<Item>[]): Stretch<Item>[][]
  /** One request; the outcomes in the order of the stretches. */
  ask(stretches: readonly Stretch<Item>[], signal: AbortSignal): Promise<Outcome[]>
}

/** Stretches that were refused because of what they cover; several where they were refused together. */
interface Refused<Item extends BlockItem> {
  stretches: readonly Stretch<Item>[]
  failure: Failure
}

/** One read of one device: sends the planned requests, finds out which places are at fault when a stretch is refused, and collects samples. */
class BlockRead<Item extends BlockItem> {
  readonly samples: Sample[] = []
  readonly #device: BlockDevice<Item>
  readonly #learned: LearnedParts
  readonly #clock: Clock
  readonly #signal: AbortSignal
  /** Why the rest of the read is not asked. */
  #silence: Failure | undefined

  constructor(device: BlockDevice<Item>, learned: LearnedParts, clock: Clock, signal: AbortSignal) {
    this.#device = device
    this.#learned = learned
    this.#clock = clock
    this.#signal = signal
  }

  async run(requests: readonly Stretch<Item>[][], lanes: number): Promise<void> {
    const refused: Refused<Item>[] = []
    let next = 0
    const lane = async () => {
      while (next < requests.length) refused.push(...(await this.#read(requests[next++]!)).refused)
    }
    await Promise.all(Array.from({ length: Math.min(lanes, requests.length) }, lane))
    await this.#seek(refused)
  }

  /** Tries refused places once more, each by itself. */
  async retry(places: readonly { item: Item; part: BadPart }[]): Promise<void> {
    const parts = new Map(places.map(({ item, part }) => [item.id, part]))
    for (const request of this.#device.pack(places.map(({ item }) => stretchOf(item)))) {
      const { failed, refused } = await this.#read(request)
      for (const stretch of request) if (!failed.has(stretch)) this.#learned.accept(parts.get(stretch.items[0]!.id)!, this.#clock.nowMs())
      for (const { stretches, failure } of refused)
        for (const { items } of stretches) {
          this.#learned.refuseAgain(parts.get(items[0]!.id)!, failure, this.#clock.nowMs())
          this.#fail(items, failure)
        }
    }
  }

  /** Says of a refused place that is not tried now why it has no value: the device that is away comes first. */
  leave(item: Item, part: BadPart): void {
    this.#fail([item], this.#silence ?? part.failure)
  }

  failPoints(points: readonly number[], failure: Failure): void {
    const receivedMs = this.#clock.nowMs()
    for (const point of points) this.samples.push(failedSample(point, failure, receivedMs))
  }

  /**
   * Refused stretches apart, then in halves, the last ones first, until each place that is refused by itself is known and learned: so a device that
   * refuses a thousand is known after some reads. Two halves that are served apart have something between them that is not.
   */
  async #seek(refused: Refused<Item>[]): Promise<void> {
    const open = [...refused]
    for (let left = MAX_EXTRA_REQUESTS; open.length > 0; ) {
      const taken = open.splice(this.#device.answersEach ? -SOUGHT_AT_ONCE : -1)
      const parted = taken.flatMap((one) => (this.#learn(one) ? [] : [{ ...one, parts: partsOf(one.stretches) }]))
      const requests = parted
        .flatMap(({ parts, stretches }) => (stretches.length > 1 ? parts : []))
        .concat(this.#device.pack(parted.flatMap(halvesOf)))
      if (requests.length > left) {
        for (const { stretches, failure } of [...parted, ...open]) for (const { items } of stretches) this.#fail(items, failure)
        return
      }
      left -= requests.length
      const failed = new Set<Stretch<Item>>()
      for (const request of requests) {
        const read = await this.#read(request)
        open.push(...read.refused)
        for (const stretch of read.failed) failed.add(stretch)
      }
      for (const one of parted) {
        const [first, second] = halvesOf(one)
        if (first && second && !failed.has(first) && !failed.has(second))
          this.#learned.part(extentOf(first), extentOf(second), this.#clock.nowMs())
      }
    }
  }

  /** Whether it is one place, which is then known to be refused. */
  #learn({ stretches, failure }: Refused<Item>): boolean {
    const [{ items }, ...others] = stretches as [Stretch<Item>, ...Stretch<Item>[]]
    const first = items[0]!
    if (others.length > 0 || !items.every(({ offset, size }) => offset === first.offset && size === first.size)) return false
    this.#learned.refuse(first, failure, this.#clock.nowMs())
    this.#fail(items, failure)
    return true
  }

  /** Samples of all stretches, but of those that are refused because of what they cover: these are the caller’s. `failed` has both. */
  async #read(stretches: readonly Stretch<Item>[]): Promise<{ failed: ReadonlySet<Stretch<Item>>; refused: Refused<Item>[] }> {
    const outcomes = await this.#ask(stretches)
    const receivedMs = this.#clock.nowMs()
    const failed = new Set<Stretch<Item>>()
    const refused: Refused<Item>[] = []
    for (const [index, stretch] of stretches.entries()) {
      const outcome = outcomes[index]!
      if (outcome.kind === 'bytes') {
        this.#take(stretch, outcome, receivedMs)
        continue
      }
      failed.add(stretch)
      if (outcome.failure.aboutPlace) refused.push({ stretches: [stretch], failure: outcome.failure })
      else this.#fail(stretch.items, outcome.failure)
    }
    const together = refused[0] && !this.#device.answersEach
    return { failed, refused: together ? [{ stretches, failure: refused[0]!.failure }] : refused }
  }

  async #ask(stretches: readonly Stretch<Item>[]): Promise<Outcome[]> {
    const silence = this.#silence
    if (silence) return stretches.map(() => ({ kind: 'failed', failure: silence }))
    const outcomes = await this.#device.ask(stretches, this.#signal)
    for (const outcome of outcomes) if (outcome.kind === 'failed' && outcome.silent) this.#silence = outcome.failure
    return outcomes
  }

  #take({ items, offset }: Stretch<Item>, { bytes, seen }: Outcome & { kind: 'bytes' }, receivedMs: number): void {
    let shown: Shown | undefined
    for (const item of items) {
      const value = item.decode(bytes, (item.offset - offset) * item.unitBytes)
      if (isFailure(value)) {
        shown ??= seen.shown()
        this.samples.push(failedSample(item.id, { ...value, shown }, receivedMs))
      } else this.samples.push({ point: item.id, value, quality: 'good', receivedMs })
    }
  }

  #fail(items: readonly Item[], failure: Failure): void {
    this.failPoints(
      items.map(({ id }) => id),
      failure,
    )
  }
}

const failedSample = (point: number, { quality, reason, shown }: Failure, receivedMs: number): Sample => ({
  point,
  value: null,
  quality,
  reason,
  ...(shown && { shown }),
  receivedMs,
})

const extentOf = ({ table, offset, count }: Stretch): Extent => ({ table, offset, size: count })

/** Of several stretches the first and the second half, of one its own halves. */
function partsOf<Item extends Extent>(stretches: readonly Stretch<Item>[]): [Stretch<Item>[], Stretch<Item>[]] {
  if (stretches.length > 1) return inTwo(stretches)
  const [left, right] = inTwo(stretches[0]!.items)
  return [[spanning(left)], [spanning(right)]]
}

const inTwo = <T>(all: readonly T[]): [T[], T[]] => [all.slice(0, all.length >> 1), all.slice(all.length >> 1)]

/** Both halves of one stretch; none of several. */
const halvesOf = <Item extends Extent>({
  stretches,
  parts,
}: {
  stretches: readonly unknown[]
  parts: Stretch<Item>[][]
}): Stretch<Item>[] => (stretches.length > 1 ? [] : parts.flat())

function spanning<Item extends Extent>(items: Item[]): Stretch<Item> {
  const { table, offset } = items[0]!
  return { table, offset, count: Math.max(...items.map((item) => item.offset + item.size)) - offset, items }
}

/** A driver’s `read` of one device. */
export async function readBlocks<Place, Item extends BlockItem>(of: {
  points: readonly Point<Place>[]
  memory: PlanMemory<Place, Item>
  planner: Planner<Place, Item>
  device: BlockDevice<Item>
  failures: { wrongPlace: Failure; tooLong?: Failure }
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
  const retries = of.device.answersEach ? RETRIES_OF_A_READ.together : RETRIES_OF_A_READ.alone
  const due: { item: Item; part: BadPart }[] = []
  for (const place of plan.refused) {
    if (place.part.retryAtMs <= startedMs && due.length < retries) due.push(place)
    else read.leave(place.item, place.part)
  }
  await read.retry(due)
  read.failPoints(plan.senseless, failures.wrongPlace)
  read.failPoints(plan.tooLong, failures.tooLong ?? failures.wrongPlace)
  return read.samples
}
