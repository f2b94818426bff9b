import { sameGtin } from '#values/gtin.ts'
import type { ShipmentId } from '../contract.ts'
import { readScan } from '../labels/scan.ts'
import type { Expected } from '../receiving-contract.ts'
import type { OpenNotice, Owed } from '../without-notice-contract.ts'
import type { GoodsLine, Known, OwedGoods } from './counting.ts'

/** Lines of one supplier that were chosen to be received without a notice, and the notices that the goods are not of. */
export interface ChosenGoods {
  lines: Owed[]
  besides: ShipmentId[]
}

/** Under what the counting is kept on the device. */
export const CHOSEN = 'withoutNotice'

export function goodsOf({ lines, besides }: ChosenGoods): OwedGoods | undefined {
  const supplier = lines[0]?.supplier
  if (!supplier) return undefined
  const rows = lines.map(
    (line, i): GoodsLine => ({
      ...line,
      id: line.scheduleLineId,
      lineNo: i + 1,
      quantity: line.left,
      accepted: '0',
      rejected: '0',
      excess: '0',
    }),
  )
  return { id: CHOSEN, number: null, supplier, lines: rows, packs: [], loose: [], containers: [], driverName: '', besides }
}

/** What receiving needs to know of the materials, told with the lines: `expected` speaks of what was notified. */
export const knownOf = (expected: Expected, { lines }: ChosenGoods): Known => ({
  ...expected,
  controls: lines.flatMap(({ materialId, control }) => (control === 'none' ? [] : [{ materialId, control }])),
  inspected: lines.flatMap(({ materialId, inspected }) => (inspected ? [materialId] : [])),
  goodsCodes: lines.flatMap(({ scheduleLineId: lineId, codes }) => codes.map((one) => ({ ...one, lineId }))),
})

/** What is searched by: what a code says of order and material, by itself or by the catalogue; else what somebody typed. */
export function searchOf(text: string, { barcodes }: Pick<Expected, 'barcodes'>, lines: readonly Owed[], today: string): string {
  const scan = readScan(
    text,
    barcodes.map((one) => one.template),
    today,
    lines.flatMap((line) => line.codes),
  )
  if (scan.kind === 'unknown') return text
  const { order, material, supplierMaterial, gtin } = scan.values
  const bearing = gtin === undefined ? undefined : lines.find((line) => line.codes.some((one) => sameGtin(one.code, gtin)))
  return [order, material ?? supplierMaterial ?? bearing?.materialCode].filter(Boolean).join(' ') || text
}

/** Each notice once. */
export const noticesOf = (lines: readonly Pick<Owed, 'notices'>[]): OpenNotice[] => [
  ...new Map(lines.flatMap((line) => line.notices).map((notice) => [notice.shipmentId, notice])).values(),
]

/** Shipments on their way in which all words of the search occur: their goods are received on the notice. */
export function notifiedBy({ shipments }: Pick<Expected, 'shipments'>, search: string): Expected['shipments'] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return []
  return shipments.filter(({ number, supplier, lines }) =>
    lines.some((line) => {
      const text = [number, supplier.name, line.orderNumber, line.materialCode, line.materialName, line.supplierCode]
        .join(' ')
        .toLowerCase()
      return words.every((word) => text.includes(word))
    }),
  )
}
