import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { v7 as uuidv7 } from 'uuid'
import { openPrinter } from '#kernel/printer.ts'
import { decimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import { financeErrors } from '../../errors.ts'
import type { Invoice } from '../../invoice-contract.ts'
import { openLinePage } from '../accruals/open-lines.ts'
import { voucherPage } from '../ledger/voucher-store.ts'
import { payablePage } from '../payables/payable-store.ts'
import { openDocuments } from '../statements/statement-store.ts'
import { accrueUsage, matchSubmitted } from '../subscriptions.ts'
import { as, buyer, rival, supplier, testRooms } from '../test-rooms.ts'
import { approveInvoice } from './approve-invoice.ts'
import { rejectInvoice, withdrawInvoice } from './invoice-steps.ts'
import { wholeInvoice } from './invoice-view.ts'
import { printSelfBill, selfBillSheet } from './print-self-bill.ts'
import { confirmSelfBill, createSelfBill, disputeSelfBill, issueSelfBill, reviseSelfBill } from './self-bill.ts'

const { rooms, db } = await testRooms({ after })
const buyersClerk = as(buyer, '钱会计')
const clerk = { ...buyersClerk, scopes: { ...buyersClerk.scopes, permissions: new Set(['finance.approve']) } }
const purchaser = as(buyer, '采购员')
const seller = as(supplier, '孙销售')
const other = as(rival, '对手')
const codeIs = (type: { code: string }) => ({ code: type.code })
const facts = async (orgId: OrgId) => ({ orgId, orgNo: 1, active: true, kind: 'manufacturer' }) as never
const parts = { ...rooms, organisations: { facts }, clock: { now: () => clerk.now } as never }
const delivered = (payload: unknown) => ({ payload, trace: 'trace', occurredAt: clerk.now.toISOString() }) as never

let made = 0
const consignmentId = uuidv7()
async function use(quantity: string, day: string, price: string | null = '12.345678') {
  const usage = {
    usageId: uuidv7(),
    number: `SU-202611-${String(++made).padStart(5, '0')}`,
    consignmentId,
    buyerId: buyer,
    supplierId: supplier,
    materialId: uuidv7(),
    code: 'M-1001',
    name: '左曲轴箱',
    unit: 'H87',
    quantity,
    day,
    price: price === null ? null : { currency: 'CNY', amount: price },
    taxRate: price === null ? null : '0.13',
  }
  await accrueUsage(parts).handle(delivered(usage))
  return usage
}
const bill = (untilDay: string) => createSelfBill(rooms, clerk, { partnerId: supplier, untilDay, currency: 'CNY' })
const seen = (invoice: Invoice, ctx = seller) => db.inTenant(ctx, (tx) => wholeInvoice(tx, invoice.id))
const versioned = ({ version }: Invoice, more = {}) => ({ version, ...more }) as never
const issue = (invoice: Invoice, number: string) =>
  issueSelfBill(rooms, seller, invoice.id, { version: invoice.version, code: null, number, day: '2026-11-25' })

test('consigned goods used are accrued once, billed once, confirmed, invoiced exactly and owed', async () => {
  const first = await use('3', '2026-10-31')
  await accrueUsage(parts).handle(delivered(first))
  await use('0.335', '2026-11-05')
  await use('7', '2026-11-06', null)
  const vouchers = (await db.inTenant(clerk, (tx) => voucherPage(tx, { sort: 'number', limit: 200 }))).items
  assert.deepEqual(
    vouchers.map((one) => [one.kind, one.total.amount]),
    [
      ['accrual', '37.04'],
      ['accrual', '4.14'],
    ],
  )
  assert.ok(vouchers[0]?.summary.startsWith('寄售消耗暂估 SU-'))

  const october = await bill('2026-10-31')
  assert.deepEqual(
    [october.state, october.lines.length, october.gross.amount, october.number],
    ['proposed', 1, '41.86', october.billNumber],
  )
  const paper = selfBillSheet(await seen(october), { own: '压铸厂', english: false, word: (key) => key })
  assert.deepEqual(paper.rows, [['1', `${first.number} 2026-10-31`, 'M-1001 左曲轴箱', '3', '件', '12.345678', '13%', '37.04', '4.82']])
  assert.deepEqual(paper.totals?.slice(2), [
    ['invoices.gross', 'CNY 41.86'],
    ['vouchers.capital', '肆拾壹元捌角陆分'],
  ])
  const printing = { printer: openPrinter(), translate: (_: unknown, key: string) => key }
  for (const side of [clerk, seller])
    assert.equal((await printSelfBill(rooms, printing, side, october.id)).fileName, `${october.billNumber}.pdf`)
  await assert.rejects(printSelfBill(rooms, printing, other, october.id), codeIs(financeErrors.notFound))
  // The same usage is in no second bill, also when two are made at once.
  const both = await Promise.allSettled([bill('2026-11-30'), bill('2026-11-30')])
  const november = both.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  assert.deepEqual([november.length, november[0]?.lines.length, november[0]?.gross.amount], [1, 1, '4.68'])
  assert.ok(both.some((one) => one.status === 'rejected' && (one.reason as { code: string }).code === financeErrors.nothingToBill.code))

  await assert.rejects(seen(october, other), codeIs(financeErrors.notFound))
  await assert.rejects(confirmSelfBill(rooms, clerk, october.id, versioned(october)), codeIs(financeErrors.notAllowedNow))
  const confirmed = await confirmSelfBill(rooms, seller, october.id, versioned(october))
  await assert.rejects(
    issueSelfBill(rooms, seller, october.id, { version: confirmed.version, code: null, number: '12345678', day: '2026-11-25' }),
    codeIs(financeErrors.codeMissing),
  )
  const issued = await issue(confirmed, '25500000000000000001')
  assert.deepEqual([issued.state, issued.number, issued.day], ['submitted', '25500000000000000001', '2026-11-25'])
  await matchSubmitted(parts).handle(delivered({ invoiceId: october.id, buyerId: buyer }))
  const matched = await seen(october, clerk)
  assert.deepEqual([matched.state, matched.reasons], ['matched', []])
  await approveInvoice(rooms, clerk, october.id, { version: matched.version })
  const [payable] = (await db.inTenant(seller, (tx) => payablePage(tx, { side: 'supplier', sort: 'dueDay', limit: 10 }, '2026-11-26')))
    .items
  // 60 days by law from the day of the usage: a large buyer and a small supplier when the consignment was first used.
  assert.deepEqual([payable?.gross.amount, payable?.dueDay, payable?.due.kind], ['41.86', '2026-12-30', 'law'])
  const usage = { side: 'buyer' as const, kind: 'usage' as const, sort: 'day', limit: 10 }
  const free = (await db.inTenant(clerk, (tx) => openLinePage(tx, { ...usage, free: true }))).items
  assert.deepEqual(
    free.map((line) => line.open),
    ['7'],
  )
  const open = (await db.inTenant(clerk, (tx) => openLinePage(tx, usage))).items
  assert.deepEqual(
    open.map((line) => [line.kind, line.open, line.openNet.amount]),
    [
      ['usage', '0.335', '4.14'],
      ['usage', '7', '0.00'],
    ],
  )
  const documents = await db.inTenant(clerk, (tx) =>
    openDocuments(tx, { buyer_org: buyer, supplier_org: supplier, currency: 'CNY' }, '2026-11-30'),
  )
  assert.deepEqual(documents.filter(({ kind }) => kind === 'usage').length, 3)
})

test('what the supplier disputes is billed anew; what is left out, withdrawn or rejected is billed next time', async () => {
  const [a, b] = [await use('1', '2026-12-01', '100'), await use('2', '2026-12-02', '100')]
  assert.ok(a && b)
  const given = await bill('2026-12-31')
  assert.equal(given.lines.length, 2)
  const disputed = await disputeSelfBill(rooms, seller, given.id, versioned(given, { reason: '第二行数量不符' }))
  assert.deepEqual([disputed.state, disputed.disputeReason], ['disputed', '第二行数量不符'])
  await assert.rejects(issue(disputed, '25500000000000000002'), codeIs(financeErrors.notAllowedNow))
  const [, second] = given.lines
  assert.ok(second)
  const revised = await reviseSelfBill(rooms, clerk, given.id, {
    version: disputed.version,
    untilDay: '2026-12-31',
    leaveOut: [second.id],
  })
  assert.deepEqual([revised.state, revised.lines.length, revised.disputeReason], ['proposed', 1, null])
  const next = await bill('2026-12-31')
  assert.deepEqual(
    next.lines.map((line) => line.invoiced),
    ['2'],
  )
  const withdrawn = versioned(next, { reason: '改期' })
  await assert.rejects(withdrawInvoice(rooms, purchaser, next.id, withdrawn), { code: 'request.notAllowed' })
  await withdrawInvoice(rooms, clerk, next.id, withdrawn)
  const confirmed = await confirmSelfBill(rooms, seller, given.id, versioned(revised))
  const issued = await issue(confirmed, '25500000000000000003')
  await assert.rejects(rejectInvoice(rooms, seller, given.id, versioned(issued, { reason: '错' })), codeIs(financeErrors.notAllowedNow))
  await rejectInvoice(rooms, clerk, given.id, versioned(issued, { reason: '票面有误' }))
  const again = await bill('2026-12-31')
  assert.deepEqual(
    again.lines.map((line) => decimal(line.invoiced)),
    [decimal('1'), decimal('2')],
  )
  // By plain SQL the supplier changes nothing of a bill but its confirmation.
  await assert.rejects(
    db.inTenant(seller, (tx) => tx.sql.updateTable('finance.invoice').set({ state: 'approved' }).where('id', '=', again.id).execute()),
    /row-level security/,
  )
})
