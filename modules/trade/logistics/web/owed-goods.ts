import type { ShipmentId } from '../contract.ts'
import type { Expected } from '../receiving-contract.ts'
import type { OpenNotice, Owed } from '../without-notice-contract.ts'
import type { GoodsLine, OwedGoods } from './counting.ts'

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
export const knownOf = (expected: Expected, { lines }: ChosenGoods): Expected => ({
  ...expected,
  controls: lines.flatMap(({ materialId, control }) => (control === 'none' ? [] : [{ materialId, control }])),
  inspected: lines.flatMap(({ materialId, inspected }) => (inspected ? [materialId] : [])),
})

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
