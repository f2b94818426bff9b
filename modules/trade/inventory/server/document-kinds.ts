import type { DocumentKind } from '#kernel/documents.ts'
import { narrow } from '#kernel/postgres.ts'
import { inventoryEvents, type StockDocumentId } from '../contract.ts'
import type { StocktakeId } from '../stocktake-contract.ts'
import type { InventoryTables } from './tables.ts'

/** A transfer, issue, taking back, scrapping or use of consigned goods: comments and photos of its own organisation. */
export const stockDocument: DocumentKind = {
  entity: 'inventory.document',
  read: 'inventory.read',
  answer: 'inventory.move',
  path: (id) => `/inventory/documents/${id}`,
  describe: async (_, opaqueTx, ids) => {
    const tx = narrow<InventoryTables>(opaqueTx)
    if (ids.length === 0) return new Map()
    const rows = await tx.sql
      .selectFrom('inventory.document')
      .select(['id', 'number', 'reason'])
      .where('org_id', '=', tx.orgId)
      .where('id', 'in', ids as readonly StockDocumentId[])
      .execute()
    return new Map(rows.map(({ id, number, reason }) => [id, { number, name: reason, parties: [tx.orgId] }]))
  },
  events: [
    { event: inventoryEvents.documentPosted.name, id: ({ documentId }: { documentId: string }) => documentId },
    { event: inventoryEvents.consignmentUsed.name, id: ({ usageId }: { usageId: string }) => usageId },
  ],
}

/** A stocktake takes comments and photos of its own organisation; who approves it is told. */
export const stocktakeDocument: DocumentKind = {
  entity: 'inventory.stocktake',
  read: 'inventory.read',
  answer: 'inventory.account',
  path: (id) => `/inventory/stocktakes/${id}`,
  describe: async (_, opaqueTx, ids) => {
    const tx = narrow<InventoryTables>(opaqueTx)
    if (ids.length === 0) return new Map()
    const rows = await tx.sql
      .selectFrom('inventory.stocktake as s')
      .innerJoin('inventory.location as l', (join) => join.onRef('l.org_id', '=', 's.org_id').onRef('l.id', '=', 's.location_id'))
      .select(['s.id', 's.number', 'l.name'])
      .where('s.org_id', '=', tx.orgId)
      .where('s.id', 'in', ids as readonly StocktakeId[])
      .execute()
    return new Map(rows.map(({ id, number, name }) => [id, { number, name, parties: [tx.orgId] }]))
  },
  events: (['stocktakeStarted', 'stocktakeSubmitted', 'stocktakeSentBack', 'stocktakePosted', 'stocktakeCancelled'] as const).map(
    (name) => ({
      event: inventoryEvents[name].name,
      id: ({ stocktakeId }: { stocktakeId: string }) => stocktakeId,
    }),
  ),
}
