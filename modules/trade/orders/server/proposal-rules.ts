import { type Decimal, decimal, MAX_DECIMAL, multiply } from '#values/decimal.ts'
import { diffContents } from '../content-diff.ts'
import {
  contentAmounts,
  deliveryOf,
  type LineContent,
  lineAmounts,
  lineQuantity,
  MAX_LINES,
  type OrderContent,
  type ScheduleContent,
  withTolerance,
} from '../order-content.ts'
import type { Side } from '../order-states.ts'
import type { Proposal, ProposedDelivery, ProposedLine } from '../proposal.ts'

export type ProblemCode =
  | 'unknownLine'
  | 'doubledLine'
  | 'unknownDelivery'
  | 'doubledDelivery'
  | 'reasonMissing'
  | 'buyersOnly'
  | 'dayPassed'
  | 'belowShipped'
  | 'tooManyLines'
  | 'tooMuch'
  | 'nothingLeft'
  | 'noPrice'
  | 'notASource'
  | 'unknownMaterial'
  | 'retiredMaterial'
  | 'unknownUnit'

/** What is wrong with a line (its number, or its place among the new ones) or one of its deliveries (its place in the list). */
export interface ProposalProblem {
  line: number | null
  added: number | null
  delivery: number | null
  code: ProblemCode
}
const problem = (code: ProblemCode, line: number | null = null, delivery: number | null = null): ProposalProblem => ({
  line,
  added: null,
  delivery,
  code,
})

/** What has left the supplier's house of a schedule line and was not sent back: no revision goes below it. */
export interface Floor {
  line: number
  schedule: number
  quantity: Decimal
}
/** A new line with its facts, before it gets its number. */
export type AddedLine = Omit<LineContent, 'no' | 'rejected'>

export interface ProposalFacts {
  side: Side
  today: string
  added: readonly AddedLine[]
  /** The highest numbers ever given: of lines, and by line of schedule lines. */
  highest: { line: number; schedule: ReadonlyMap<number, number> }
}

/** The content that a proposal makes of what stands now. */
export function applyProposal(
  base: OrderContent,
  proposal: Proposal,
  facts: ProposalFacts,
): { content: OrderContent } | { problems: ProposalProblem[] } {
  const problems = problemsOf(base, proposal, facts)
  if (problems.length > 0) return { problems }
  const proposed = new Map(proposal.lines.map((line) => [line.no, line]))
  const lines = base.lines.map((line) => {
    const wanted = proposed.get(line.no)
    return wanted ? proposedLine(line, wanted, facts) : line
  })
  const first = Math.max(facts.highest.line, ...base.lines.map((line) => line.no)) + 1
  const added = facts.added.map((line, i): LineContent => ({ ...line, no: first + i, rejected: null }))
  const { currency, reference, titlePasses } = base.terms
  const given = { currency, ...(reference !== undefined && { reference }), ...(titlePasses !== undefined && { titlePasses }) }
  const terms = proposal.terms ? { ...proposal.terms, ...given } : base.terms
  const content = { terms, lines: [...lines, ...added] }
  if (content.lines.every((line) => line.rejected)) return { problems: [problem('nothingLeft')] }
  const tooMuch = beyondKept(content)
  return tooMuch.length > 0 ? { problems: tooMuch } : { content }
}

/** In minor units: exact in every program that reads it. */
const MAX_AMOUNT = BigInt(Number.MAX_SAFE_INTEGER)

/** Lines whose quantity, with its tolerance and in base units too, or whose amount cannot be kept; the order where only their sum cannot. */
function beyondKept(content: OrderContent): ProposalProblem[] {
  const { currency, overTolerance } = content.terms
  const isTooMuch = (line: LineContent) => {
    const most = withTolerance(lineQuantity(line), decimal(overTolerance))
    const { net, tax } = lineAmounts(currency, line)
    return most > MAX_DECIMAL || multiply(most, decimal(line.unitFactor)) > MAX_DECIMAL || net + tax > MAX_AMOUNT
  }
  const lines = content.lines.filter((line) => !line.rejected && isTooMuch(line))
  if (lines.length > 0) return lines.map((line) => problem('tooMuch', line.no))
  const { net, tax } = contentAmounts(content)
  return net + tax > MAX_AMOUNT ? [problem('tooMuch')] : []
}

function problemsOf(base: OrderContent, proposal: Proposal, { side, today, added }: ProposalFacts): ProposalProblem[] {
  const problems: ProposalProblem[] = []
  const sameTerms = proposal.terms === null || diffContents(base, { ...base, terms: { ...base.terms, ...proposal.terms } }).length === 0
  if (side === 'supplier' && (!sameTerms || added.length > 0)) problems.push(problem('buyersOnly'))
  if (base.lines.length + added.length > MAX_LINES) problems.push(problem('tooManyLines'))
  const known = new Map(base.lines.map((line) => [line.no, line]))
  const seen = new Set<number>()
  for (const line of proposal.lines) {
    const was = known.get(line.no)
    if (!was) problems.push(problem('unknownLine', line.no))
    else if (seen.has(line.no)) problems.push(problem('doubledLine', line.no))
    else if (!line.rejected) problems.push(...deliveryProblems(was, line.schedule, side, today))
    seen.add(line.no)
  }
  added.forEach((line, i) => {
    line.schedule.forEach((schedule, j) => {
      if (deliveryOf(schedule).day < today) problems.push({ line: null, added: i, delivery: j, code: 'dayPassed' })
    })
  })
  return problems
}

function deliveryProblems(was: LineContent, deliveries: readonly ProposedDelivery[], side: Side, today: string): ProposalProblem[] {
  const known = new Map(was.schedule.map((schedule) => [schedule.no, schedule]))
  const seen = new Set<number>()
  return deliveries.flatMap((delivery, i): ProposalProblem[] => {
    const before = delivery.no === null ? undefined : known.get(delivery.no)
    if (delivery.no !== null && !before) return [problem('unknownDelivery', was.no, i)]
    if (delivery.no !== null && seen.has(delivery.no)) return [problem('doubledDelivery', was.no, i)]
    if (delivery.no !== null) seen.add(delivery.no)
    // What has stood before may have become late; a new day may not be.
    if (delivery.day < today && !(before && deliveryOf(before).day === delivery.day)) return [problem('dayPassed', was.no, i)]
    if (side === 'supplier' && delivery.reason === '' && !asRequested(before, delivery)) return [problem('reasonMissing', was.no, i)]
    return []
  })
}

/** A supplier who confirms otherwise than he was asked says why; repeating what he has said before is enough. */
const asRequested = (before: ScheduleContent | undefined, { quantity, day }: ProposedDelivery): boolean => {
  const asked = before?.requested ?? before?.confirmed
  return asked?.quantity === quantity && asked.day === day
}

function proposedLine(was: LineContent, wanted: ProposedLine, { side, highest }: ProposalFacts): LineContent {
  const price = { netPrice: wanted.netPrice ?? was.netPrice, taxRate: wanted.taxRate ?? was.taxRate }
  if (wanted.rejected) return { ...was, ...price, rejected: { by: side, reason: wanted.rejected.reason } }
  const before = new Map(was.schedule.map((schedule) => [schedule.no, schedule]))
  let last = Math.max(highest.schedule.get(was.no) ?? 0, ...was.schedule.map((schedule) => schedule.no))
  const schedule = wanted.schedule.map((delivery): ScheduleContent => {
    const old = delivery.no === null ? undefined : before.get(delivery.no)
    return { no: old?.no ?? ++last, ...said(old, delivery, side) }
  })
  return { ...was, ...price, rejected: null, schedule }
}

function said(old: ScheduleContent | undefined, { quantity, day, reason }: ProposedDelivery, side: Side): Omit<ScheduleContent, 'no'> {
  if (side === 'supplier') return { requested: old?.requested ?? null, confirmed: { quantity, day, reason } }
  const stands = old && deliveryOf(old)
  if (old && stands?.quantity === quantity && stands.day === day) return { requested: old.requested, confirmed: old.confirmed }
  return { requested: { quantity, day }, confirmed: null }
}

/** Where a content would take back what is shipped already. */
export function belowFloors(content: OrderContent, floors: readonly Floor[]): ProposalProblem[] {
  const lines = new Map(content.lines.map((line) => [line.no, line]))
  return floors.flatMap((floor) => {
    const line = lines.get(floor.line)
    const at = line?.schedule.findIndex((schedule) => schedule.no === floor.schedule) ?? -1
    const schedule = line?.schedule[at]
    const left = !line || line.rejected || !schedule ? 0n : decimal(deliveryOf(schedule).quantity)
    return left < floor.quantity ? [problem('belowShipped', floor.line, at < 0 ? null : at)] : []
  })
}

/** What is left of an order that is cancelled: what was shipped of it. Undefined where that is nothing. */
export function cancelledContent(
  content: OrderContent,
  floors: readonly Floor[],
  side: Side,
  reason: string,
  write: (d: Decimal) => string,
): OrderContent {
  const shipped = new Map(floors.map((floor) => [`${floor.line}/${floor.schedule}`, floor.quantity]))
  const lines = content.lines.map((line): LineContent => {
    if (line.rejected) return line
    const schedule = line.schedule.flatMap((one): ScheduleContent[] => {
      const quantity = shipped.get(`${line.no}/${one.no}`) ?? 0n
      if (quantity === 0n) return []
      const { day, reason } = deliveryOf(one)
      return [{ no: one.no, requested: one.requested, confirmed: { quantity: write(quantity), day, reason } }]
    })
    return schedule.length > 0 ? { ...line, schedule } : { ...line, rejected: { by: side, reason } }
  })
  return { ...content, lines }
}

export const nothingLeft = (content: OrderContent): boolean => content.lines.every((line) => line.rejected)
