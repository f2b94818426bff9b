import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { publish } from '#kernel/outbox.ts'
import { opaque, violatedUnique } from '#kernel/postgres.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { decimal, writeDecimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import { chinaDay } from '#values/instant.ts'
import { type chainApi, ShareAction, type StockShare } from '../chain-contract.ts'
import { inventoryEvents, type StockShareId } from '../contract.ts'
import { inventoryErrors } from '../errors.ts'
import type { Side } from './consigned-store.ts'
import { lockItems } from './item-store.ts'
import type { Rooms } from './rooms.ts'
import { nextShareState } from './share-rules.ts'
import { insertShare, lockShare, ownStock, type ShareRow, setShare, sharePage } from './share-store.ts'
import type { InventoryTx } from './tables.ts'

const sideOf = (tx: InventoryTx, row: ShareRow): Side => (row.buyer_org === tx.orgId ? 'buyer' : 'supplier')
const partnerOf = (tx: InventoryTx, row: ShareRow): OrgId => (row.buyer_org === tx.orgId ? row.supplier_org : row.buyer_org)

function view(tx: InventoryTx, row: ShareRow, names: ReadonlyMap<OrgId, { name: string }>): StockShare {
  const partner = partnerOf(tx, row)
  return {
    id: row.id,
    partner: { id: partner, name: names.get(partner)?.name ?? '' },
    state: row.state,
    materialId: row.material_id,
    code: row.code,
    name: row.name,
    specification: row.specification,
    unit: row.unit,
    purpose: row.purpose,
    ownCode: row.own_code,
    quantity: row.quantity === null ? null : writeDecimal(decimal(row.quantity)),
    asOf: row.as_of?.toISOString() ?? null,
    askedAt: row.asked_at.toISOString(),
    agreedAt: row.agreed_at?.toISOString() ?? null,
    endedAt: row.ended_at?.toISOString() ?? null,
    version: row.version,
    actions: ShareAction.options.filter((action) => nextShareState(row.state, action, sideOf(tx, row)) !== undefined),
  }
}

const one = async ({ organisations }: Rooms, tx: InventoryTx, row: ShareRow): Promise<StockShare> =>
  view(tx, row, await organisations.labels(opaque(tx), [partnerOf(tx, row)]))

const newsOf = (row: ShareRow, by: OrgId) => ({
  shareId: row.id,
  buyerId: row.buyer_org,
  supplierId: row.supplier_org,
  by,
  code: row.code,
  name: row.name,
})

export const readShares = (rooms: Rooms, ctx: Context, list: z.output<typeof chainApi.shares.query>) =>
  rooms.db.inTenant(ctx, async (tx) => {
    const page = await sharePage(tx, list)
    const names = await rooms.organisations.labels(opaque(tx), [...new Set(page.items.map((row) => partnerOf(tx, row)))])
    return { ...page, items: page.items.map((row) => view(tx, row, names)) }
  })

/** Errors: inventory.noSupplier, materialNotFound, sharedAlready. */
export const askShare = (rooms: Rooms, ctx: Context, given: z.output<typeof chainApi.askShare.body>): Promise<StockShare> =>
  rooms.db
    .inTenant(ctx, async (tx) => {
      const relation = await rooms.organisations.relationWith(opaque(tx), given.supplierId, chinaDay(ctx.now))
      if (relation?.side !== 'buyer') throw inventoryErrors.noSupplier({ id: given.supplierId })
      const facts = (await rooms.materials.facts(opaque(tx), [given.materialId])).get(given.materialId)
      if (!facts) throw inventoryErrors.materialNotFound({ id: given.materialId })
      const row = await insertShare(tx, given.supplierId, facts, given.purpose, ctx.now)
      await publish(tx, ctx, inventoryEvents.stockShareAsked, row.id, newsOf(row, tx.orgId))
      return one(rooms, tx, row)
    })
    .catch((error: unknown) => {
      throw violatedUnique(error) === 'stock_share_of' ? inventoryErrors.sharedAlready() : error
    })

async function stepOf(tx: InventoryTx, id: StockShareId, action: ShareAction, version: number) {
  const row = await lockShare(tx, id)
  if (!row) throw inventoryErrors.shareNotFound({ id })
  if (row.version !== version) throw inventoryErrors.changedMeanwhile({ id, version: row.version })
  const to = nextShareState(row.state, action, sideOf(tx, row))
  if (!to) throw inventoryErrors.shareNotAllowedNow({ id, state: row.state })
  return { row, to }
}

interface Given {
  version: number
  ownMaterialId: MaterialId
}

/**
 * From now on the buyer sees what lies in the supplier's warehouses, after each of his postings. The item is locked, so that a posting on its
 * way is seen. Errors: inventory.shareNotFound, changedMeanwhile, shareNotAllowedNow, materialNotFound, unitsDiffer.
 */
export const giveShare = (rooms: Rooms, ctx: Context, id: StockShareId, { version, ownMaterialId }: Given): Promise<StockShare> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const { row, to } = await stepOf(tx, id, 'share', version)
    const facts = (await rooms.materials.facts(opaque(tx), [ownMaterialId])).get(ownMaterialId)
    if (!facts) throw inventoryErrors.materialNotFound({ id: ownMaterialId })
    if (facts.baseUnit !== row.unit) throw inventoryErrors.unitsDiffer({ own: facts.baseUnit, theirs: row.unit })
    await lockItems(tx, [facts])
    const quantity = await ownStock(tx, ownMaterialId)
    const own = { own_material_id: ownMaterialId, own_code: facts.code, quantity, as_of: ctx.now }
    const shared = await setShare(tx, id, { ...own, state: to, agreed_at: ctx.now })
    await publish(tx, ctx, inventoryEvents.stockShareGiven, id, newsOf(shared, tx.orgId))
    return one(rooms, tx, shared)
  })

/** Errors: inventory.shareNotFound, changedMeanwhile, shareNotAllowedNow. */
export const endShare = (rooms: Rooms, ctx: Context, id: StockShareId, { version }: { version: number }): Promise<StockShare> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const { to } = await stepOf(tx, id, 'end', version)
    const ended = await setShare(tx, id, { state: to, quantity: null, as_of: null, ended_at: ctx.now })
    await publish(tx, ctx, inventoryEvents.stockShareEnded, id, newsOf(ended, tx.orgId))
    return one(rooms, tx, ended)
  })
