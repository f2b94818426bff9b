import type { Context } from '#kernel/context.ts'
import { choiceCell, dateCell, numberCell, textCell } from '#kernel/imports/cells.ts'
import { type ImportDefinition, optional, type Resolved, type RowOf, type RowProblem, required } from '#kernel/imports/definition.ts'
import { narrow, type OpaqueTx } from '#kernel/postgres.ts'
import { decimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import { chinaDay } from '#values/instant.ts'
import { Currency } from '#values/money.ts'
import type { MaterialId } from '../contract.ts'
import type { MaterialFacts, NewSource } from '../public.ts'
import { type GivenPrice, writePrices } from './add-prices.ts'
import { addSources } from './add-sources.ts'
import { decimalCell, taxRateCell, unitCell } from './import-cells.ts'
import { factsByCodes, unitsByIds } from './material-store.ts'
import { netOf } from './price-rules.ts'
import { standingPrices } from './price-store.ts'
import type { Rooms } from './rooms.ts'
import { knownSuppliers, sourceKeys } from './source-store.ts'
import type { MaterialsTables, MaterialsTx } from './tables.ts'
import { factorOf } from './unit-rules.ts'

const columns = {
  materialCode: required(textCell({ max: 60 }), 'BRG-000001', { width: 16 }),
  supplier: required(textCell({ max: 120 }), 'materials.importPriceRows.examples.supplier', { width: 28 }),
  supplierCode: optional(textCell({ max: 60 }), 'SKF-6204', { width: 16 }),
  netPrice: optional(decimalCell(), '8.5', { width: 12 }),
  grossPrice: optional(decimalCell(), '', { width: 12 }),
  taxRate: required(taxRateCell(), '13%', { width: 8 }),
  currency: optional(
    choiceCell(Currency.options, (currency) => `materials.currencies.${currency}`),
    'materials.currencies.CNY',
    { width: 10 },
  ),
  unit: optional(unitCell(), 'materials.importRows.examples.unit', { width: 10 }),
  fromQuantity: optional(decimalCell(), '', { width: 12 }),
  validFrom: required(dateCell(), '2026-01-01', { width: 12 }),
  validUntil: optional(dateCell(), '', { width: 12 }),
  leadTimeDays: optional(numberCell({ min: 0, max: 3_650, whole: true }), '15', { width: 10 }),
  minimum: optional(decimalCell({ positive: true }), '', { width: 12 }),
}
type Columns = typeof columns
type Row = RowOf<Columns>
type Key = Extract<keyof Columns, string>
interface Ready {
  price: GivenPrice
  source: NewSource
}

/** A supplier who is no source of the material yet becomes an approved one. */
export const priceImportDefinition = (rooms: Rooms): ImportDefinition<Columns, Ready> => ({
  kind: 'materials.price',
  wordsAt: 'materials.importPriceRows',
  columns,
  resolve: async (ctx, opaqueTx, rows) => {
    const stored = await readStored(rooms, ctx, opaqueTx, rows)
    const taken = new Set<string>()
    return rows.map((row) => resolveRow(row, stored, taken))
  },
  apply: async (ctx, opaqueTx, rows) => {
    const tx = narrow<MaterialsTables>(opaqueTx)
    const there = await sourceKeys(
      tx,
      rows.map((row) => row.price.materialId),
    )
    const missing = new Map(rows.map(({ source }) => [`${source.supplier} ${source.materialId}`, source]))
    for (const key of there) missing.delete(key)
    await addSources(rooms, tx, ctx, [...missing.values()], 'approved')
    const ids = await writePrices(tx, ctx, inSequence(rows.map((row) => row.price)))
    return ids.map((id) => ({ id }))
  },
})

const keyOf = (price: Pick<GivenPrice, 'supplier' | 'materialId' | 'currency' | 'unit' | 'fromQuantity'>) =>
  [price.supplier, price.materialId, price.currency, price.unit, price.fromQuantity ?? 0n].join(' ')

/** Of prices of one key each ends where the next one begins, as if they had been entered one after the other. */
export function inSequence(prices: readonly GivenPrice[]): GivenPrice[] {
  return prices.map((price) => {
    const next = prices
      .filter((one) => keyOf(one) === keyOf(price) && one.validFrom > price.validFrom)
      .reduce<string | undefined>((first, one) => (first === undefined || one.validFrom < first ? one.validFrom : first), undefined)
    if (next === undefined || (price.validUntil != null && price.validUntil < next)) return price
    return { ...price, validUntil: dayBefore(next) }
  })
}

const DAY_MS = 86_400_000
const dayBefore = (day: string): string => new Date(Date.parse(`${day}T00:00:00Z`) - DAY_MS).toISOString().slice(0, 10)

interface Stored {
  materials: Map<string, MaterialFacts>
  units: Awaited<ReturnType<typeof unitsByIds>>
  suppliers: Map<string, OrgId>
  /** First days of the prices of a key. */
  standing: Map<string, string[]>
}

async function readStored(rooms: Rooms, ctx: Context, opaqueTx: OpaqueTx, rows: readonly Row[]): Promise<Stored> {
  const tx = narrow<MaterialsTables>(opaqueTx)
  const facts = await factsByCodes(
    tx,
    rows.map((row) => row.materialCode),
  )
  const ids = facts.map((one) => one.id)
  const standing = new Map<string, string[]>()
  for (const price of await standingPrices(tx, ids)) {
    const key = [price.supplier_org, price.material_id, price.currency, price.unit, decimal(price.from_quantity)].join(' ')
    standing.set(key, [...(standing.get(key) ?? []), price.valid_from])
  }
  return {
    materials: new Map(facts.map((one) => [one.code.toLowerCase(), one])),
    units: await unitsByIds(tx, ids),
    suppliers: await suppliersOf(rooms, tx, opaqueTx, ctx, rows),
    standing,
  }
}

/** By the name under which they are listed already, else by their code on the platform, where they are suppliers today. */
async function suppliersOf(
  { organisations }: Rooms,
  tx: MaterialsTx,
  opaqueTx: OpaqueTx,
  ctx: Context,
  rows: readonly Row[],
): Promise<Map<string, OrgId>> {
  const found = new Map<string, OrgId>()
  for (const { supplier_org, supplier_name, supplier_name_en } of await knownSuppliers(tx))
    for (const name of [supplier_name, supplier_name_en]) if (name) found.set(name.toLowerCase(), supplier_org)
  for (const word of new Set(rows.map((row) => row.supplier.toLowerCase()))) {
    if (found.has(word)) continue
    const facts = await organisations.organisationByCode(word)
    const relation = facts && (await organisations.relationWith(opaqueTx, facts.orgId, chinaDay(ctx.now)))
    if (facts && relation?.side === 'buyer') found.set(word, facts.orgId)
  }
  return found
}

function resolveRow(row: Row, stored: Stored, taken: Set<string>): Resolved<Ready, Key> {
  const problems: RowProblem<Key>[] = []
  const wrong = (column: Key, code: string, details: Record<string, unknown> = {}) => {
    problems.push({ column, code: `materials.importPriceRows.problems.${code}`, details })
  }
  const material = stored.materials.get(row.materialCode.toLowerCase())
  if (!material) wrong('materialCode', 'materialUnknown', { text: row.materialCode })
  else if (material.retired) wrong('materialCode', 'materialRetired', { text: row.materialCode })
  const supplier = stored.suppliers.get(row.supplier.toLowerCase())
  if (!supplier) wrong('supplier', 'supplierUnknown', { text: row.supplier })
  if (row.netPrice === null && row.grossPrice === null) wrong('netPrice', 'priceNeeded')
  if (row.validUntil !== null && row.validUntil < row.validFrom) wrong('validUntil', 'period')
  if (!material || !supplier) return { problems }
  const units = stored.units.get(material.id as MaterialId)
  const unit = row.unit ?? material.baseUnit
  if (!units || factorOf(units, unit) === undefined) wrong('unit', 'unitUnknown', { text: row.unit ?? '' })
  const taxRate = decimal(row.taxRate)
  const gross = row.grossPrice === null ? undefined : decimal(row.grossPrice)
  const price: GivenPrice = {
    materialId: material.id,
    supplier,
    currency: row.currency ?? 'CNY',
    unit,
    fromQuantity: decimal(row.fromQuantity ?? '0'),
    netPrice: row.netPrice === null ? netOf(gross ?? 0n, taxRate) : decimal(row.netPrice),
    ...(row.netPrice === null && gross !== undefined ? { grossPrice: gross } : {}),
    taxRate,
    validFrom: row.validFrom,
    validUntil: row.validUntil,
  }
  const key = keyOf(price)
  const later = (stored.standing.get(key) ?? []).find(
    (from) => from >= price.validFrom && (price.validUntil == null || from <= price.validUntil),
  )
  if (later !== undefined) wrong('validFrom', 'overlaps', { day: later })
  if (taken.has(`${key} ${price.validFrom}`)) wrong('validFrom', 'twice')
  taken.add(`${key} ${price.validFrom}`)
  if (problems.length > 0) return { problems }
  const source = {
    materialId: material.id,
    supplier,
    supplierCode: row.supplierCode,
    leadTimeDays: row.leadTimeDays,
    minimum: row.minimum === null ? null : decimal(row.minimum),
    validFrom: row.validFrom,
  }
  return { ready: { price, source } }
}
