import { type Decimal, multiply, readDecimal, sumOf, writeDecimal, ZERO } from '#values/decimal.ts'
import { sameGtin } from '#values/gtin.ts'
import type { Content, Pack, Shipment, ShipmentId } from '../contract.ts'
import { contentsWithin } from '../labels/pack-label.ts'
import type { Scanned } from '../labels/scan.ts'
import type { Expected, ReceivedLine } from '../receiving-contract.ts'

/** What stands on the lorry: of a notice, or of what orders still owe. */
export interface Goods extends Pick<Shipment, 'number' | 'supplier' | 'packs' | 'loose' | 'containers' | 'driverName'> {
  /** Of the notice. */
  id: string
  lines: readonly GoodsLine[]
}
export interface GoodsLine
  extends Pick<
    Shipment['lines'][number],
    | 'lineNo'
    | 'orderNumber'
    | 'orderLineNo'
    | 'materialId'
    | 'materialCode'
    | 'materialName'
    | 'supplierCode'
    | 'unit'
    | 'quantity'
    | 'accepted'
    | 'rejected'
    | 'excess'
  > {
  /** Of the notice's line, or without one of the order's schedule line. */
  id: string
  /** A notice that a phone kept from before does not say it. */
  consigned?: boolean
}

/** Goods without a notice. `besides`: open notices that they are not of. */
export interface OwedGoods extends Goods {
  besides: readonly ShipmentId[]
}
export const isOwed = (goods: Goods): goods is OwedGoods => 'besides' in goods

/** What a device knows of the goods besides; the codes on them by line. */
export interface Known extends Omit<Expected, 'goodsCodes'> {
  goodsCodes: readonly { lineId: string; code: string; quantity: string }[] | undefined
}

/** One row of counting: a line of one lot. Texts as typed. */
export interface CountRow {
  lineId: string
  lot: string
  serial: string
  expiresOn: string | null
  /** What the notice says of this lot, less what was received of the line before. */
  expected: string
  accepted: string
  quarantined: string
  damaged: string
  wrong: string
  note: string
}

export interface Counting {
  rows: CountRow[]
  /** Codes of the packing units counted already. */
  scanned: string[]
}

const amount = (text: string): Decimal => readDecimal(text.trim()) ?? ZERO
const plus = (text: string, more: Decimal): string => writeDecimal(amount(text) + more)

/** The rows to count, from the notice: by line and lot. */
export function startCounting(shipment: Goods): Counting {
  const contents = [...shipment.packs.flatMap((pack) => pack.contents), ...shipment.loose]
  const rows = shipment.lines.flatMap((line): CountRow[] => {
    const received = amount(line.accepted) + amount(line.rejected) + amount(line.excess)
    const lots = Map.groupBy(
      contents.filter((content) => content.lineNo === line.lineNo),
      (content) => JSON.stringify([content.lot, content.serial, content.expiresOn]),
    )
    if (lots.size === 0) return [rowOf(line.id, undefined, atLeastZero(amount(line.quantity) - received))]
    // What came before is taken off from the first lots on: which ones it was is not known any more.
    let off = received
    return [...lots.values()].map((same) => {
      const all = sumOf(same.map((content) => amount(content.quantity)))
      const left = atLeastZero(all - off)
      off -= all - left
      return rowOf(line.id, same[0], left)
    })
  })
  return { rows, scanned: [] }
}

function atLeastZero(value: Decimal): Decimal {
  if (value < ZERO) return ZERO
  return value
}

const rowOf = (lineId: string, content: Content | undefined, expected: Decimal): CountRow => ({
  lineId,
  lot: content?.lot ?? '',
  serial: content?.serial ?? '',
  expiresOn: content?.expiresOn ?? null,
  expected: writeDecimal(expected),
  accepted: '0',
  quarantined: '0',
  damaged: '0',
  wrong: '0',
  note: '',
})

/** Another lot of the same line, below its rows; by itself nothing is expected of it. */
export function addLot({ rows, scanned }: Counting, lineId: string): Counting {
  const last = rows.findLastIndex((row) => row.lineId === lineId)
  return { rows: rows.toSpliced(last + 1, 0, rowOf(lineId, undefined, ZERO)), scanned }
}

/** Other lines were chosen: what was counted of the same ones stays. */
export function countOn(goods: Goods, before: Counting | undefined): Counting {
  const start = startCounting(goods)
  const rows = start.rows.flatMap((row) => {
    const counted = before?.rows.filter(({ lineId }) => lineId === row.lineId) ?? []
    return counted.length > 0 ? counted : [row]
  })
  return { ...start, rows }
}

/** All as the notice says, where nothing has been counted yet. */
export const countAll = (counting: Counting): Counting => ({
  ...counting,
  rows: counting.rows.map((row) => (isUntouched(row) ? { ...row, accepted: row.expected } : row)),
})
const isUntouched = (row: CountRow) => [row.accepted, row.quarantined, row.damaged, row.wrong].every((text) => amount(text) === ZERO)

export type ScanOutcome =
  | { kind: 'counted'; counting: Counting; quantity: string }
  | { kind: 'again' }
  | { kind: 'elsewhere' }
  | { kind: 'unknown' }

/** What a scan adds: a packing unit all it holds, once; goods their quantity, or one. */
export function countScan(
  shipment: Goods,
  counting: Counting,
  scan: Scanned,
  /** A device may remember what it was told before there were such codes. */
  goodsCodes: Known['goodsCodes'] = [],
): ScanOutcome {
  if (scan.kind === 'unknown') return { kind: 'unknown' }
  if (scan.kind === 'pack') {
    const pack = shipment.packs.find((one) => one.sscc === scan.sscc)
    if (pack) return countPack(shipment, counting, pack)
    if (scan.values.material === undefined) return { kind: 'elsewhere' }
  }
  const { gtin, material, supplierMaterial, lot, serial, quantity, order, expires } = scan.values
  const bears = (one: GoodsLine) =>
    gtin === undefined ? undefined : goodsCodes.find(({ lineId, code }) => lineId === one.id && sameGtin(code, gtin))
  const named = shipment.lines.find(
    (one) =>
      (material === undefined || one.materialCode === material || one.supplierCode === material) &&
      (supplierMaterial === undefined || one.supplierCode === supplierMaterial) &&
      (material !== undefined || supplierMaterial !== undefined) &&
      (order === undefined || one.orderNumber === order),
  )
  // The line that still waits for some, where several bear the code.
  const bearing = shipment.lines.filter((one) => bears(one) && (order === undefined || one.orderNumber === order))
  const line = named ?? bearing.find((one) => waitsFor(counting, one)) ?? bearing[0]
  if (!line) return { kind: 'elsewhere' }
  const each = named ? undefined : bears(line)?.quantity
  const content = {
    lineNo: line.lineNo,
    quantity: writeDecimal(multiply(amount(quantity ?? '1'), amount(each ?? '1'))),
    lot: lot ?? null,
    serial: serial ?? null,
    producedOn: null,
    expiresOn: expires ?? null,
  }
  return { kind: 'counted', counting: addContent(shipment, counting, content), quantity: content.quantity }
}

const waitsFor = ({ rows }: Counting, { id }: GoodsLine): boolean => {
  const own = rows.filter((row) => row.lineId === id)
  return sumOf(own.map((row) => amount(row.accepted))) < sumOf(own.map((row) => amount(row.expected)))
}

function countPack(shipment: Goods, counting: Counting, pack: Pack): ScanOutcome {
  const inside = packsWithin(shipment.packs, pack)
  const fresh = inside.filter((one) => one.sscc === null || !counting.scanned.includes(one.sscc))
  const contents = fresh.flatMap((one) => one.contents)
  if (fresh.length === 0 || (contents.length === 0 && contentsWithin(shipment.packs, pack).length > 0)) return { kind: 'again' }
  const counted = contents.reduce((now, content) => addContent(shipment, now, content), counting)
  const scanned = [...counting.scanned, ...fresh.flatMap((one) => one.sscc ?? [])]
  return {
    kind: 'counted',
    counting: { ...counted, scanned },
    quantity: writeDecimal(sumOf(contents.map((content) => amount(content.quantity)))),
  }
}

const packsWithin = (packs: readonly Pack[], pack: Pack): Pack[] => [
  pack,
  ...packs.filter((one) => one.withinNo === pack.packNo && one.packNo > pack.packNo).flatMap((one) => packsWithin(packs, one)),
]

function addContent(shipment: Goods, counting: Counting, content: Content): Counting {
  const line = shipment.lines.find((one) => one.lineNo === content.lineNo)
  if (!line) return counting
  const at = counting.rows.findIndex(
    (row) =>
      row.lineId === line.id &&
      (content.lot === null || row.lot === content.lot || row.lot === '') &&
      (content.serial === null || row.serial === content.serial),
  )
  const quantity = amount(content.quantity)
  if (at < 0) return { ...counting, rows: [...counting.rows, { ...rowOf(line.id, content, ZERO), accepted: writeDecimal(quantity) }] }
  const rows = counting.rows.map((row, i) =>
    i === at ? { ...row, lot: row.lot || (content.lot ?? ''), accepted: plus(row.accepted, quantity) } : row,
  )
  return { ...counting, rows }
}

export const changeRow = (counting: Counting, i: number, change: Partial<CountRow>): Counting => ({
  ...counting,
  rows: counting.rows.map((row, j) => (i === j ? { ...row, ...change } : row)),
})

const ONE = 1_000_000n

export type RowFault = 'notANumber' | 'lotMissing' | 'serialOne'

/** What keeps a receipt from being sent, by row. */
export function rowFault(row: CountRow, control: 'lot' | 'serial' | undefined): RowFault | undefined {
  const texts = [row.accepted, row.quarantined, row.damaged, row.wrong]
  if (texts.some((text) => (readDecimal(text.trim() || '0') ?? -1n) < ZERO)) return 'notANumber'
  const taken = amount(row.accepted) + amount(row.quarantined) > ZERO
  if (taken && control === 'lot' && row.lot.trim() === '') return 'lotMissing'
  if (!taken || control !== 'serial') return undefined
  if (row.serial.trim() === '') return 'lotMissing'
  return sumOf(texts.map(amount)) > ONE ? 'serialOne' : undefined
}

export const controlOf = ({ controls }: Pick<Expected, 'controls'>, shipment: Goods, row: CountRow) => {
  const line = shipment.lines.find((one) => one.id === row.lineId)
  return controls.find((one) => one.materialId === line?.materialId)?.control
}

/** Only rows of which something came. */
export const receivedLines = ({ rows }: Counting): (Omit<ReceivedLine, 'lineId'> & { lineId: string })[] =>
  rows
    .filter((row) => !isUntouched(row))
    .map((row) => ({
      lineId: row.lineId,
      accepted: row.accepted.trim() || '0',
      quarantined: row.quarantined.trim() || '0',
      damaged: row.damaged.trim() || '0',
      wrong: row.wrong.trim() || '0',
      lot: row.lot.trim() || null,
      serial: row.serial.trim() || null,
      expiresOn: row.expiresOn,
      note: row.note.trim(),
    }))

/** How the count stands against the notice: `missing` and `over` in the units of the lines. */
export function balance({ rows }: Counting): { counted: number; whole: boolean; over: boolean } {
  const lines = Map.groupBy(rows, (row) => row.lineId)
  let [whole, over] = [true, false]
  for (const same of lines.values()) {
    const expected = sumOf(same.map((row) => amount(row.expected)))
    const came = sumOf(same.flatMap((row) => [row.accepted, row.quarantined, row.damaged, row.wrong].map(amount)))
    if (came < expected) whole = false
    if (came > expected) over = true
  }
  return { counted: rows.filter((row) => !isUntouched(row)).length, whole, over }
}
