import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { decimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import { chinaDay } from '#values/instant.ts'
import type { PriceId, SourceId } from '../contract.ts'
import { materialsErrors } from '../errors.ts'
import type { Price, supplyApi } from '../supply-contract.ts'
import { refuseOverlap, writePrices } from './add-prices.ts'
import { netOf } from './price-rules.ts'
import { changePrice, findPrice, lockPrice, type PriceRow, pricesOf } from './price-store.ts'
import type { Rooms } from './rooms.ts'
import { findSource } from './source-list.ts'
import { priceState } from './source-rules.ts'
import { lockSource } from './source-store.ts'
import type { MaterialsTx } from './tables.ts'

/** Both parties read the same prices; who of the buyer's people entered them is the buyer's affair. */
export const listPrices = ({ db }: Rooms, ctx: Context, id: SourceId): Promise<{ prices: Price[] }> =>
  db.inTenant(ctx, async (tx) => {
    if (!(await findSource(tx, id, chinaDay(ctx.now)))) throw materialsErrors.sourceNotFound({ id })
    return { prices: (await pricesOf(tx, id)).map((row) => viewOf(row, tx.orgId, ctx)) }
  })

export const addPrice = (
  { db }: Rooms,
  ctx: Context,
  id: SourceId,
  { netPrice, grossPrice, ...price }: z.output<typeof supplyApi.addPrice.body>,
): Promise<Price> =>
  db
    .inTenant(ctx, async (tx) => {
      const source = await lockSource(tx, id, 'buyer')
      if (!source) throw materialsErrors.sourceNotFound({ id })
      const taxRate = decimal(price.taxRate)
      const gross = grossPrice === null ? undefined : decimal(grossPrice)
      const [made] = await writePrices(tx, ctx, [
        {
          ...price,
          materialId: source.material_id,
          supplier: source.supplier_org,
          fromQuantity: decimal(price.fromQuantity),
          taxRate,
          netPrice: netPrice === null ? netOf(gross ?? 0n, taxRate) : decimal(netPrice),
          ...(netPrice === null && gross !== undefined ? { grossPrice: gross } : {}),
        },
      ])
      return required(tx, ctx, made as PriceId)
    })
    .catch(refuseOverlap)

export const endPrice = (
  { db }: Rooms,
  ctx: Context,
  id: PriceId,
  { version, validUntil }: { version: number; validUntil: string },
): Promise<Price> =>
  db
    .inTenant(ctx, async (tx) => {
      const row = await lock(tx, id, version)
      if (validUntil < chinaDay(ctx.now) || validUntil < row.valid_from) throw materialsErrors.invalidPeriod()
      if (['ended', 'withdrawn'].includes(stateOf(row, ctx))) throw materialsErrors.notAllowedNow()
      await changePrice(tx, id, { valid_until: validUntil })
      return required(tx, ctx, id)
    })
    .catch(refuseOverlap)

export const withdrawPrice = ({ db }: Rooms, ctx: Context, id: PriceId, version: number): Promise<Price> =>
  db.inTenant(ctx, async (tx) => {
    const row = await lock(tx, id, version)
    if (stateOf(row, ctx) !== 'upcoming') throw materialsErrors.notAllowedNow()
    await changePrice(tx, id, { withdrawn_at: ctx.now })
    return required(tx, ctx, id)
  })

async function lock(tx: MaterialsTx, id: PriceId, version: number): Promise<PriceRow> {
  const row = await lockPrice(tx, id)
  if (!row) throw materialsErrors.priceNotFound({ id })
  if (row.version !== version) throw materialsErrors.changedMeanwhile({ id, version: row.version })
  return row
}

async function required(tx: MaterialsTx, ctx: Context, id: PriceId): Promise<Price> {
  const row = await findPrice(tx, id)
  if (!row) throw materialsErrors.priceNotFound({ id })
  return viewOf(row, tx.orgId, ctx)
}

const stateOf = (row: PriceRow, ctx: Context) =>
  priceState({ from: row.valid_from, until: row.valid_until, withdrawn: row.withdrawn_at !== null }, chinaDay(ctx.now))

const viewOf = (row: PriceRow, reader: OrgId, ctx: Context): Price => ({
  id: row.id,
  currency: row.currency as Price['currency'],
  unit: row.unit,
  fromQuantity: row.from_quantity,
  netPrice: row.net_price,
  grossPrice: row.gross_price,
  taxRate: row.tax_rate,
  validFrom: row.valid_from,
  validUntil: row.valid_until,
  state: stateOf(row, ctx),
  createdAt: row.created_at.toISOString(),
  createdBy: row.buyer_org === reader ? row.created_by : null,
  version: row.version,
})
