import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { readsDuring } from '../../../../tests/table-reads.ts'
import { openLinePage } from './accruals/open-lines.ts'
import { invoicePage } from './invoices/invoice-store.ts'
import { voucherPage } from './ledger/voucher-store.ts'
import { statementPage } from './statements/statement-store.ts'
import type { FinanceTx } from './tables.ts'
import { as, buyer, supplier, testRooms } from './test-rooms.ts'

const ROWS = 40_000
/** Counted up to, once for the total; and what a page looks up beside its rows. */
const MOST_READ = 2 * 10_001 + 200

const { db, ownerUrl } = await testRooms({ after })
const clerk = as(buyer, '钱会计')

before(async () => {
  const url = new URL(ownerUrl)
  url.username = 'postgres'
  const owner = new pg.Client({ connectionString: url.href })
  await owner.connect()
  // How the rows came is not what is measured: no triggers, no foreign keys. A fifth is of other buyers.
  await owner.query('set session_replication_role = replica')
  const whose = `case when i % 5 = 0 then gen_random_uuid() else '${buyer}'::uuid end, case when i % 3 = 0 then gen_random_uuid() else '${supplier}'::uuid end`
  const day = `'2024-01-01'::date + i / 40`
  const rows = `generate_series(1, ${ROWS}) i`
  await owner.query(`insert into finance.invoice (buyer_org, supplier_org, buyer_name, supplier_name, drafter_org, state, number, day, currency, net, tax, gross, entered_by)
    select b, s, '白泽摩托', '应龙压铸' || i % 50, b, 'submitted', lpad(i::text, 20, '0'), d, 'CNY', 100, 13, 113, 'x'
    from (select i, ${day} as d, w.* from ${rows}, lateral (select ${whose}) w(b, s)) n`)
  await owner.query(`insert into finance.accrual (buyer_org, supplier_org, buyer_name, supplier_name, receipt_id, receipt_number, kind, day, created_at)
    select b, s, '白泽摩托', '应龙压铸' || i % 50, gen_random_uuid(), 'GR-' || i, 'receipt', d, now()
    from (select i, ${day} as d, w.* from ${rows}, lateral (select ${whose}) w(b, s)) n`)
  await owner.query(`insert into finance.accrual_line (accrual_id, buyer_org, supplier_org, day, line_no, receipt_line_id, schedule_line_id, order_id, order_number,
      material_id, material_code, material_name, unit, quantity, currency, net_price, tax_rate, net, tax, invoiced_quantity, invoiced_net, invoiced_tax)
    select id, buyer_org, supplier_org, day, 1, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'PO-1', gen_random_uuid(), 'M-1', '左曲轴箱', 'H87',
      1, 'CNY', 1, 0.13, 100, 13, 0, 0, 0 from finance.accrual`)
  await owner.query(`insert into finance.statement (buyer_org, supplier_org, buyer_name, supplier_name, proposer_org, number, state, until_day, currency, opening, closing, content_hash, created_at)
    select b, s, '白泽摩托', '应龙压铸' || i % 50, b, 'ZD-' || i, 'withdrawn', d, 'CNY', 0, 0, repeat('0', 64), now()
    from (select i, ${day} as d, w.* from ${rows}, lateral (select ${whose}) w(b, s)) n`)
  await owner.query(`insert into finance.voucher (org_id, number, day, period, summary, kind, currency, total, posted_at)
    select case when i % 5 = 0 then gen_random_uuid() else '${buyer}'::uuid end, 'JZ-' || lpad(i::text, 6, '0'), d, to_char(d, 'YYYY-MM'), '暂估入库', 'manual', 'CNY', 100, now()
    from (select i, ${day} as d from ${rows}) n`)
  for (const table of ['invoice', 'accrual', 'accrual_line', 'statement', 'voucher']) await owner.query(`vacuum analyze finance.${table}`)
  await owner.end()
})

const list = (sort: string) => ({ side: 'buyer' as const, sort, limit: 50 })
const lists: Record<string, { table: string; page: (tx: FinanceTx) => Promise<{ items: unknown[]; totalCapped: boolean }> }> = {
  invoices: { table: 'invoice', page: (tx) => invoicePage(tx, list('-day')) },
  'accruals that are open': { table: 'accrual_line', page: (tx) => openLinePage(tx, list('day')) },
  'accruals of a supplier': { table: 'accrual_line', page: (tx) => openLinePage(tx, { ...list('day'), partnerId: supplier }) },
  statements: { table: 'statement', page: (tx) => statementPage(tx, list('-untilDay')) },
  'vouchers by day': { table: 'voucher', page: (tx) => voucherPage(tx, list('-day')) },
  'vouchers of a month': { table: 'voucher', page: (tx) => voucherPage(tx, { ...list('number'), period: '2025-03' }) },
}

for (const [name, { table, page }] of Object.entries(lists))
  test(`${ROWS.toLocaleString('en')} rows: the first page of ${name} reads no more than is counted`, async (t) => {
    const reads = await db.inTenant(clerk, (tx) => readsDuring(tx, 'finance', async () => assert.equal((await page(tx)).items.length, 50)))
    const { rows = 0 } = reads.get(table) ?? {}
    t.diagnostic(`${rows} rows`)
    assert.ok(rows > 0 && rows < MOST_READ, `${rows} rows`)
  })
