import type { OrgId } from '#values/ids.ts'
import type { PartySide } from '../invoice-contract.ts'
import type { FinanceTx } from './tables.ts'

export interface PartyRow {
  buyer_org: OrgId
  supplier_org: OrgId
  buyer_name: string
  supplier_name: string
}

/** A document of two parties as the acting one sees it. */
export const sideOf = (tx: FinanceTx, row: { buyer_org: OrgId }): PartySide => (row.buyer_org === tx.orgId ? 'buyer' : 'supplier')

export const partnerOf = (tx: FinanceTx, row: PartyRow): { orgId: OrgId; name: string } =>
  sideOf(tx, row) === 'buyer' ? { orgId: row.supplier_org, name: row.supplier_name } : { orgId: row.buyer_org, name: row.buyer_name }

/** The columns of the own side and of the other's: each side has an index of its own. */
export const columnsOf = (side: PartySide) =>
  side === 'buyer'
    ? ({ own: 'buyer_org', other: 'supplier_org', otherName: 'supplier_name' } as const)
    : ({ own: 'supplier_org', other: 'buyer_org', otherName: 'buyer_name' } as const)

/** Whether the row concerns the acting organisation: row-level security says the same, the query says it too. */
export const ours = (tx: FinanceTx, row: { buyer_org: OrgId; supplier_org: OrgId }): boolean =>
  row.buyer_org === tx.orgId || row.supplier_org === tx.orgId
