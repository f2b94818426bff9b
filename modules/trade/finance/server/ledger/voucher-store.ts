import { sql } from 'kysely'
import { readPage } from '#kernel/page.ts'
import type { OrgId } from '#values/ids.ts'
import type { ListQuery } from '#values/list.ts'
import { type Currency, writeMoney } from '#values/money.ts'
import type { AccountId, VoucherId } from '../../contract.ts'
import { financeErrors } from '../../errors.ts'
import type { Side, TrialLine, Voucher, VoucherHead, VoucherKind } from '../../ledger-contract.ts'
import { inWords } from '../search.ts'
import type { FinanceTx } from '../tables.ts'
import { violatedCheck } from '../violated-check.ts'

export interface VoucherLineRow {
  account_id: AccountId
  account_code: string
  account_name: string
  summary: string
  debit: bigint
  credit: bigint
  partner_org: OrgId | null
  partner_name: string | null
}

export interface NewVoucher {
  number: string
  day: string
  period: string
  summary: string
  kind: VoucherKind
  currency: Currency
  total: bigint
  source_entity: string | null
  source_id: string | null
  source_number: string | null
  source_day: string | null
  reverses: VoucherId | null
  posted_at: Date
  posted_by: string | null
}

/** Errors: finance.periodClosed. */
export async function insertVoucher(tx: FinanceTx, voucher: NewVoucher, lines: readonly VoucherLineRow[]): Promise<VoucherId> {
  const { id } = await tx.sql
    .insertInto('finance.voucher')
    .values({ ...voucher, org_id: tx.orgId })
    .returning('id')
    .executeTakeFirstOrThrow()
    .catch((error: unknown) => {
      throw violatedCheck(error) === 'voucher_period_open' ? financeErrors.periodClosed({ period: voucher.period }) : error
    })
  await tx.sql
    .insertInto('finance.voucher_line')
    .values(lines.map((line, i) => ({ ...line, org_id: tx.orgId, voucher_id: id, line_no: i + 1 })))
    .execute()
  return id
}

const heads = (tx: FinanceTx) =>
  tx.sql
    .selectFrom('finance.voucher as v')
    .selectAll('v')
    .select(sql<boolean>`exists (select from finance.voucher r where r.org_id = v.org_id and r.reverses = v.id)`.as('reversed'))
    .where('v.org_id', '=', tx.orgId)
export type VoucherRow = NonNullable<Awaited<ReturnType<typeof readVoucher>>>

export const readVoucher = (tx: FinanceTx, id: VoucherId) => heads(tx).where('v.id', '=', id).executeTakeFirst()

export function voucherPage(
  tx: FinanceTx,
  list: ListQuery & { period?: string | undefined; kind?: VoucherKind | undefined; sourceId?: string | undefined },
) {
  let query = heads(tx)
  if (list.period !== undefined) query = query.where('v.period', '=', list.period)
  if (list.kind !== undefined) query = query.where('v.kind', '=', list.kind)
  if (list.sourceId !== undefined) query = query.where('v.source_id', '=', list.sourceId)
  for (const word of inWords(list.search))
    query = query.where(sql<boolean>`strpos(lower(v.number || ' ' || v.summary || ' ' || coalesce(v.source_number, '')), ${word}) > 0`)
  const sorts = { number: { by: 'v.number', type: 'text' as const }, day: { by: 'v.day', type: 'date' as const } }
  return readPage(tx, query, list, { sorts, id: 'v.id' }, toHead)
}

export const voucherLines = (tx: FinanceTx, id: VoucherId) =>
  tx.sql
    .selectFrom('finance.voucher_line')
    .selectAll()
    .where('org_id', '=', tx.orgId)
    .where('voucher_id', '=', id)
    .orderBy('line_no')
    .execute()

/** In the order of the vouchers' own lines. */
export const linesOfVouchers = (tx: FinanceTx, ids: readonly VoucherId[]) =>
  tx.sql
    .selectFrom('finance.voucher_line')
    .select(['voucher_id', 'account_code', 'account_name', 'summary', 'debit', 'credit', 'partner_name'])
    .where('org_id', '=', tx.orgId)
    .where(sql<boolean>`voucher_id = any(${[...ids]}::uuid[])`)
    .orderBy('voucher_id')
    .orderBy('line_no')
    .execute()

export const reversalOf = (tx: FinanceTx, id: VoucherId) =>
  tx.sql.selectFrom('finance.voucher').select(['id', 'number']).where('org_id', '=', tx.orgId).where('reverses', '=', id).executeTakeFirst()

export const toHead = (row: VoucherRow): VoucherHead => ({
  id: row.id,
  number: row.number,
  day: row.day,
  period: row.period,
  summary: row.summary,
  kind: row.kind,
  total: writeMoney(row.currency, BigInt(row.total)),
  sourceNumber: row.source_number,
  sourceDay: row.source_day,
  postedAt: row.posted_at.toISOString(),
  postedBy: row.posted_by,
  reversed: row.reversed,
})

export async function wholeVoucher(tx: FinanceTx, id: VoucherId): Promise<Voucher> {
  const row = await readVoucher(tx, id)
  if (!row) throw financeErrors.notFound({ id })
  const lines = await voucherLines(tx, id)
  const reversedVoucher = row.reverses && (await readVoucher(tx, row.reverses))
  const amount = (minor: number) => (minor === 0 ? null : writeMoney(row.currency, BigInt(minor)))
  return {
    ...toHead(row),
    source: row.source_entity !== null && row.source_id !== null ? { entity: row.source_entity, id: row.source_id } : null,
    lines: lines.map((line) => ({
      lineNo: line.line_no,
      summary: line.summary,
      accountId: line.account_id,
      accountCode: line.account_code,
      accountName: line.account_name,
      partner: line.partner_name,
      debit: amount(line.debit),
      credit: amount(line.credit),
    })),
    reverses: reversedVoucher ? { id: reversedVoucher.id, number: reversedVoucher.number } : null,
    reversedBy: (await reversalOf(tx, id)) ?? null,
  }
}

export async function trialBalance(tx: FinanceTx, period: string, currency: Currency): Promise<TrialLine[]> {
  const { rows } = await sql<{ id: AccountId; code: string; name: string; side: Side; opening: string; debit: string; credit: string }>`
    select a.id, a.code, a.name, a.side,
      coalesce(sum(l.debit - l.credit) filter (where v.period < ${period}), 0)::text as opening,
      coalesce(sum(l.debit) filter (where v.period = ${period}), 0)::text as debit,
      coalesce(sum(l.credit) filter (where v.period = ${period}), 0)::text as credit
    from finance.voucher v
      join finance.voucher_line l on l.org_id = v.org_id and l.voucher_id = v.id
      join finance.account a on a.org_id = l.org_id and a.id = l.account_id
    where v.org_id = ${tx.orgId} and v.period <= ${period} and v.currency = ${currency}
    group by a.id, a.code, a.name, a.side order by a.code`.execute(tx.sql)
  return rows.map(({ id, code, name, side, ...sums }) => {
    const [opening, debit, credit] = [BigInt(sums.opening), BigInt(sums.debit), BigInt(sums.credit)]
    const money = (minor: bigint) => writeMoney(currency, minor)
    return {
      accountId: id,
      code,
      name,
      side,
      opening: money(opening),
      debit: money(debit),
      credit: money(credit),
      closing: money(opening + debit - credit),
    }
  })
}

/** The voucher that was posted for a document, where it has one. */
export const voucherOf = (tx: FinanceTx, entity: string, id: string) =>
  heads(tx).where('v.source_entity', '=', entity).where('v.source_id', '=', id).executeTakeFirst()
