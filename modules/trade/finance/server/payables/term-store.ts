import type { OrgId } from '#values/ids.ts'
import type { PartnerTerm } from '../../payable-contract.ts'
import { partnerOf, sideOf } from '../parties.ts'
import type { FinanceTables, FinanceTx } from '../tables.ts'
import type { AgreedTerm, TermRule } from './term-rules.ts'

/** Of the whole platform; a handful. */
export async function readRules(sqlOf: Pick<FinanceTx['sql'], 'selectFrom'>): Promise<TermRule[]> {
  const rows = await sqlOf.selectFrom('finance.term_rule').selectAll().orderBy('valid_from', 'desc').orderBy('clause').limit(200).execute()
  return rows.map((row) => ({
    clause: row.clause,
    name: row.name,
    payerClasses: row.payer_classes,
    payeeClasses: row.payee_classes,
    days: row.days,
    validFrom: row.valid_from,
    validUntil: row.valid_until,
    source: row.source,
    blocking: row.blocking,
  }))
}

export const putRule = (sqlOf: Pick<FinanceTx['sql'], 'insertInto'>, rule: TermRule) =>
  sqlOf
    .insertInto('finance.term_rule')
    .values({
      clause: rule.clause,
      name: rule.name,
      payer_classes: [...rule.payerClasses],
      payee_classes: [...rule.payeeClasses],
      days: rule.days,
      valid_from: rule.validFrom,
      valid_until: rule.validUntil,
      source: rule.source,
      blocking: rule.blocking,
    })
    .onConflict((conflict) =>
      conflict.columns(['clause', 'valid_from']).doUpdateSet((eb) => ({
        name: eb.ref('excluded.name'),
        payer_classes: eb.ref('excluded.payer_classes'),
        payee_classes: eb.ref('excluded.payee_classes'),
        days: eb.ref('excluded.days'),
        valid_until: eb.ref('excluded.valid_until'),
        source: eb.ref('excluded.source'),
        blocking: eb.ref('excluded.blocking'),
      })),
    )
    .execute()

/** As buyer with this supplier, on a day. */
export async function agreedTerm(tx: FinanceTx, supplier: OrgId, day: string): Promise<AgreedTerm | undefined> {
  const row = await tx.sql
    .selectFrom('finance.partner_term')
    .selectAll()
    .where('buyer_org', '=', tx.orgId)
    .where('supplier_org', '=', supplier)
    .where('valid_from', '<=', day)
    .orderBy('valid_from', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && { days: row.days, basis: row.basis, validFrom: row.valid_from, source: row.source }
}

const AGREED_SHOWN = 500

export async function readAgreed(tx: FinanceTx): Promise<PartnerTerm[]> {
  const of = (column: 'buyer_org' | 'supplier_org') =>
    tx.sql
      .selectFrom('finance.partner_term')
      .selectAll()
      .where(column, '=', tx.orgId)
      .orderBy('valid_from', 'desc')
      .limit(AGREED_SHOWN)
      .execute()
  return [...(await of('buyer_org')), ...(await of('supplier_org'))].map((row) => ({
    side: sideOf(tx, row),
    partner: partnerOf(tx, row),
    days: row.days,
    basis: row.basis,
    validFrom: row.valid_from,
    source: row.source,
  }))
}

type NewTerm = Omit<FinanceTables['finance.partner_term'], 'id' | 'version'>
export const putAgreed = (tx: FinanceTx, term: NewTerm) =>
  tx.sql
    .insertInto('finance.partner_term')
    .values(term)
    .onConflict((conflict) =>
      conflict.constraint('partner_term_day').doUpdateSet((eb) => ({
        days: eb.ref('excluded.days'),
        basis: eb.ref('excluded.basis'),
        source: eb.ref('excluded.source'),
        version: eb('finance.partner_term.version', '+', 1),
      })),
    )
    .execute()

export const frozenClasses = (tx: FinanceTx, orderIds: readonly string[]) =>
  tx.sql.selectFrom('finance.order_class').selectAll().where('buyer_org', '=', tx.orgId).where('order_id', 'in', orderIds).execute()

/** The first word stands. */
export const freezeClasses = (tx: FinanceTx, rows: readonly Omit<FinanceTables['finance.order_class'], 'id'>[]) =>
  tx.sql
    .insertInto('finance.order_class')
    .values([...rows])
    .onConflict((conflict) => conflict.doNothing())
    .execute()
