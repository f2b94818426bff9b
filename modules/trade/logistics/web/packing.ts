import { type Decimal, readDecimal, writeDecimal, ZERO } from '#values/decimal.ts'
import type { ContentInput, PackInput, Shipment, ShipmentInput } from '../contract.ts'

/** How one line is packed, as the form asks for it. */
export interface LinePacking {
  quantity: string
  /** Pieces a box; empty: loose. */
  perBox: string
  lot: string
  producedOn: string | null
  expiresOn: string | null
}

const MAX_BOXES = 1_000

/** “240 件，每箱 100” → 100, 100, 40. Undefined: not to be worked out. */
export function boxesOf(quantity: string, perBox: string): string[] | undefined {
  const [all, each] = [readDecimal(quantity.trim()), readDecimal(perBox.trim())]
  if (all === undefined || each === undefined || all <= ZERO || each <= ZERO) return undefined
  const boxes: string[] = []
  for (let left: Decimal = all; left > ZERO; left -= each) {
    if (boxes.length >= MAX_BOXES) return undefined
    boxes.push(writeDecimal(left < each ? left : each))
  }
  return boxes
}

const contentOf = (line: number, quantity: string, packing: LinePacking): ContentInput => ({
  line,
  quantity,
  lot: packing.lot.trim() || null,
  serial: null,
  producedOn: packing.producedOn,
  expiresOn: packing.expiresOn,
})

/** Boxes line by line; with `perPallet` so many on each pallet. */
export function packingOf(lines: readonly LinePacking[], perPallet: number): Pick<ShipmentInput, 'packs' | 'loose'> {
  const boxes: ContentInput[] = []
  const loose: ContentInput[] = []
  for (const [line, packing] of lines.entries()) {
    const sizes = packing.perBox.trim() === '' ? undefined : boxesOf(packing.quantity, packing.perBox)
    if (sizes) boxes.push(...sizes.map((quantity) => contentOf(line, quantity, packing)))
    else if (packing.lot.trim() !== '' || packing.producedOn || packing.expiresOn)
      loose.push(contentOf(line, packing.quantity.trim(), packing))
  }
  if (perPallet < 1) return { packs: boxes.map((content) => ({ kind: 'box', within: null, contents: [content] })), loose }
  const packs: PackInput[] = []
  for (let from = 0; from < boxes.length; from += perPallet) {
    const pallet = packs.length
    packs.push({ kind: 'pallet', within: null, contents: [] })
    packs.push(...boxes.slice(from, from + perPallet).map((content): PackInput => ({ kind: 'box', within: pallet, contents: [content] })))
  }
  return { packs, loose }
}

/** What the form shows of a draft: as the packing helper would have made it. */
export function packingOfDraft({ lines, packs, loose }: Shipment): { lines: LinePacking[]; perPallet: number } {
  const pallets = packs.filter((pack) => pack.kind === 'pallet')
  const [first] = pallets
  return {
    lines: lines.map((line) => {
      const inBox = packs.flatMap((pack) => pack.contents).find((content) => content.lineNo === line.lineNo)
      const content = inBox ?? loose.find((one) => one.lineNo === line.lineNo)
      return {
        quantity: line.quantity,
        perBox: inBox?.quantity ?? '',
        lot: content?.lot ?? '',
        producedOn: content?.producedOn ?? null,
        expiresOn: content?.expiresOn ?? null,
      }
    }),
    perPallet: first ? packs.filter((pack) => pack.withinNo === first.packNo).length : 0,
  }
}
