import { z } from 'zod'
import { MaterialId } from '#modules/trade/materials/contract.ts'
import { endpoint } from '#values/endpoint.ts'
import { OrgId } from '#values/ids.ts'
import { CalendarDate, Instant } from '#values/instant.ts'
import { listQuery, pageOf, wholeList } from '#values/list.ts'
import { Money } from '#values/money.ts'
import { LocationId, LocationLabel, MoveId } from './contract.ts'
import { inventoryErrors } from './errors.ts'

/** How many days before its expiry a lot is marked. */
export const EXPIRY_WARNING_DAYS = 30

const Quantity = z.string()
const Owner = z.object({ id: OrgId, name: z.string() })

export const StockRow = z.object({
  id: z.string(),
  materialId: MaterialId,
  code: z.string(),
  name: z.string(),
  specification: z.string(),
  unit: z.string(),
  location: LocationLabel,
  warehouse: z.object({ code: z.string(), name: z.string() }).nullable(),
  /** Null: one's own goods. */
  owner: Owner.nullable(),
  lot: z.string(),
  serial: z.string(),
  quantity: Quantity,
  expires: CalendarDate.nullable(),
  expiry: z.enum(['expired', 'soon']).nullable(),
  /** Since when something of it has been here. */
  since: CalendarDate,
})
export type StockRow = z.infer<typeof StockRow>

export const StockItem = z.object({
  materialId: MaterialId,
  code: z.string(),
  name: z.string(),
  specification: z.string(),
  unit: z.string(),
  control: z.enum(['none', 'lot', 'serial']),
  /** One's own goods in all places that can be counted. */
  onHand: Quantity,
  reserved: Quantity,
  /** What may still be promised: in warehouses, without quarantine and consignment. */
  available: Quantity,
  /** Of suppliers, lying here. */
  consigned: Quantity,
  value: Money.nullable().describe('Null without the permission inventory.readValue.'),
  lastIn: CalendarDate.nullable(),
  lastOut: CalendarDate.nullable(),
  /** Days since something of it went out or, where nothing ever did, came in. */
  idleDays: z.int().nullable(),
})
export type StockItem = z.infer<typeof StockItem>

export const CardEntry = z.object({
  moveId: MoveId,
  day: CalendarDate,
  postedAt: Instant,
  from: LocationLabel,
  to: LocationLabel,
  owner: Owner.nullable(),
  lot: z.string(),
  serial: z.string(),
  in: Quantity.nullable(),
  out: Quantity.nullable(),
  /** After it, of the whole card. */
  balance: Quantity,
  value: Money.nullable(),
  reason: z.string(),
  document: z.object({ entity: z.string(), id: z.string(), number: z.string().nullable() }),
  by: z.string(),
})
export type CardEntry = z.infer<typeof CardEntry>

const none = z.object({})
const Period = z.object({ from: CalendarDate, until: CalendarDate })

const Bucket = z.enum(['to30', 'to90', 'to180', 'to365', 'older'])

const StockQuery = listQuery(['code', 'expires', 'since']).extend({
  materialId: MaterialId.optional(),
  locationId: LocationId.optional().describe('A warehouse with its bins, or a bin.'),
  owner: z.enum(['own', 'consigned']).optional(),
  expiry: z.enum(['expired', 'soon']).optional(),
})
const ItemsQuery = listQuery(['code', 'name', 'lastOut']).extend({
  idleDays: z.coerce.number().int().min(1).max(3_650).optional(),
  present: z.enum(['true', 'false']).default('true').describe('Only what there is some of.'),
})

export const stockApi = {
  exportStock: endpoint({
    method: 'GET',
    path: '/inventory/stock/export',
    summary: 'What lies where as a workbook, as filtered and sorted, up to 200,000 rows; a last row says where there are more.',
    permission: 'inventory.read',
    params: z.object({}),
    query: StockQuery.omit(wholeList),
    body: z.undefined(),
    response: z.undefined(),
    answer: 'xlsx',
    errors: [],
  }),
  exportItems: endpoint({
    method: 'GET',
    path: '/inventory/items/export',
    summary: 'Stock by material as a workbook, as filtered and sorted, up to 200,000 rows; a last row says where there are more.',
    permission: 'inventory.read',
    params: z.object({}),
    query: ItemsQuery.omit(wholeList),
    body: z.undefined(),
    response: z.undefined(),
    answer: 'xlsx',
    errors: [],
  }),
  stock: endpoint({
    method: 'GET',
    path: '/inventory/stock',
    summary: 'What lies where: by place, owner, lot and serial number.',
    permission: 'inventory.read',
    params: none,
    query: StockQuery,
    body: z.undefined(),
    response: pageOf(StockRow),
    errors: [],
  }),
  items: endpoint({
    method: 'GET',
    path: '/inventory/items',
    summary: 'Stock by material: on hand, reserved, available, value; `idleDays` finds what does not move.',
    permission: 'inventory.read',
    params: none,
    query: ItemsQuery,
    body: z.undefined(),
    response: pageOf(StockItem),
    errors: [],
  }),
  item: endpoint({
    method: 'GET',
    path: '/inventory/items/:id',
    summary: 'Stock of one material.',
    permission: 'inventory.read',
    params: z.object({ id: MaterialId }),
    query: none,
    body: z.undefined(),
    response: StockItem,
    errors: [inventoryErrors.materialNotFound],
  }),
  card: endpoint({
    method: 'GET',
    path: '/inventory/items/:id/card',
    summary: 'The stock card of a material: its moves of a period, the newest first, with the balance after each.',
    permission: 'inventory.read',
    params: z.object({ id: MaterialId }),
    query: Period.extend({
      locationId: LocationId.optional(),
      after: z
        .string()
        .regex(/^\d{4}-\d{2}-\d{2}_\d{1,18}_-?\d{1,12}(\.\d{1,6})?$/)
        .meta({ examples: ['2026-01-04_1_2'] })
        .optional()
        .meta({ description: '`next` of the page before.', examples: ['2026-11-20_41_120.5'] }),
      limit: z.coerce.number().int().min(1).max(500).default(200),
    }),
    body: z.undefined(),
    response: z.object({
      unit: z.string(),
      /** Of the period, with the first page alone. `opening` is null where it has more moves than are counted. */
      sums: z.object({ opening: Quantity.nullable(), closing: Quantity, total: z.int(), totalCapped: z.boolean() }).nullable(),
      items: z.array(CardEntry),
      next: z.string().nullable(),
    }),
    errors: [inventoryErrors.materialNotFound],
  }),
  turnover: endpoint({
    method: 'GET',
    path: '/inventory/turnover',
    summary: 'Stock turnover of a period: value that went out (without losses) ÷ mean of opening and closing value.',
    permission: 'inventory.readValue',
    params: none,
    query: Period,
    body: z.undefined(),
    response: z.object({
      opening: Money,
      closing: Money,
      issued: Money,
      average: Money,
      turns: z.string().nullable().describe('issued ÷ average, two places; null where there is no stock.'),
      days: z.int(),
      daysOfStock: z.string().nullable().describe('days ÷ turns, one place.'),
    }),
    errors: [],
  }),
  ageing: endpoint({
    method: 'GET',
    path: '/inventory/ageing',
    summary: 'Value of the stock by age, as if what came last were what is still there.',
    permission: 'inventory.readValue',
    params: none,
    query: none,
    body: z.undefined(),
    response: z.object({ total: Money, buckets: z.array(z.object({ bucket: Bucket, value: Money, materials: z.int() })) }),
    errors: [],
  }),
}
