import type { DocumentKind } from '#kernel/documents.ts'
import { narrow } from '#kernel/postgres.ts'
import type { TodoKind } from '#kernel/todos.ts'
import { chinaDay } from '#values/instant.ts'
import { logisticsEvents, type ShipmentId, type Side } from '../contract.ts'
import type { ClaimId } from '../receiving-contract.ts'
import { containerTodos } from './container-todos.ts'
import { notesComingBack } from './returning.ts'
import { sideOf } from './shipment-store.ts'
import type { LogisticsTables } from './tables.ts'

interface OfShipment {
  shipmentId: string
}

/** An issued notice takes comments and attachments of both sides. */
export const shipmentDocument: DocumentKind = {
  entity: 'logistics.shipment',
  read: 'logistics.read',
  answer: 'logistics.claim',
  path: (id) => `/logistics/${id}`,
  describe: async (_, opaqueTx, ids) => {
    const tx = narrow<LogisticsTables>(opaqueTx)
    const rows = await tx.sql
      .selectFrom('logistics.shipment')
      .select(['id', 'number', 'buyer_org', 'supplier_org', 'buyer_name', 'supplier_name'])
      .where('id', 'in', ids as ShipmentId[])
      .where('issued_at', 'is not', null)
      .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
      .execute()
    return new Map(
      rows.map((row) => [
        row.id,
        {
          number: row.number ?? '',
          name: row.buyer_org === tx.orgId ? row.supplier_name : row.buyer_name,
          parties: [row.buyer_org, row.supplier_org],
        },
      ]),
    )
  },
  events: ['issued', 'departed', 'arrived', 'cancelled', 'received', 'returned', 'takenBack'].map((name) => ({
    event: logisticsEvents[name as keyof typeof logisticsEvents].name,
    id: ({ shipmentId }: OfShipment) => shipmentId,
  })),
}

const claimPath = (id: string, side: Side) => `/logistics/claims?side=${side}&claim=${id}`

/** A claim takes comments and photos of both sides from the receipt that found it. */
export const claimDocument: DocumentKind = {
  entity: 'logistics.claim',
  read: 'logistics.read',
  answer: 'logistics.claim',
  path: (id) => `/logistics/claims?claim=${id}`,
  describe: async (_, opaqueTx, ids) => {
    const tx = narrow<LogisticsTables>(opaqueTx)
    if (ids.length === 0) return new Map()
    const rows = await tx.sql
      .selectFrom('logistics.claim')
      .select(['id', 'number', 'material_name', 'buyer_org', 'supplier_org'])
      .where('id', 'in', ids as readonly ClaimId[])
      .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
      .execute()
    return new Map(
      rows.map((row) => [
        row.id,
        {
          number: row.number,
          name: row.material_name,
          parties: [row.buyer_org, row.supplier_org],
          path: claimPath(row.id, sideOf(tx, row)),
        },
      ]),
    )
  },
  events: [logisticsEvents.claimOpened, logisticsEvents.claimMoved].map(({ name }) => ({
    event: name,
    id: ({ claimId }: { claimId: string }) => claimId,
  })),
}

/** Goods on their way that somebody must receive, and discrepancies that wait for an answer. */
export const logisticsTodos: readonly TodoKind[] = [
  {
    name: 'receive',
    permission: 'logistics.receive',
    list: async (_, opaqueTx, limit) => {
      const tx = narrow<LogisticsTables>(opaqueTx)
      const rows = await tx.sql
        .selectFrom('logistics.shipment')
        .select(['id', 'number', 'supplier_name', 'arrival_at'])
        .where('buyer_org', '=', tx.orgId)
        .where('state', 'in', ['issued', 'inTransit', 'arrived', 'receiving'])
        .orderBy('arrival_at')
        .limit(MOST)
        .execute()
      const items = rows.slice(0, limit).map((row) => ({
        label: `${row.number ?? ''} ${row.supplier_name}`,
        path: `/receive?shipment=${row.id}`,
        due: chinaDay(row.arrival_at),
      }))
      return { total: rows.length, items }
    },
  },
  {
    name: 'claims',
    permission: 'logistics.claim',
    list: async (_, opaqueTx, limit) => {
      const tx = narrow<LogisticsTables>(opaqueTx)
      const rows = await tx.sql
        .selectFrom('logistics.claim')
        .select(['id', 'number', 'material_name', 'buyer_org', 'opened_at'])
        .where((eb) =>
          eb.or([
            eb('supplier_org', '=', tx.orgId).and('state', '=', 'open'),
            eb('buyer_org', '=', tx.orgId).and('state', 'in', ['accepted', 'disputed']),
          ]),
        )
        .orderBy('opened_at')
        .limit(MOST)
        .execute()
      const items = rows.slice(0, limit).map((row) => ({
        label: `${row.number} ${row.material_name}`,
        path: claimPath(row.id, sideOf(tx, row)),
        due: null,
      }))
      return { total: rows.length, items }
    },
  },
  {
    name: 'takeBack',
    permission: 'logistics.receive',
    list: async (_, opaqueTx, limit) => {
      const rows = await notesComingBack(narrow<LogisticsTables>(opaqueTx), MOST)
      const items = rows
        .slice(0, limit)
        .map((row) => ({ label: `${row.number ?? ''} ${row.buyer_name}`, path: `/logistics/${row.id}`, due: null }))
      return { total: rows.length, items }
    },
  },
  ...containerTodos,
]
const MOST = 1_000
