import { type ExpressionBuilder, sql } from 'kysely'
import { readPage } from '#kernel/page.ts'
import type { OrgId } from '#values/ids.ts'
import type { ListQuery } from '#values/list.ts'
import { type Currency, writeMoney } from '#values/money.ts'
import type { StatementId, StatementLineId } from '../../contract.ts'
import type { PartySide } from '../../invoice-contract.ts'
import type { StatementHead, StatementLineKind, StatementState } from '../../statement-contract.ts'
import { columnsOf, partnerOf, sideOf } from '../parties.ts'
import { inWords } from '../search.ts'
import type { FinanceTables, FinanceTx } from '../tables.ts'
import type { ContentLine } from './statement-rules.ts'

type Eb = ExpressionBuilder<FinanceTables, 'finance.statement'>
const mine = (tx: FinanceTx) => (eb: Eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)])

const rows = (tx: FinanceTx) => tx.sql.selectFrom('finance.statement').selectAll().where(mine(tx))
export const readStatement = (tx: FinanceTx, id: StatementId) => rows(tx).where('id', '=', id).executeTakeFirst()
export type StatementRow = NonNullable<Awaited<ReturnType<typeof readStatement>>>
export const lockStatement = (tx: FinanceTx, id: StatementId) => rows(tx).where('id', '=', id).forUpdate().executeTakeFirst()

interface Pair {
  buyer_org: OrgId
  supplier_org: OrgId
  currency: Currency
}

/** The last of the chain of signed ones. */
export const lastSigned = (tx: FinanceTx, pair: Pair) =>
  rows(tx)
    .where('buyer_org', '=', pair.buyer_org)
    .where('supplier_org', '=', pair.supplier_org)
    .where('currency', '=', pair.currency)
    .where('state', '=', 'signed')
    .orderBy('until_day', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()

/** Everything up to a day that moves what the buyer owes and stands in no signed statement. */
export async function openDocuments(tx: FinanceTx, pair: Pair, untilDay: string): Promise<ContentLine[]> {
  const { buyer_org: buyer, supplier_org: supplier, currency } = pair
  const notSigned = (id: string, kind: string) =>
    sql`not exists (select from finance.statement_line sl join finance.statement s on s.id = sl.statement_id
      where sl.document_id = ${sql.ref(id)} and sl.kind = ${sql.raw(kind)} and s.state = 'signed')`
  const { rows: found } = await sql<{ kind: StatementLineKind; id: string; number: string; day: string; amount: string }>`
    select a.kind, a.id, a.receipt_number as number, a.day, sum(l.net + l.tax)::text as amount
    from finance.accrual a join finance.accrual_line l on l.accrual_id = a.id
    where a.buyer_org = ${buyer} and a.supplier_org = ${supplier} and l.currency = ${currency} and a.day <= ${untilDay} and ${notSigned('a.id', 'a.kind')}
    group by a.id
    union all
    select 'invoice', p.id, p.invoice_number, p.invoice_day, (p.gross - p.accrued_gross)::text from finance.payable p
    where p.buyer_org = ${buyer} and p.supplier_org = ${supplier} and p.currency = ${currency} and p.invoice_day <= ${untilDay}
      and ${notSigned('p.id', "'invoice'")}
    union all
    select 'payment', y.id, y.number, y.day, (-y.amount)::text from finance.payment y
    where y.buyer_org = ${buyer} and y.supplier_org = ${supplier} and y.currency = ${currency} and y.day <= ${untilDay} and y.amount > 0
      and y.cancelled_at is null and ${notSigned('y.id', "'payment'")}
    union all
    select 'paymentCancelled', y.id, y.number, (y.cancelled_at at time zone 'Asia/Shanghai')::date, y.amount::text from finance.payment y
    where y.buyer_org = ${buyer} and y.supplier_org = ${supplier} and y.currency = ${currency} and y.cancelled_at is not null and y.amount > 0
      and not ${notSigned('y.id', "'payment'")} and ${notSigned('y.id', "'paymentCancelled'")}
      and (y.cancelled_at at time zone 'Asia/Shanghai')::date <= ${untilDay}`.execute(tx.sql)
  return found.map((row) => ({ kind: row.kind, documentId: row.id, number: row.number, day: row.day, amount: BigInt(row.amount) }))
}

type NewStatement = Omit<
  FinanceTables['finance.statement'],
  'id' | 'opening' | 'closing' | 'end_reason' | 'version' | 'buyer_class' | 'supplier_class'
> & { opening: bigint; closing: bigint }
export const insertStatement = (tx: FinanceTx, statement: NewStatement) =>
  tx.sql.insertInto('finance.statement').values(statement).returning('id').executeTakeFirstOrThrow()

type Change = Partial<
  Pick<
    StatementRow,
    | 'state'
    | 'content_hash'
    | 'buyer_signed_at'
    | 'buyer_signed_name'
    | 'supplier_signed_at'
    | 'supplier_signed_name'
    | 'buyer_class'
    | 'supplier_class'
    | 'end_reason'
  > & { closing: bigint }
>
export const setStatement = (tx: FinanceTx, id: StatementId, change: Change) =>
  tx.sql
    .updateTable('finance.statement')
    .set((eb) => ({ ...change, version: eb('version', '+', 1) }))
    .where('id', '=', id)
    .where(mine(tx))
    .execute()

export const statementLines = (tx: FinanceTx, id: StatementId) =>
  tx.sql
    .selectFrom('finance.statement_line')
    .selectAll()
    .where('statement_id', '=', id)
    .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
    .orderBy('line_no')
    .execute()

const AT_ONCE = 1_000

export type WrittenLine = ContentLine & { answer: 'ticked' | null }
export async function replaceStatementLines(
  tx: FinanceTx,
  statement: Pick<StatementRow, 'id' | 'buyer_org' | 'supplier_org' | 'proposer_org'>,
  lines: readonly WrittenLine[],
): Promise<void> {
  const { id, buyer_org, supplier_org, proposer_org } = statement
  await tx.sql.deleteFrom('finance.statement_line').where('statement_id', '=', id).where('proposer_org', '=', tx.orgId).execute()
  const values = lines.map((line, i) => ({
    statement_id: id,
    buyer_org,
    supplier_org,
    proposer_org,
    line_no: i + 1,
    kind: line.kind,
    document_id: line.documentId,
    number: line.number,
    day: line.day,
    amount: line.amount,
    answer: line.answer,
    reason: null,
  }))
  for (let at = 0; at < values.length; at += AT_ONCE)
    await tx.sql
      .insertInto('finance.statement_line')
      .values(values.slice(at, at + AT_ONCE))
      .execute()
}

export const setAnswer = (
  tx: FinanceTx,
  id: StatementId,
  answers: readonly { lineId: StatementLineId; answer: 'ticked' | 'disputed'; reason: string | null }[],
) =>
  sql<{ id: string }>`
    update finance.statement_line l set answer = n.answer, reason = n.reason
    from jsonb_to_recordset(${JSON.stringify(answers)}::jsonb) as n("lineId" uuid, answer text, reason text)
    where l.id = n."lineId" and l.statement_id = ${id} and ${tx.orgId} in (l.buyer_org, l.supplier_org) returning l.id`.execute(tx.sql)

export interface StatementFilter extends ListQuery {
  side: PartySide
  state?: StatementState | undefined
  partnerId?: OrgId | undefined
}

export function statementPage(tx: FinanceTx, filter: StatementFilter) {
  const { own, other, otherName } = columnsOf(filter.side)
  let query = tx.sql.selectFrom('finance.statement as s').selectAll('s').where(`s.${own}`, '=', tx.orgId)
  if (filter.state !== undefined) query = query.where('s.state', '=', filter.state)
  if (filter.partnerId !== undefined) query = query.where(`s.${other}`, '=', filter.partnerId)
  for (const word of inWords(filter.search))
    query = query.where(sql<boolean>`strpos(lower(s.number || ' ' || ${sql.ref(`s.${otherName}`)}), ${word}) > 0`)
  return readPage(tx, query, filter, { sorts: { untilDay: { by: 's.until_day', type: 'date' } }, id: 's.id' }, (row) =>
    toStatementHead(tx, row),
  )
}

export const toStatementHead = (tx: FinanceTx, row: StatementRow): StatementHead => ({
  id: row.id,
  side: sideOf(tx, row),
  partner: partnerOf(tx, row),
  own: row.proposer_org === tx.orgId,
  number: row.number,
  state: row.state,
  untilDay: row.until_day,
  opening: writeMoney(row.currency, BigInt(row.opening)),
  closing: writeMoney(row.currency, BigInt(row.closing)),
  version: row.version,
})
