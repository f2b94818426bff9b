import { type Decimal, decimal, multiply, sumOf, ZERO } from '#values/decimal.ts'
import { type Currency, lineAmount } from '#values/money.ts'
import type { AgreementContent, AgreementLine, ProposedContent } from '../../agreement-contract.ts'
import type { Side } from '../../agreement-states.ts'

export type ContentProblem = 'breaksWrong' | 'unknownLine' | 'doubledLine' | 'otherMaterial' | 'periodWrong' | 'buyersOnly'

/** What is wrong with a proposed content against what stood before it; `line` counts from 1, null: the period. */
export function contentProblem(
  proposed: ProposedContent,
  before: Pick<AgreementContent, 'lines'> | undefined,
  today: string,
  side: Side,
): { line: number | null; problem: ContentProblem } | undefined {
  if (proposed.validUntil < proposed.validFrom || proposed.validUntil < today) return { line: null, problem: 'periodWrong' }
  const known = new Map(before?.lines.map((line) => [line.no, line]))
  const seen = new Set<number | string>()
  for (const [i, line] of proposed.lines.entries()) {
    // New lines are of the buyer's catalogue.
    const problem = side === 'supplier' && line.no === null ? 'buyersOnly' : lineProblem(line, known, seen)
    if (problem) return { line: i + 1, problem }
    seen.add(`${line.materialId} ${line.unit}`)
    if (line.no !== null) seen.add(line.no)
  }
  return undefined
}

type ProposedPart = ProposedContent['lines'][number]

function lineProblem(
  { no, materialId, unit, breaks }: ProposedPart,
  known: ReadonlyMap<number, AgreementLine>,
  seen: ReadonlySet<number | string>,
): ContentProblem | undefined {
  const steps = breaks.map((one) => decimal(one.from))
  if (steps[0] !== ZERO || steps.some((from, i) => i > 0 && from <= (steps[i - 1] ?? ZERO))) return 'breaksWrong'
  if (seen.has(`${materialId} ${unit}`) || (no !== null && seen.has(no))) return 'doubledLine'
  if (no === null) return undefined
  const stands = known.get(no)
  if (!stands) return 'unknownLine'
  return stands.materialId === materialId && stands.unit === unit ? undefined : 'otherMaterial'
}

/** The price of the greatest break not above the quantity. */
export const priceOf = ({ breaks }: Pick<AgreementLine, 'breaks'>, quantity: Decimal): string =>
  breaks.findLast((one) => decimal(one.from) <= quantity)?.netPrice ?? ''

/** What stands of a call-off's line: as the order that it became counts it. */
export interface Counted {
  no: number
  netPrice: string
  committed: Decimal
  shipped: Decimal
  received: Decimal
}

export interface Sum {
  calledOff: Decimal
  shipped: Decimal
  received: Decimal
  /** Net, in minor units, each part at the price of its call-off. */
  amount: bigint
}

export function sumOfLine(no: number, currency: Currency, counted: readonly Counted[]): Sum {
  const own = counted.filter((one) => one.no === no)
  return {
    calledOff: sumOf(own.map((one) => one.committed)),
    shipped: sumOf(own.map((one) => one.shipped)),
    received: sumOf(own.map((one) => one.received)),
    amount: own.reduce((sum, one) => sum + lineAmount(currency, decimal(one.netPrice), one.committed), 0n),
  }
}

const ONE: Decimal = 1_000_000n

/** The most that may ever be called off; undefined: no target. */
export const mostOf = ({ targetQuantity }: Pick<AgreementLine, 'targetQuantity'>, overTarget: string): Decimal | undefined =>
  targetQuantity === null ? undefined : multiply(decimal(targetQuantity), ONE + decimal(overTarget))

/** Whether so much more stays below the targets, the tolerance included. */
export function withinTarget(
  line: AgreementLine,
  { currency, overTarget }: Pick<AgreementContent, 'currency' | 'overTarget'>,
  before: Pick<Sum, 'calledOff' | 'amount'>,
  more: { quantity: Decimal; netPrice: string },
): boolean {
  const most = mostOf(line, overTarget)
  if (most !== undefined && before.calledOff + more.quantity > most) return false
  if (line.targetAmount === null) return true
  const amount = before.amount + lineAmount(currency, decimal(more.netPrice), more.quantity)
  const target = lineAmount(currency, decimal(line.targetAmount), ONE)
  return amount * ONE <= target * (ONE + decimal(overTarget))
}

interface Part {
  quantity: Decimal
  netPrice: string
}

export type BoundProblem =
  | { kind: 'aboveTarget'; line: number }
  | { kind: 'priceNotAgreed'; line: number; price: string }
  | { kind: 'callOffLinesOnly'; line: number }

/**
 * Whether the order of a call-off may come to `lines`. Less than before at the same price always; more only within the target, at the price
 * that the agreement now says for the quantity. `before`: what is counted of the order now, by its line; `counted`: of the other call-offs.
 */
export function boundProblem(
  content: Pick<AgreementContent, 'lines' | 'currency' | 'overTarget'>,
  before: ReadonlyMap<number, Part & { no: number }>,
  counted: readonly Counted[],
  lines: readonly (Part & { no: number })[],
): BoundProblem | undefined {
  for (const wanted of lines) {
    if (wanted.quantity === ZERO) continue
    const stands = before.get(wanted.no)
    if (!stands) return { kind: 'callOffLinesOnly', line: wanted.no }
    if (decimal(wanted.netPrice) === decimal(stands.netPrice) && wanted.quantity <= stands.quantity) continue
    const line = content.lines.find((one) => one.no === stands.no)
    if (!line || !withinTarget(line, content, sumOfLine(stands.no, content.currency, counted), wanted))
      return { kind: 'aboveTarget', line: wanted.no }
    const price = priceOf(line, wanted.quantity)
    if (decimal(wanted.netPrice) !== decimal(price)) return { kind: 'priceNotAgreed', line: wanted.no, price }
  }
  return undefined
}
