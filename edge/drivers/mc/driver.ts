import { type BlockDevice, type Outcome, readBlocks } from '../../blocks/block-read.ts'
import type { BlockItem, Forbidden, Stretch } from '../../blocks/extent.ts'
import { PlanMemories } from '../../blocks/plan-memory.ts'
import type { Clock } from '../../clock.ts'
import { Seen } from '../../wire/seen.ts'
import { Traffic } from '../../wire/traffic.ts'
import { type Driver, LinkLost, type Point, type ReadRequest, type Sample, type WriteItem, type WriteOutcome } from '../driver.ts'
import type { MakeDriver } from '../protocol.ts'
import type { DeviceName } from './address.ts'
import { decoderOf } from './codec.ts'
import { locate, MAX_WORDS, type McPlace, type McUnit, mc } from './config.ts'
import { type ConnectionSettings, McConnection } from './connection.ts'
import { COMMAND_UNSUPPORTED, endCodeOf, failureOf, failures } from './failures.ts'
import { type Block, batchRead, blockRead } from './frames.ts'
import { planReads } from './read-plan.ts'
import { writeItem } from './write-item.ts'

export const makeMcDriver: MakeDriver<typeof mc> = (connection, clock) => new McDriver(connection, clock)

interface Item extends BlockItem {
  device: DeviceName
}

class McDriver implements Driver<McUnit, McPlace> {
  readonly traffic: Traffic
  readonly #settings: ConnectionSettings
  readonly #clock: Clock
  #connection: McConnection | undefined
  readonly #memories = new PlanMemories<McPlace, Item>()
  /** Some CPUs and third-party servers know no “multiple block batch read”. */
  #blocks = true

  constructor(settings: ConnectionSettings, clock: Clock) {
    this.traffic = new Traffic(clock)
    this.#settings = settings
    this.#clock = clock
  }

  async connect(signal: AbortSignal): Promise<void> {
    await this.close()
    const connection = new McConnection(this.#settings, this.traffic)
    this.#connection = connection
    await connection.open(signal)
  }

  async read({ unit, points }: ReadRequest<McUnit, McPlace>, signal: AbortSignal): Promise<Sample[]> {
    const connection = await this.#opened(signal)
    const { maxWords, gapWords } = this.#settings
    return readBlocks({
      points,
      memory: this.#memories.of(`${unit.network} ${unit.station}`),
      planner: {
        itemOf: (point) => itemOf(point, this.#isOctal),
        longest: MAX_WORDS * 2,
        plan: (items: readonly Item[], forbidden: readonly Forbidden[]) =>
          planReads(items, { maxWords, gapWords, blocks: this.#blocks }, forbidden),
      },
      device: {
        answersEach: false,
        pack: (stretches) => stretches.map((stretch) => [stretch]),
        ask: (stretches, askSignal) => this.#ask(connection, unit, stretches, askSignal),
      } satisfies BlockDevice<Item>,
      failures,
      clock: this.#clock,
      lanes: 1,
      signal,
    })
  }

  /** One after the other, each as a request of its own; what was not sent when the link went is refused, not unknown. */
  async write(items: readonly WriteItem<McUnit, McPlace>[], signal: AbortSignal): Promise<WriteOutcome[]> {
    const connection = await this.#opened(signal)
    const outcomes: WriteOutcome[] = []
    for (const item of items) outcomes.push(await writeItem(connection, item, this.#isOctal, signal))
    return outcomes
  }

  async close(): Promise<void> {
    this.#connection?.close()
    this.#connection = undefined
  }

  get #isOctal(): boolean {
    return this.#settings.xyNumbers === 'octal'
  }

  async #opened(signal: AbortSignal): Promise<McConnection> {
    signal.throwIfAborted()
    this.#connection?.throwIfLost()
    if (this.#connection?.owing) await this.connect(signal)
    if (!this.#connection) throw new LinkLost('mc.connectionLost')
    return this.#connection
  }

  async #ask(connection: McConnection, unit: McUnit, stretches: readonly Stretch<Item>[], signal: AbortSignal): Promise<Outcome[]> {
    if (!this.#blocks && stretches.length > 1) return this.#askEach(connection, unit, stretches, signal)
    const blocks = stretches.map(blockOf)
    const { command, inOrder } = blocks.length === 1 ? { command: batchRead(blocks[0]!), inOrder: blocks } : blockRead(blocks)
    const seen = new Seen()
    const { endCode, data } = await connection.request(unit, command, signal, undefined, seen)
    if (endCode === 0) {
      const bytes = slices(inOrder, data)
      if (bytes) return blocks.map((block) => ({ kind: 'bytes', bytes: bytes.get(block)!, seen }))
      const failure = { ...failures.wrongAnswer, shown: seen.shown() }
      return blocks.map(() => ({ kind: 'failed', failure }))
    }
    if (endCode === COMMAND_UNSUPPORTED && blocks.length > 1) {
      this.#blocks = false
      return this.#askEach(connection, unit, stretches, signal)
    }
    const failure = { ...failureOf(endCode), shown: seen.shown(endCodeOf(endCode)) }
    return stretches.map(() => ({ kind: 'failed', failure }))
  }

  async #askEach(connection: McConnection, unit: McUnit, stretches: readonly Stretch<Item>[], signal: AbortSignal): Promise<Outcome[]> {
    const outcomes: Outcome[] = []
    for (const stretch of stretches) outcomes.push(...(await this.#ask(connection, unit, [stretch], signal)))
    return outcomes
  }
}

const blockOf = ({ items, offset, count }: Stretch<Item>): Block => ({ device: items[0]!.device, offset, count })

/** The bytes of each block; undefined where the answer has another length. */
function slices(blocks: readonly Block[], data: Buffer): Map<Block, Buffer> | undefined {
  const found = new Map<Block, Buffer>()
  let at = 0
  for (const block of blocks) {
    found.set(block, data.subarray(at, at + block.count * 2))
    at += block.count * 2
  }
  return at === data.length ? found : undefined
}

function itemOf({ id, place }: Point<McPlace>, octal: boolean): Item | undefined {
  const parsed = mc.place.safeParse(place)
  const where = parsed.success ? locate(parsed.data, octal) : undefined
  if (!parsed.success || !where) return undefined
  const { device, table, offset, size, bit } = where
  return { id, device, table, offset, size, unitBytes: 2, decode: decoderOf(parsed.data, bit) }
}
