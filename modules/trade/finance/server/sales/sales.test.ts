import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import { decimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import { lineAmount, readMoney, taxOn, writeMoney } from '#values/money.ts'
import { openLinePage } from '../accruals/open-lines.ts'
import { approveInvoice } from '../invoices/approve-invoice.ts'
import { createInvoice } from '../invoices/enter-invoice.ts'
import { releaseInvoice, submitInvoice } from '../invoices/invoice-steps.ts'
import { insertAccounts, putPostings } from '../ledger/account-store.ts'
import { CHART_FROM, chartTemplate, postingTemplate } from '../ledger/chart-template.ts'
import { trialBalance, voucherPage } from '../ledger/voucher-store.ts'
import { as, buyer, line, receipt, supplier, testRooms } from '../test-rooms.ts'
import { postSale, postSaleInvoice } from './post-sales.ts'

const { rooms, db, accrueAs } = await testRooms({ after })
const [clerk, second, third] = [as(buyer, '钱会计'), as(buyer, '赵主管'), as(buyer, '李总监')]
const seller = as(supplier, '孙会计')
const facts = async (orgId: OrgId) => ({ orgId, orgNo: 1, active: true, kind: 'supplier' }) as never
const parts = { db, organisations: { facts }, clock: { now: () => clerk.now } as never }

/** Everything that was published so far, once more. */
async function deliver({ lastFirst = false } = {}): Promise<void> {
  const { rows } = await rooms.system.inSystem((tx) =>
    sql<{
      name: string
      payload: unknown
    }>`select name, payload from kernel.outbox where name in ('finance.receiptAccrued', 'finance.invoiceApproved')
      order by id`.execute(tx),
  )
  for (const { name, payload } of lastFirst ? rows.reverse() : rows)
    await (name === 'finance.receiptAccrued' ? postSale : postSaleInvoice)(parts).handle({
      payload,
      trace: 'trace',
      occurredAt: clerk.now.toISOString(),
    } as never)
}

const open = async () => (await db.inTenant(clerk, (tx) => openLinePage(tx, { side: 'buyer', sort: 'day', limit: 200 }))).items
let numbers = 0
/** Of everything open, at `more` cents above what was agreed; approved by as many people as it takes. */
async function invoiceAll(more = 0n): Promise<void> {
  const lines = (await open()).map((one) => {
    const net = lineAmount('CNY', decimal(one.netPrice), decimal(one.open)) + more
    return { accrualLineId: one.id, quantity: one.open, taxRate: one.taxRate, net, tax: taxOn(net, decimal(one.taxRate)) }
  })
  const money = (minor: bigint) => writeMoney('CNY', minor)
  const [net, tax] = [lines.reduce((sum, one) => sum + one.net, 0n), lines.reduce((sum, one) => sum + one.tax, 0n)]
  const made = await createInvoice(rooms, clerk, {
    side: 'buyer',
    partnerId: supplier,
    code: null,
    number: `3${String(++numbers).padStart(19, '0')}`,
    day: '2026-11-25',
    net: money(net),
    tax: money(tax),
    gross: money(net + tax),
    note: '',
    lines: lines.map((one) => ({ ...one, net: money(one.net), tax: money(one.tax) })),
  })
  const submitted = await submitInvoice(rooms, clerk, made.id, { version: made.version })
  const ready =
    submitted.state === 'blocked'
      ? await releaseInvoice(rooms, second, made.id, { version: submitted.version, reason: '涨价已确认' })
      : submitted
  await approveInvoice(rooms, third, made.id, { version: ready.version })
}
const balances = async () =>
  Object.fromEntries(
    (await db.inTenant(seller, (tx) => trialBalance(tx, '2026-12', 'CNY'))).map(({ code, closing }) => [code, readMoney(closing)]),
  )
const vouchers = async () => (await db.inTenant(seller, (tx) => voucherPage(tx, { sort: 'number', limit: 200 }))).items

/** A chart from before sales were in the template. */
const openOldLedger = () =>
  db.inTenant(seller, async (tx) => {
    const old = chartTemplate.filter(({ code }) => code !== '2221.04')
    const made = await insertAccounts(
      tx,
      old.map(({ nameEn, ...account }) => ({ ...account, name_en: nameEn, valid_from: CHART_FROM })),
    )
    const stock = made.find(({ code }) => code === postingTemplate.stock)
    assert.ok(stock)
    await putPostings(tx, [{ role: 'stock', valid_from: CHART_FROM, account_id: stock.id }])
  })

test('nothing is posted for a supplier who keeps no books here', async () => {
  await accrueAs(clerk, receipt([line('10', '10')]))
  await deliver()
  assert.equal((await vouchers()).length, 0)
  assert.equal((await db.inTenant(seller, (tx) => tx.sql.selectFrom('finance.account').select('id').execute())).length, 0)
})

test('accepted it is revenue, invoiced its tax is owed, once each; what was delivered before the books were opened is revenue with its invoice', async () => {
  await openOldLedger()
  await rooms.system.inSystem((tx) => sql`delete from kernel.outbox`.execute(tx))
  await accrueAs(clerk, receipt([line('100', '12.345678'), line('3', '0.335')], { number: 'GR-2' }))
  await accrueAs(clerk, receipt([line('2', '0.335')], { number: 'RT-1' }), 'return')
  await deliver()
  await deliver()
  assert.deepEqual(
    (await vouchers()).map(({ kind, total, summary }) => [kind, total.amount, summary.split(' ')[0]]),
    [
      ['sale', '1396.20', '销售收入'],
      ['sale', '-0.76', '销售退回'],
    ],
  )
  const before = await balances()
  assert.deepEqual([before['1122'], before['6001'], before['2221.04']], [139544n, -123491n, -16053n])
  await invoiceAll(100n)
  await deliver()
  await deliver()
  const after = await balances()
  const [payable] = await db.inTenant(seller, (tx) => tx.sql.selectFrom('finance.payable').select(['gross']).execute())
  assert.equal(after['2221.04'] ?? 0n, 0n)
  assert.equal(after['1122'], BigInt(payable?.gross ?? 0))
  assert.equal((after['6001'] ?? 0n) + (after['2221.01.02'] ?? 0n), -(after['1122'] ?? 0n))
  assert.deepEqual((await vouchers()).at(-1)?.kind, 'saleInvoice')
})

test('the news of an invoice that passes that of its receipt books both once', async () => {
  const owed = await balances()
  await accrueAs(clerk, receipt([line('10', '20')], { number: 'GR-3' }))
  await invoiceAll()
  await deliver({ lastFirst: true })
  await deliver()
  const after = await balances()
  const grown = (code: string) => (after[code] ?? 0n) - (owed[code] ?? 0n)
  assert.deepEqual([grown('1122'), grown('6001'), grown('2221.01.02'), after['2221.04'] ?? 0n], [22600n, -20000n, -2600n, 0n])
})
