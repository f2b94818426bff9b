import { type BlockDevice, type Outcome, readBlocks } from '../../blocks/block-read.ts'
import { type BlockItem, type Failure, type Forbidden, type Stretch, stretchOf } from '../../blocks/extent.ts'
import { PlanMemories } from '../../blocks/plan-memory.ts'
import type { Clock } from '../../clock.ts'
import { Seen } from '../../wire/seen.ts'
import { Traffic } from '../../wire/traffic.ts'
import { type Driver, LinkLost, type Point, type ReadRequest, type Sample } from '../driver.ts'
import type { MakeDriver } from '../protocol.ts'
import { blockOf } from './address.ts'
import { decodeDigits, decodeNumber } from './codec.ts'
import { dlt645, locate, type MeterPlace, type MeterUnit } from './config.ts'
import { type Answer, type ConnectionSettings, MeterLine } from './connection.ts'

export const makeDlt645Driver: MakeDriver<typeof dlt645> = (connection, clock) => new MeterDriver(connection, clock)

const failures = {
  noAnswer: { quality: 'badTimeout', reason: 'dlt645.noAnswer' },
  wrongAnswer: { quality: 'badDeviceFailure', reason: 'dlt645.wrongAnswer' },
  wrongPlace: { quality: 'badConfiguration', reason: 'dlt645.wrongPlace' },
  noData: { quality: 'badIllegalAddress', reason: 'dlt645.noData', aboutPlace: true },
  notAllowed: { quality: 'badConfiguration', reason: 'dlt645.notAllowed', aboutPlace: true },
  otherError: { quality: 'bad', reason: 'dlt645.otherError', aboutPlace: true },
} as const satisfies Record<string, Failure>

/** §7.1: bit 1 no such data, bit 2 not authorised. */
const failureOf = (error: number): Failure => (error & 0x02 ? failures.noData : error & 0x04 ? failures.notAllowed : failures.otherError)

/** The whole byte: bits that this does not read are a maker's own. */
const errorByteOf = (error: number) => ({ name: 'dlt645.errorByte', value: `0x${error.toString(16).toUpperCase().padStart(2, '0')}` })

/** An identifier is its own table of one place; a block lays its identifiers out as they are numbered. */
interface Item extends BlockItem {
  block: ReturnType<typeof blockOf>
}

/** Fewer identifiers of a block are asked one by one: an energy block may have 64 tariffs, a frame at 2400 baud takes its time. */
const WORTH_A_BLOCK = 2
const PLACE_BYTES = 256

class MeterDriver implements Driver<MeterUnit, MeterPlace> {
  readonly traffic: Traffic
  readonly #settings: ConnectionSettings
  readonly #clock: Clock
  #line: MeterLine | undefined
  readonly #memories = new PlanMemories<MeterPlace, Item>()

  constructor(settings: ConnectionSettings, clock: Clock) {
    this.traffic = new Traffic(clock)
    this.#settings = settings
    this.#clock = clock
  }

  async connect(signal: AbortSignal): Promise<void> {
    await this.close()
    this.#line = new MeterLine(this.#settings, this.traffic)
    await this.#line.open(signal)
  }

  async read({ unit, points }: ReadRequest<MeterUnit, MeterPlace>, signal: AbortSignal): Promise<Sample[]> {
    signal.throwIfAborted()
    const line = this.#line
    if (!line) throw new LinkLost('dlt645.connectionLost')
    line.throwIfLost()
    const device: BlockDevice<Item> = {
      answersEach: false,
      pack: (stretches) => stretches.map((stretch) => [stretch]),
      ask: async ([stretch], askSignal) => [await ask(line, unit.meter, stretch!, askSignal)],
    }
    return readBlocks({
      points,
      memory: this.#memories.of(unit.meter),
      planner: { itemOf, plan },
      device,
      failures,
      clock: this.#clock,
      lanes: 1,
      signal,
    })
  }

  async close(): Promise<void> {
    this.#line?.close()
    this.#line = undefined
  }
}

function itemOf({ id, place }: Point<MeterPlace>): Item | undefined {
  const parsed = dlt645.place.safeParse(place)
  if (!parsed.success) return undefined
  const { identifier, form, standard } = locate(parsed.data)
  const { dataType, from } = parsed.data
  const block = standard && from === 0 && dataType === 'number' ? blockOf(identifier) : undefined
  const decode: Item['decode'] =
    dataType === 'number' ? (data, at) => decodeNumber(data, at + from, form) : (data, at) => decodeDigits(data, at + from, form.bytes)
  const table = block ? `block ${block.block}` : `identifier ${identifier}`
  return { id, table, offset: identifier, size: 1, unitBytes: 1, decode, block }
}

/** Identifiers of one block together where there are enough of them and the meter has not refused it; the others each by itself. */
function plan(items: readonly Item[], forbidden: readonly Forbidden[]): Stretch<Item>[][] {
  const apart = (ofTable: readonly Item[]) =>
    [...Map.groupBy(ofTable, ({ offset }) => offset).values()].map((same): Stretch<Item> => ({ ...stretchOf(same[0]!), items: same }))
  return [...Map.groupBy(items, ({ table }) => table)].flatMap(([table, ofTable]) => {
    const singles = apart(ofTable)
    if (
      !ofTable[0]!.block ||
      singles.length < WORTH_A_BLOCK ||
      forbidden.some((part) => part.table === table && part.until - part.from > 1)
    )
      return singles.map((stretch) => [stretch])
    const sorted = ofTable.toSorted((a, b) => a.offset - b.offset)
    const [first, last] = [sorted[0]!, sorted.at(-1)!]
    return [[{ table, offset: first.offset, count: last.offset - first.offset + 1, items: sorted }]]
  })
}

/** Of several identifiers their block, laid out so that each stands where its number says. */
async function ask(line: MeterLine, meter: string, { items, offset, count }: Stretch<Item>, signal: AbortSignal): Promise<Outcome> {
  const [first] = items
  const seen = new Seen()
  if (count === 1) return outcomeOf(await line.read(meter, offset, signal, seen), seen)
  const { block, form } = first!.block!
  const outcome = outcomeOf(await line.read(meter, block, signal, seen), seen)
  if (outcome.kind !== 'bytes') return outcome
  const bytes = Buffer.alloc(count - 1 + PLACE_BYTES)
  for (const { block: own, offset: identifier } of items) {
    const at = own!.index * form.bytes
    // Another length than the standard's: the identifiers are asked one by one.
    if (at + form.bytes > outcome.bytes.length) return { kind: 'failed', failure: { ...failures.noData, shown: seen.shown() } }
    outcome.bytes.copy(bytes, identifier - offset, at, at + form.bytes)
  }
  return { kind: 'bytes', bytes, seen }
}

function outcomeOf(answer: Answer, seen: Seen): Outcome {
  switch (answer.kind) {
    case 'data':
      return { kind: 'bytes', bytes: answer.data, seen }
    case 'refused':
      return { kind: 'failed', failure: { ...failureOf(answer.error), shown: seen.shown(errorByteOf(answer.error)) } }
    case 'silent':
      return { kind: 'failed', failure: { ...failures.noAnswer, shown: seen.shown() }, silent: true }
    case 'wrong':
      return { kind: 'failed', failure: { ...failures.wrongAnswer, shown: seen.shown() } }
    default:
      return answer satisfies never
  }
}
