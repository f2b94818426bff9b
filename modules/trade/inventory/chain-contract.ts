import { z } from 'zod'
import { MaterialId } from '#modules/trade/materials/contract.ts'
import { endpoint } from '#values/endpoint.ts'
import { OrgId } from '#values/ids.ts'
import { Instant } from '#values/instant.ts'
import { listQuery, pageOf } from '#values/list.ts'
import { StockShareId } from './contract.ts'
import { inventoryErrors } from './errors.ts'

export const ShareState = z.enum(['requested', 'shared', 'ended'])
export type ShareState = z.infer<typeof ShareState>
export const ShareAction = z.enum(['share', 'end'])
export type ShareAction = z.infer<typeof ShareAction>

const Side = z.enum(['buyer', 'supplier'])
const Partner = z.object({ id: OrgId, name: z.string() })

export const StockShare = z.object({
  id: StockShareId,
  /** The other side. */
  partner: Partner,
  state: ShareState,
  /** Of the buyer's catalogue. */
  materialId: MaterialId,
  code: z.string(),
  name: z.string(),
  specification: z.string(),
  unit: z.string(),
  purpose: z.string(),
  /** The supplier's own code of it. */
  ownCode: z.string().nullable(),
  quantity: z.string().nullable().describe('Null unless it is shared now.'),
  asOf: Instant.nullable().describe('When the supplier’s books last moved it.'),
  askedAt: Instant,
  agreedAt: Instant.nullable(),
  endedAt: Instant.nullable(),
  version: z.int(),
  /** What the own side may do now, as far as the state goes. */
  actions: z.array(ShareAction),
})
export type StockShare = z.infer<typeof StockShare>

export const Holder = z.object({
  kind: z.enum(['own', 'consigned', 'supplier']),
  name: z.string().describe('A warehouse of one’s own, or the partner.'),
  quantity: z.string(),
  asOf: Instant,
})
export type Holder = z.infer<typeof Holder>

export const ChainItem = z.object({
  materialId: MaterialId,
  code: z.string(),
  name: z.string(),
  specification: z.string(),
  unit: z.string(),
  own: z.string(),
  consigned: z.string(),
  atSuppliers: z.string().nullable().describe('Null: no supplier shares it.'),
  /** The oldest of the suppliers' figures. */
  asOf: Instant.nullable(),
  holders: z.array(Holder),
})
export type ChainItem = z.infer<typeof ChainItem>

const none = z.object({})
const byId = z.object({ id: StockShareId })
const known = [inventoryErrors.shareNotFound, inventoryErrors.changedMeanwhile, inventoryErrors.shareNotAllowedNow]

export const chainApi = {
  chain: endpoint({
    method: 'GET',
    path: '/inventory/chain',
    summary: 'As the buyer: who holds what of the materials that suppliers share or keep here; nothing that is not shared.',
    permission: 'inventory.readConsigned',
    params: none,
    query: listQuery(['code']),
    body: z.undefined(),
    response: pageOf(ChainItem),
    errors: [],
  }),
  shares: endpoint({
    method: 'GET',
    path: '/inventory/shares',
    summary: 'Agreements on sharing stock: as the buyer those asked of suppliers, as the supplier those given to customers.',
    permission: 'inventory.readConsigned',
    params: none,
    query: listQuery(['code']).extend({ side: Side, state: ShareState.optional() }),
    body: z.undefined(),
    response: pageOf(StockShare),
    errors: [],
  }),
  askShare: endpoint({
    method: 'POST',
    path: '/inventory/shares',
    summary: 'As the buyer: asks a supplier to share how much of a material he has.',
    permission: 'inventory.share',
    params: none,
    query: none,
    body: z.object({ supplierId: OrgId, materialId: MaterialId, purpose: z.string().trim().min(1).max(300) }),
    response: StockShare,
    status: 201,
    errors: [inventoryErrors.noSupplier, inventoryErrors.materialNotFound, inventoryErrors.sharedAlready],
  }),
  giveShare: endpoint({
    method: 'POST',
    path: '/inventory/shares/:id/share',
    summary: 'As the supplier: opens the own stock of it, that is in one’s warehouses, to this buyer.',
    permission: 'inventory.share',
    params: byId,
    query: none,
    body: z.object({ version: z.int(), ownMaterialId: MaterialId }),
    response: StockShare,
    errors: [...known, inventoryErrors.materialNotFound, inventoryErrors.unitsDiffer],
  }),
  endShare: endpoint({
    method: 'POST',
    path: '/inventory/shares/:id/end',
    summary: 'Either side ends it at once, or declines; the figure is gone.',
    permission: 'inventory.share',
    params: byId,
    query: none,
    body: z.object({ version: z.int() }),
    response: StockShare,
    errors: known,
  }),
}
