import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import { type Decimal, decimal, sumOf, writeDecimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import { chinaDay } from '#values/instant.ts'
import type { Currency } from '#values/money.ts'
import { ordersErrors } from '../errors.ts'
import type { NewLine } from '../proposal.ts'
import type { AddedLine, ProblemCode, ProposalProblem } from './proposal-rules.ts'
import type { Rooms } from './rooms.ts'
import type { OrdersTx } from './tables.ts'

/**
 * New lines with the facts of the buyer's catalogue and the prices in force today. Runs in the buyer's tenant.
 * Errors: orders.priceNotAllowed.
 */
export async function resolveLines(
  rooms: Pick<Rooms, 'materials'>,
  tx: OrdersTx,
  ctx: Context,
  parties: { supplier: OrgId; currency: Currency },
  wanted: readonly NewLine[],
): Promise<{ added: AddedLine[] } | { problems: ProposalProblem[] }> {
  const found = await lookUpLines(rooms, tx, ctx, parties, wanted)
  const problems = found.flatMap((one, i): ProposalProblem[] =>
    typeof one === 'string' ? [{ line: null, added: i, delivery: null, code: one }] : [],
  )
  return problems.length > 0 ? { problems } : { added: found.filter((one) => typeof one !== 'string') }
}

/** Each line with its facts, or why it has none; same order. Errors: orders.priceNotAllowed. */
export async function lookUpLines(
  { materials }: Pick<Rooms, 'materials'>,
  tx: OrdersTx,
  ctx: Context,
  { supplier, currency }: { supplier: OrgId; currency: Currency },
  wanted: readonly NewLine[],
): Promise<(AddedLine | ProblemCode)[]> {
  if (wanted.length === 0) return []
  if (wanted.some((line) => line.netPrice !== null) && !ctx.scopes.permissions.has('orders.setPrices')) throw ordersErrors.priceNotAllowed()
  const own = opaque(tx)
  const day = chinaDay(ctx.now)
  const ids = [...new Set(wanted.map((line) => line.materialId))]
  const asked = wanted.map((line) => ({ materialId: line.materialId, unit: line.unit, quantity: quantityOf(line) }))
  const facts = await materials.facts(own, ids)
  const sources = await materials.sourcesOf(own, supplier, ids, day)
  const factors = await materials.unitFactors(own, asked)
  const prices = await materials.pricesFor(own, supplier, day, currency, asked)
  return wanted.map((line, i): AddedLine | ProblemCode => {
    const [material, source, factor, price] = [facts.get(line.materialId), sources.get(line.materialId), factors[i], prices[i]]
    const netPrice = line.netPrice ?? (price && writeDecimal(price.netPrice))
    const taxRate = line.taxRate ?? (price && writeDecimal(price.taxRate))
    if (!material) return 'unknownMaterial'
    if (material.retired) return 'retiredMaterial'
    if (!source) return 'notASource'
    if (factor === undefined) return 'unknownUnit'
    if (netPrice === undefined || taxRate === undefined) return 'noPrice'
    return {
      materialId: material.id,
      materialCode: material.code,
      materialName: material.name,
      supplierCode: source.supplierCode,
      specification: material.specification,
      unit: line.unit,
      unitFactor: writeDecimal(factor),
      netPrice,
      taxRate,
      schedule: line.schedule.map((slot, j) => ({ no: j + 1, requested: slot, confirmed: null })),
    }
  })
}

const quantityOf = (line: NewLine): Decimal => sumOf(line.schedule.map((slot) => decimal(slot.quantity)))
