import { type SqlBool, sql } from 'kysely'
import { narrow } from '#kernel/postgres.ts'
import type { TodoKind } from '#kernel/todos.ts'
import { chinaDay, shiftDate } from '#values/instant.ts'
import type { PartySide } from '../invoice-contract.ts'
import { numberOf } from './invoices/invoice-store.ts'
import { columnsOf } from './parties.ts'
import type { FinanceTables } from './tables.ts'

/** Invoices in a state whose next step is the own side's, the oldest first; each state has its rows in one index of that side. */
const invoices = (name: string, permission: string, side: PartySide, state: string): TodoKind => ({
  name,
  permission,
  list: async (_, opaqueTx, limit) => {
    const tx = narrow<FinanceTables>(opaqueTx)
    const { own, otherName } = columnsOf(side)
    const waiting = tx.sql
      .selectFrom('finance.invoice')
      .where(own, '=', tx.orgId)
      .where(sql.raw<SqlBool>(`state = '${state}'`))
    const rows = await waiting
      .select(['id', 'number', 'bill_number', `${otherName} as partner`])
      .orderBy('day')
      .orderBy('id')
      .limit(limit)
      .execute()
    const { total } = await waiting.select(sql<number>`count(*)::int`.as('total')).executeTakeFirstOrThrow()
    return {
      total,
      items: rows.map((row) => ({
        label: `${numberOf(row)} · ${row.partner}`,
        path: `/finance/invoices/${row.id}`,
        due: null,
      })),
    }
  },
})

/** Statements of one side: to answer and sign as the one that did not propose, to revise as the one that did. */
const statements = (name: string, side: PartySide, state: 'proposed' | 'disputed'): TodoKind => ({
  name,
  permission: 'finance.sign',
  list: async (_, opaqueTx, limit) => {
    const tx = narrow<FinanceTables>(opaqueTx)
    const { own, otherName } = columnsOf(side)
    const waiting = tx.sql
      .selectFrom('finance.statement')
      .where(own, '=', tx.orgId)
      .where(sql.raw<SqlBool>(`state = '${state}'`))
      .where('proposer_org', state === 'proposed' ? '<>' : '=', tx.orgId)
    const rows = await waiting
      .select(['id', 'number', `${otherName} as partner`])
      .orderBy('until_day')
      .orderBy('id')
      .limit(limit)
      .execute()
    const { total } = await waiting.select(sql<number>`count(*)::int`.as('total')).executeTakeFirstOrThrow()
    return {
      total,
      items: rows.map((row) => ({ label: `${row.number} · ${row.partner}`, path: `/finance/statements/${row.id}`, due: null })),
    }
  },
})

const PAYS_AHEAD_DAYS = 7

/** What is to be paid within a week or should have been, but for what is disputed; the earliest first. */
const payablesDue: TodoKind = {
  name: 'payDue',
  permission: 'finance.approve',
  list: async (ctx, opaqueTx, limit) => {
    const tx = narrow<FinanceTables>(opaqueTx)
    const waiting = tx.sql
      .selectFrom('finance.payable')
      .where('buyer_org', '=', tx.orgId)
      .where('settled_on', 'is', null)
      .where('due_day', '<=', shiftDate(chinaDay(ctx.now), PAYS_AHEAD_DAYS))
      .where(sql<SqlBool>`gross - paid > disputed`)
    const rows = await waiting
      .select(['id', 'invoice_number', 'supplier_name', 'due_day'])
      .orderBy('due_day')
      .orderBy('id')
      .limit(limit)
      .execute()
    const { total } = await waiting.select(sql<number>`count(*)::int`.as('total')).executeTakeFirstOrThrow()
    return {
      total,
      items: rows.map((row) => ({
        label: `${row.invoice_number} · ${row.supplier_name}`,
        path: `/finance?search=${encodeURIComponent(row.invoice_number)}`,
        due: row.due_day,
      })),
    }
  },
}

export const financeTodos: readonly TodoKind[] = [
  payablesDue,
  invoices('releaseInvoices', 'finance.approve', 'buyer', 'blocked'),
  invoices('approveInvoices', 'finance.approve', 'buyer', 'matched'),
  invoices('disputedBills', 'finance.approve', 'buyer', 'disputed'),
  invoices('confirmBills', 'finance.enterInvoices', 'supplier', 'proposed'),
  invoices('issueBills', 'finance.enterInvoices', 'supplier', 'confirmed'),
  statements('signAsBuyer', 'buyer', 'proposed'),
  statements('signAsSupplier', 'supplier', 'proposed'),
  statements('disputedAsBuyer', 'buyer', 'disputed'),
  statements('disputedAsSupplier', 'supplier', 'disputed'),
]
