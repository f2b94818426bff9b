import { decimal, percentToFraction, sumOf, writeDecimal } from '#values/decimal.ts'
import { deliveryOf, type LineContent, lineQuantity, type OrderContent, type Terms } from '../order-content.ts'
import type { Side } from '../order-states.ts'
import type { NewLine, Proposal } from '../proposal.ts'
import { readQuantity } from './order-words.tsx'

/** A delivery as it is typed. */
export interface TypedDelivery {
  key: string
  no: number | null
  quantity: string
  day: string
  reason: string
}

export interface TypedLine {
  no: number
  was: LineContent
  dropped: boolean
  dropReason: string
  netPrice: string
  schedule: TypedDelivery[]
}

/** A line more, of the buyer's catalogue. */
export interface TypedNewLine {
  key: string
  materialId: string
  code: string
  name: string
  unit: string
  /** Of the price list; empty: there is none. */
  listPrice: string
  listTax: string
  netPrice: string
  taxPercent: string
  schedule: TypedDelivery[]
}

export const typedOf = (content: OrderContent): TypedLine[] =>
  content.lines.map((line) => ({
    no: line.no,
    was: line,
    dropped: line.rejected !== null,
    dropReason: line.rejected?.reason ?? '',
    netPrice: line.netPrice,
    schedule: line.schedule.map((schedule) => ({ key: String(schedule.no), no: schedule.no, ...deliveryOf(schedule) })),
  }))

export const sumText = (schedule: readonly TypedDelivery[]): string =>
  writeDecimal(sumOf(schedule.map((one) => readQuantity(one.quantity))))

/** How a typed delivery differs from what stands. */
export function deliveryChanges(line: TypedLine, delivery: TypedDelivery): { quantity: boolean; day: boolean; isNew: boolean } {
  const was = line.was.schedule.find((schedule) => schedule.no === delivery.no)
  if (!was) return { quantity: true, day: true, isNew: true }
  const before = deliveryOf(was)
  return { quantity: readQuantity(before.quantity) !== readQuantity(delivery.quantity), day: before.day !== delivery.day, isNew: false }
}

const pricesDiffer = (line: TypedLine) => readQuantity(line.netPrice) !== decimal(line.was.netPrice)

export function isChanged(line: TypedLine): boolean {
  if (line.dropped !== (line.was.rejected !== null)) return true
  if (line.dropped) return line.dropReason !== line.was.rejected?.reason
  if (pricesDiffer(line) || line.schedule.length !== line.was.schedule.length) return true
  return line.schedule.some((delivery) => {
    const { quantity, day, isNew } = deliveryChanges(line, delivery)
    const was = line.was.schedule.find((schedule) => schedule.no === delivery.no)
    return quantity || day || isNew || (was !== undefined && deliveryOf(was).reason !== delivery.reason)
  })
}

/** A supplier who confirms otherwise than he was asked says why. */
export function needsReason(line: TypedLine, delivery: TypedDelivery, side: Side): boolean {
  if (side !== 'supplier' || delivery.reason.trim() !== '') return false
  const was = line.was.schedule.find((schedule) => schedule.no === delivery.no)
  const asked = was?.requested ?? was?.confirmed
  return !asked || readQuantity(asked.quantity) !== readQuantity(delivery.quantity) || asked.day !== delivery.day
}

const deliveryFields = ({ no, quantity, day, reason }: TypedDelivery) => ({ no, quantity: quantity.trim(), day, reason: reason.trim() })

export function proposalOf(lines: readonly TypedLine[], added: readonly TypedNewLine[], terms: Omit<Terms, 'currency'> | null): Proposal {
  return {
    terms,
    lines: lines.filter(isChanged).map((line) => ({
      no: line.no,
      rejected: line.dropped ? { reason: line.dropReason.trim() } : null,
      ...(pricesDiffer(line) && { netPrice: line.netPrice.trim() }),
      schedule: line.schedule.map(deliveryFields),
    })),
    added: added.map(newLineOf),
  }
}

export const newLineOf = (line: TypedNewLine): NewLine => {
  const byHand = line.netPrice.trim() !== line.listPrice || percentToFraction(line.taxPercent) !== line.listTax
  return {
    materialId: line.materialId as NewLine['materialId'],
    unit: line.unit,
    netPrice: byHand ? line.netPrice.trim() : null,
    taxRate: byHand ? percentToFraction(line.taxPercent) : null,
    schedule: line.schedule.map(({ quantity, day }) => ({ quantity: quantity.trim(), day })),
  }
}

/** Is every number one, and every day given? */
export const isFilled = (schedule: readonly TypedDelivery[]): boolean =>
  schedule.length > 0 && schedule.every((delivery) => readQuantity(delivery.quantity) > 0n && delivery.day !== '')

export const totalOf = (line: LineContent): string => writeDecimal(lineQuantity(line))
