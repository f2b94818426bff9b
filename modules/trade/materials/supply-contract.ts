import { z } from 'zod'
import { NonNegativeText, PositiveText } from '#values/decimal.ts'
import { endpoint } from '#values/endpoint.ts'
import { OrgId } from '#values/ids.ts'
import { CalendarDate, Instant } from '#values/instant.ts'
import { listQuery, pageOf } from '#values/list.ts'
import { Currency } from '#values/money.ts'
import { UnitCode } from '#values/units.ts'
import { MaterialId, PriceId, SourceId } from './contract.ts'
import { materialsErrors } from './errors.ts'

/** Who supplies what at which price; beside contract.ts, since other modules ask by public.ts. */

export const SourceState = z.enum(['proposed', 'approved', 'blocked'])
export type SourceState = z.infer<typeof SourceState>
export const SourceAction = z.enum(['approve', 'reject', 'block', 'unblock'])
export type SourceAction = z.infer<typeof SourceAction>
export const Side = z.enum(['buyer', 'supplier'])
export type Side = z.infer<typeof Side>

const ItemCode = z.string().trim().min(1).max(60)
const ItemName = z.string().trim().min(1).max(120)
/** A fraction below one: 0.13. */
const TaxRate = NonNegativeText.refine((text) => !/^[1-9]/.test(text), { message: 'taxRate' })

/** One price of a unit, from a quantity on. */
export const Price = z.object({
  id: PriceId,
  currency: Currency,
  unit: z.string(),
  fromQuantity: z.string(),
  netPrice: z.string(),
  grossPrice: z.string(),
  taxRate: z.string(),
  validFrom: CalendarDate,
  validUntil: CalendarDate.nullable(),
  state: z.enum(['upcoming', 'inForce', 'ended', 'withdrawn']),
  createdAt: Instant,
  /** The buyer's own people alone are named. */
  createdBy: z.string().nullable(),
  version: z.int(),
})
export type Price = z.infer<typeof Price>

export const Source = z.object({
  id: SourceId,
  side: Side,
  partnerId: OrgId,
  partnerName: z.string(),
  partnerNameEn: z.string().nullable(),
  materialId: MaterialId,
  materialCode: z.string(),
  materialName: z.string(),
  materialNameEn: z.string().nullable(),
  specification: z.string(),
  baseUnit: z.string(),
  supplierCode: z.string().nullable(),
  supplierName: z.string().nullable(),
  leadTimeDays: z.int().nullable(),
  minimum: z.string().nullable(),
  multiple: z.string().nullable(),
  validFrom: CalendarDate,
  validUntil: CalendarDate.nullable(),
  state: SourceState,
  /** In force today, of the smallest quantity; null: none. */
  price: z.object({ currency: Currency, unit: z.string(), netPrice: z.string(), grossPrice: z.string(), taxRate: z.string() }).nullable(),
  version: z.int(),
})
export type Source = z.infer<typeof Source>

const terms = {
  supplierCode: ItemCode.nullable(),
  supplierName: ItemName.nullable(),
  leadTimeDays: z.int().min(0).max(3_650).nullable(),
  minimum: PositiveText.nullable(),
  multiple: PositiveText.nullable(),
  validFrom: CalendarDate,
  validUntil: CalendarDate.nullable(),
}

const bySource = z.object({ id: SourceId })
const byPrice = z.object({ id: PriceId })
const none = z.object({})
const version = z.int()

const sourceEndpoints = {
  sources: endpoint({
    method: 'GET',
    path: '/materials/sources',
    summary: 'Who supplies what: as the buyer, or as the supplier what each customer lists one for.',
    permission: 'materials.readPrices',
    params: none,
    query: listQuery(['code', 'partner']).extend({
      side: Side.default('buyer'),
      materialId: MaterialId.optional(),
      partnerId: OrgId.optional(),
      state: SourceState.optional(),
    }),
    body: z.undefined(),
    response: pageOf(Source),
    errors: [],
  }),
  source: endpoint({
    method: 'GET',
    path: '/materials/sources/:id',
    summary: 'One source; both parties read it.',
    permission: 'materials.readPrices',
    params: bySource,
    query: none,
    body: z.undefined(),
    response: Source,
    errors: [materialsErrors.sourceNotFound],
  }),
  createSource: endpoint({
    method: 'POST',
    path: '/materials/:id/sources',
    summary: 'Lists a supplier for a material; unless it is approved at once, it stays a proposal that the supplier does not see.',
    permission: 'materials.manageSources',
    params: z.object({ id: MaterialId }),
    query: none,
    body: z.object({ ...terms, supplierId: OrgId, approved: z.boolean() }),
    response: Source,
    status: 201,
    errors: [materialsErrors.notFound, materialsErrors.noRelation, materialsErrors.sourceExists, materialsErrors.invalidPeriod],
  }),
  updateSource: endpoint({
    method: 'PATCH',
    path: '/materials/sources/:id',
    summary: 'Changes the terms of a source, as the buyer.',
    permission: 'materials.manageSources',
    params: bySource,
    query: none,
    body: z.object(terms).partial().extend({ version }),
    response: Source,
    errors: [materialsErrors.sourceNotFound, materialsErrors.invalidPeriod, materialsErrors.changedMeanwhile],
  }),
  actOnSource: endpoint({
    method: 'POST',
    path: '/materials/sources/:id/act',
    summary: 'Approves or rejects a proposed source, blocks one or takes it back.',
    permission: 'materials.manageSources',
    params: bySource,
    query: none,
    body: z.object({ version, action: SourceAction }),
    response: Source,
    errors: [materialsErrors.sourceNotFound, materialsErrors.notAllowedNow, materialsErrors.changedMeanwhile],
  }),
  nameSupplied: endpoint({
    method: 'PATCH',
    path: '/materials/sources/:id/supplied',
    summary: 'As the supplier: one’s own code and name of what a customer buys.',
    permission: 'materials.manageSupplied',
    params: bySource,
    query: none,
    body: z.object({ version, supplierCode: ItemCode.nullable(), supplierName: ItemName.nullable() }),
    response: Source,
    errors: [materialsErrors.sourceNotFound, materialsErrors.changedMeanwhile],
  }),
}

const priceEndpoints = {
  prices: endpoint({
    method: 'GET',
    path: '/materials/sources/:id/prices',
    summary: 'Every price of a source, also those that were and will be; both parties read the same.',
    permission: 'materials.readPrices',
    params: bySource,
    query: none,
    body: z.undefined(),
    response: z.object({ prices: z.array(Price) }),
    errors: [materialsErrors.sourceNotFound],
  }),
  addPrice: endpoint({
    method: 'POST',
    path: '/materials/sources/:id/prices',
    summary:
      'A new price: ends the one before it of the same currency, unit and break. Give the net or the gross price; the other follows.',
    permission: 'materials.manageSources',
    params: bySource,
    query: none,
    body: z
      .object({
        currency: Currency,
        unit: UnitCode,
        fromQuantity: NonNegativeText,
        taxRate: TaxRate,
        netPrice: NonNegativeText.nullable(),
        grossPrice: NonNegativeText.nullable(),
        validFrom: CalendarDate,
        validUntil: CalendarDate.nullable(),
      })
      .refine((price) => price.netPrice !== null || price.grossPrice !== null, { message: 'priceNeeded', path: ['netPrice'] }),
    response: Price,
    status: 201,
    errors: [materialsErrors.sourceNotFound, materialsErrors.unitUnknown, materialsErrors.invalidPeriod, materialsErrors.priceOverlaps],
  }),
  endPrice: endpoint({
    method: 'POST',
    path: '/materials/prices/:id/end',
    summary: 'Lets a price end on a day from today on.',
    permission: 'materials.manageSources',
    params: byPrice,
    query: none,
    body: z.object({ version, validUntil: CalendarDate }),
    response: Price,
    errors: [materialsErrors.priceNotFound, materialsErrors.invalidPeriod, materialsErrors.notAllowedNow, materialsErrors.changedMeanwhile],
  }),
  withdrawPrice: endpoint({
    method: 'POST',
    path: '/materials/prices/:id/withdraw',
    summary: 'Takes back a price that is not in force yet.',
    permission: 'materials.manageSources',
    params: byPrice,
    query: none,
    body: z.object({ version }),
    response: Price,
    errors: [materialsErrors.priceNotFound, materialsErrors.notAllowedNow, materialsErrors.changedMeanwhile],
  }),
}

export const supplyApi = { ...sourceEndpoints, ...priceEndpoints }
