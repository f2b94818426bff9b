import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { opaque } from '#kernel/postgres.ts'
import type { OrderId } from '#modules/trade/orders/contract.ts'
import { decimal, writeDecimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import { shiftDate } from '#values/instant.ts'
import { lineAmount, type Money, readMoney, taxOn, writeMoney } from '#values/money.ts'
import type { AccrualLineId } from '../../contract.ts'
import { financeErrors } from '../../errors.ts'
import type { Invoice, InvoiceContent, OpenLine } from '../../invoice-contract.ts'
import { openLinePage } from '../accruals/open-lines.ts'
import { paymentDocument } from '../documents.ts'
import { trialBalance, voucherPage, wholeVoucher } from '../ledger/voucher-store.ts'
import { disputePayable } from '../payables/dispute-payable.ts'
import { freezeSizes } from '../payables/freeze-classes.ts'
import { ageing, payablePage } from '../payables/payable-store.ts'
import { readPayment } from '../payables/payment-store.ts'
import { cancelPayment, recordPayment } from '../payables/record-payment.ts'
import { financeSearches } from '../searches.ts'
import { matchSubmitted } from '../subscriptions.ts'
import { as, buyer, line, receipt, rival, supplier, testRooms } from '../test-rooms.ts'
import { financeTodos } from '../todos.ts'
import { approveInvoice } from './approve-invoice.ts'
import { changeInvoice, createInvoice } from './enter-invoice.ts'
import { blockInvoice, matchAgain, rejectInvoice, releaseInvoice, submitInvoice, withdrawInvoice } from './invoice-steps.ts'
import { invoicePage, lockInvoice } from './invoice-store.ts'
import { wholeInvoice } from './invoice-view.ts'
import { compare } from './match-invoice.ts'

const { rooms, db, accrueAs } = await testRooms({ after })
const clerk = as(buyer, '钱会计')
const second = as(buyer, '赵主管')
const seller = as(supplier, '孙销售')
const other = as(rival, '对手')
const codeIs = (type: { code: string }) => ({ code: type.code })

let numbers = 0
const nextNumber = () => `2${String(++numbers).padStart(19, '0')}`

const open = async (ctx = clerk): Promise<OpenLine[]> =>
  (await db.inTenant(ctx, (tx) => openLinePage(tx, { side: ctx === seller ? 'supplier' : 'buyer', sort: 'day', limit: 200 }))).items

/** An invoice that fits `quantity` of each open line. */
function contentFor(lines: readonly OpenLine[], change: Partial<InvoiceContent> = {}, quantity?: string): InvoiceContent {
  const made = lines.map((one) => {
    const q = decimal(quantity ?? one.open)
    const net = lineAmount('CNY', decimal(one.netPrice), q)
    return { accrualLineId: one.id, quantity: writeDecimal(q), taxRate: one.taxRate, net, tax: taxOn(net, decimal(one.taxRate)) }
  })
  const [net, tax] = [made.reduce((sum, one) => sum + one.net, 0n), made.reduce((sum, one) => sum + one.tax, 0n)]
  const money = (minor: bigint): Money => writeMoney('CNY', minor)
  return {
    code: null,
    number: nextNumber(),
    day: '2026-11-25',
    net: money(net),
    tax: money(tax),
    gross: money(net + tax),
    note: '',
    lines: made.map((one) => ({ ...one, net: money(one.net), tax: money(one.tax) })),
    ...change,
  }
}
const enter = (content: InvoiceContent, ctx = clerk) =>
  createInvoice(rooms, ctx, { ...content, side: ctx === seller ? 'supplier' : 'buyer', partnerId: ctx === seller ? buyer : supplier })
const submit = (invoice: Invoice, ctx = clerk) => submitInvoice(rooms, ctx, invoice.id, { version: invoice.version })
const approve = (invoice: Invoice, ctx = clerk) => approveInvoice(rooms, ctx, invoice.id, { version: invoice.version })
const received = async (...lines: Parameters<typeof receipt>[0]) => {
  const known = new Set((await open()).map(({ id }) => id))
  await accrueAs(clerk, receipt(lines))
  return (await open()).filter(({ id }) => !known.has(id))
}
const balances = async () =>
  Object.fromEntries(
    (await db.inTenant(clerk, (tx) => trialBalance(tx, '2026-12', 'CNY'))).map(({ code, closing }) => [code, readMoney(closing)]),
  )
const payables = async (ctx = clerk, side: 'buyer' | 'supplier' = 'buyer') =>
  (await db.inTenant(ctx, (tx) => payablePage(tx, { side, sort: 'dueDay', limit: 200 }, '2026-11-26'))).items

test('the supplier’s draft is his alone; submitted it is compared in the buyer’s tenant, approved, and the books are right', async () => {
  const lines = await received(line('100', '12.345678'), line('3', '0.335'))
  assert.deepEqual(
    (await open(seller)).map(({ partner, open: quantity }) => [partner.name, quantity]),
    [
      ['白泽摩托', '100'],
      ['白泽摩托', '3'],
    ],
  )
  const draft = await enter(contentFor(await open(seller)), seller)
  await assert.rejects(
    db.inTenant(clerk, (tx) => wholeInvoice(tx, draft.id)),
    codeIs(financeErrors.notFound),
  )
  assert.equal((await db.inTenant(clerk, (tx) => tx.sql.selectFrom('finance.invoice_line').selectAll().execute())).length, 0)
  const submitted = await submit(draft, seller)
  assert.equal(submitted.state, 'submitted')
  await assert.rejects(
    db.inTenant(other, (tx) => wholeInvoice(tx, draft.id)),
    codeIs(financeErrors.notFound),
  )
  await db.inTenant(clerk, async (tx) => {
    const row = await lockInvoice(tx, draft.id)
    assert.ok(row)
    await compare(tx, clerk, row)
  })
  const matched = await db.inTenant(clerk, (tx) => wholeInvoice(tx, draft.id))
  assert.deepEqual([matched.state, matched.reasons, matched.actions], ['matched', [], ['match', 'block', 'approve', 'reject']])
  await assert.rejects(approve(matched, seller), codeIs(financeErrors.notAllowedNow))
  await approve(matched)
  const { items } = await db.inTenant(clerk, (tx) => voucherPage(tx, { sort: '-number', limit: 1 }))
  assert.ok(items[0])
  const voucher = await db.inTenant(clerk, (tx) => wholeVoucher(tx, items[0]!.id))
  assert.deepEqual(
    voucher.lines.map((one) => [one.accountCode, one.debit?.amount, one.credit?.amount]),
    [
      ['1403', '-1235.58', undefined],
      ['2202.01', undefined, '-1235.58'],
      ['1403', '1235.58', undefined],
      ['2221.01.01', '160.62', undefined],
      ['2202.02', undefined, '1396.20'],
    ],
  )
  assert.equal((await balances())['2202.01'], 0n)
  const [payable] = await payables()
  assert.deepEqual(
    [payable?.gross.amount, payable?.dueDay, payable?.due.kind, payable?.buyerClass, payable?.supplierClass],
    ['1396.20', '2027-01-19', 'law', 'large', 'small'],
  )
  assert.ok(payable?.due.source.includes('国令第802号'))
  assert.deepEqual(
    (await payables(seller, 'supplier')).map(({ gross }) => gross.amount),
    ['1396.20'],
  )
  assert.deepEqual(await payables(other, 'supplier'), [])
  assert.equal(lines.length, 2)
})

test('a number stands once per issuer, until its invoice is withdrawn or rejected; what it says must add up', async () => {
  const lines = await received(line('1', '10'))
  const content = contentFor(lines)
  const first = await enter(content)
  await assert.rejects(enter(content), codeIs(financeErrors.numberTaken))
  await assert.rejects(enter(contentFor(await open(seller), { number: content.number }), seller), codeIs(financeErrors.numberTaken))
  await withdrawInvoice(rooms, clerk, first.id, { version: first.version, reason: '录错' })
  const again = await submit(await enter(content))
  const rejected = await rejectInvoice(rooms, clerk, again.id, { version: again.version, reason: '抬头错误' })
  assert.equal(rejected.endReason, '抬头错误')
  await assert.rejects(enter({ ...content, number: '12345678' }), codeIs(financeErrors.codeMissing))
  await assert.rejects(enter({ ...content, gross: { currency: 'CNY', amount: '11.31' } }), codeIs(financeErrors.notSum))
  await assert.rejects(enter({ ...content, tax: { currency: 'USD', amount: '1.30' } }), codeIs(financeErrors.notSum))
  const [only] = content.lines
  assert.ok(only)
  await assert.rejects(enter({ ...content, lines: [only, only] }), codeIs(financeErrors.lineUnknown))
  await assert.rejects(createInvoice(rooms, other, { ...content, side: 'supplier', partnerId: buyer }), codeIs(financeErrors.lineUnknown))
  const old = await enter({ ...content, code: '5000221130', number: '00012345' })
  const changed = await changeInvoice(rooms, clerk, old.id, { ...content, version: old.version, note: '改为数电票' })
  assert.deepEqual([changed.code, changed.note, changed.version], [null, '改为数电票', 2])
  await assert.rejects(changeInvoice(rooms, clerk, old.id, { ...content, version: 1 }), codeIs(financeErrors.changedMeanwhile))
  await withdrawInvoice(rooms, clerk, old.id, { version: 2, reason: 'x' })
})

test('what differs blocks it, with the reason; two more people release and approve, and the difference is stock’s', async () => {
  const [only] = await received(line('10', '10'))
  assert.ok(only)
  const dear = contentFor([only])
  const priced: InvoiceContent = {
    ...dear,
    net: { currency: 'CNY', amount: '105.00' },
    tax: { currency: 'CNY', amount: '13.65' },
    gross: { currency: 'CNY', amount: '118.65' },
    lines: dear.lines.map((one) => ({ ...one, net: { currency: 'CNY', amount: '105.00' }, tax: { currency: 'CNY', amount: '13.65' } })),
  }
  const before = await balances()
  const blocked = await submit(await enter(priced))
  assert.deepEqual([blocked.state, blocked.reasons], ['blocked', [{ lineNo: 1, kind: 'price', expected: '10000', actual: '10500' }]])
  await assert.rejects(approve(blocked), codeIs(financeErrors.notAllowedNow))
  await assert.rejects(
    releaseInvoice(rooms, clerk, blocked.id, { version: blocked.version, reason: '涨价已谈妥' }),
    codeIs(financeErrors.secondPerson),
  )
  const released = await releaseInvoice(rooms, second, blocked.id, { version: blocked.version, reason: '涨价已谈妥' })
  await assert.rejects(approve(released, second), codeIs(financeErrors.secondPerson))
  await approve(released, clerk)
  const now = await balances()
  assert.equal((now['1403'] ?? 0n) - (before['1403'] ?? 0n), 500n)
  assert.equal(now['2202.01'], (before['2202.01'] ?? 0n) + 10_000n)
})

test('one who blocks does not release; two invoices for the same goods: the second is noticed', async () => {
  const lines = await received(line('10', '10'))
  const first = await submit(await enter(contentFor(lines)))
  const rivals = await submit(await enter(contentFor(lines)))
  assert.deepEqual([first.state, rivals.state], ['matched', 'matched'])
  const blocked = await blockInvoice(rooms, second, first.id, { version: first.version, reason: '待核实' })
  await assert.rejects(
    releaseInvoice(rooms, second, first.id, { version: blocked.version, reason: 'x' }),
    codeIs(financeErrors.secondPerson),
  )
  const third = as(buyer, '李会计')
  await approve(await releaseInvoice(rooms, third, first.id, { version: blocked.version, reason: '已核实' }))
  await assert.rejects(approve(rivals), codeIs(financeErrors.takenMeanwhile))
  const again = await matchAgain(rooms, clerk, rivals.id, { version: rivals.version })
  assert.deepEqual([again.state, again.reasons?.map(({ kind }) => kind)], ['blocked', ['quantity']])
  // At once, of different goods: neither waits for the other for ever.
  const both = [await received(line('1', '1')), await received(line('1', '1'))]
  const entered = [await submit(await enter(contentFor(both[0] ?? []))), await submit(await enter(contentFor(both[1] ?? [])))]
  assert.deepEqual(
    (await Promise.all(entered.map((one) => approve(one)))).map(({ state }) => state),
    ['approved', 'approved'],
  )
})

test('payments: in parts, to the cent, taken back; what is disputed waits, the rest is overdue', async () => {
  const lines = await received(line('10', '100'))
  const paidInvoice = await approve(await submit(await enter(contentFor(lines))))
  const payable = (await payables()).find(({ invoiceId }) => invoiceId === paidInvoice.id)
  assert.ok(payable)
  const pay = (amount: string, method: 'bank' | 'offset' = 'bank') =>
    recordPayment(rooms, clerk, {
      partnerId: supplier,
      day: '2026-11-26',
      method,
      reference: '网银 001',
      allocations: [{ payableId: payable.id, amount: { currency: 'CNY', amount } }],
    })
  await assert.rejects(pay('1130.01'), codeIs(financeErrors.tooMuch))
  await assert.rejects(pay('-1.00'), codeIs(financeErrors.tooMuch))
  await assert.rejects(pay('1.00', 'offset'), codeIs(financeErrors.paysNothing))
  const bank = (await balances())['1002'] ?? 0n
  const part = await pay('130.00')
  const disputed = await disputePayable(rooms, clerk, payable.id, {
    version: payable.version + 1,
    disputed: { currency: 'CNY', amount: '200.00' },
    reason: '外观划伤',
  })
  assert.deepEqual([disputed.open.amount, disputed.undisputed.amount], ['1000.00', '800.00'])
  const due = async (day: string) => {
    const who = { ...clerk, now: new Date(`${day}T04:00:00Z`) }
    const { items } = await db.inTenant(who, (tx) => financeTodos[0]!.list(who, opaque(tx), 500))
    return items.some(({ path }) => path.endsWith(payable.invoiceNumber))
  }
  assert.deepEqual([await due(shiftDate(payable.dueDay, -8)), await due(shiftDate(payable.dueDay, -7))], [false, true])
  await pay('1000.00')
  assert.equal(await due(payable.dueDay), false, 'what is paid does not wait')
  const settled = (await payables()).find(({ id }) => id === payable.id)
  assert.deepEqual([settled?.open.amount, settled?.disputed.amount, settled?.settledOn], ['0.00', '0.00', '2026-11-26'])
  assert.equal((await db.inTenant(clerk, (tx) => wholeInvoice(tx, paidInvoice.id))).state, 'paid')
  const finds = async (ctx: typeof clerk) =>
    (await Promise.all(financeSearches.map((kind) => db.inTenant(ctx, (tx) => kind.find(ctx, opaque(tx), part.number, 5))))).flat()
  // With the voucher that the own side posted for it.
  for (const ctx of [clerk, seller]) assert.equal((await finds(ctx)).at(-1)?.path, `/finance/payments/${part.id}`)
  assert.deepEqual(await finds(other), [])
  // Both sides read it and talk about it, a rival neither.
  for (const [ctx, side] of [
    [clerk, 'buyer'],
    [seller, 'supplier'],
  ] as const) {
    const seen = await db.inTenant(ctx, (tx) => readPayment(tx, part.id))
    assert.deepEqual([seen.side, seen.allocations[0]?.invoiceId], [side, paidInvoice.id])
    const facts = await db.inTenant(ctx, (tx) => paymentDocument.describe(ctx, opaque(tx), [part.id]))
    assert.deepEqual(facts.get(part.id)?.parties, [buyer, supplier])
  }
  await assert.rejects(
    db.inTenant(other, (tx) => readPayment(tx, part.id)),
    codeIs(financeErrors.notFound),
  )
  assert.equal((await db.inTenant(other, (tx) => paymentDocument.describe(other, opaque(tx), [part.id]))).size, 0)
  await cancelPayment(rooms, clerk, part.id, { version: part.version, reason: '重复登记' })
  assert.equal((await payables()).find(({ id }) => id === payable.id)?.open.amount, '130.00')
  assert.equal((await db.inTenant(clerk, (tx) => wholeInvoice(tx, paidInvoice.id))).state, 'approved')
  assert.equal((await balances())['1002'], bank - 100_000n)
  await assert.rejects(
    cancelPayment(rooms, clerk, part.id, { version: part.version + 1, reason: 'x' }),
    codeIs(financeErrors.notAllowedNow),
  )
  await assert.rejects(cancelPayment(rooms, seller, part.id, { version: 1, reason: 'x' }), codeIs(financeErrors.notFound))
})

test('the supplier cannot approve, shift or pay by raw SQL what the page does not let him', async () => {
  const mine = await submit(await enter(contentFor(await received(line('1', '5')))))
  await assert.rejects(
    db.inTenant(seller, (tx) => sql`update finance.invoice set state = 'approved' where id = ${mine.id}`.execute(tx.sql)),
    /row-level security/,
  )
  for (const table of ['payable', 'payment', 'accrual_line'] as const) {
    const column = { payable: 'paid = 0', payment: "cancel_reason = 'x'", accrual_line: 'invoiced_net = 0' }[table]
    const { numAffectedRows } = await db.inTenant(seller, (tx) => sql`update finance.${sql.raw(`${table} set ${column}`)}`.execute(tx.sql))
    assert.equal(numAffectedRows, 0n, table)
  }
  assert.deepEqual((await db.inTenant(other, (tx) => invoicePage(tx, { side: 'supplier', sort: 'day', limit: 50 }))).items, [])
  assert.deepEqual(await db.inTenant(other, (tx) => ageing(tx, 'buyer', '2026-11-26')), [])
})

test('any sequence of receipts, returns and invoices leaves accrual + invoiced = accepted value, and the books agree to the cent', async () => {
  const step = fc.oneof(
    fc.record({
      do: fc.constant('receive' as const),
      quantity: fc.integer({ min: 1, max: 50_000_000 }),
      price: fc.integer({ min: 1, max: 99_999_999 }),
    }),
    fc.record({
      do: fc.constant('return' as const),
      quantity: fc.integer({ min: 1, max: 9_000_000 }),
      price: fc.integer({ min: 1, max: 99_999_999 }),
    }),
    fc.record({ do: fc.constant('invoice' as const), parts: fc.integer({ min: 1, max: 3 }), count: fc.integer({ min: 1, max: 4 }) }),
  )
  let accepted = -((await balances())['2202.01'] ?? 0n)
  let invoiced = 0n
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 8 }), async (steps) => {
      for (const one of steps) {
        if (one.do === 'invoice') {
          const lines = (await open()).slice(0, one.count)
          if (lines.length === 0) continue
          const whole = contentFor(
            lines.map((open) => ({ ...open, open: writeDecimal(decimal(open.open) / BigInt(one.parts) || decimal(open.open)) })),
          )
          if (readMoney(whole.gross) === 0n) continue
          const before = await accruedOf(lines.map(({ id }) => id))
          const submitted = await submit(await enter(whole))
          assert.equal(submitted.state, 'matched', JSON.stringify(submitted.reasons))
          await approve(submitted)
          invoiced += (await accruedOf(lines.map(({ id }) => id))) - before
        } else {
          const [net] = [lineAmount('CNY', BigInt(one.price), BigInt(one.quantity))]
          const given = receipt([line(writeDecimal(BigInt(one.quantity)), writeDecimal(BigInt(one.price)))])
          await accrueAs(clerk, given, one.do === 'receive' ? 'receipt' : 'return')
          accepted += one.do === 'receive' ? net : -net
        }
        const accrued = await openNet()
        assert.equal(accrued + invoiced, accepted)
        assert.equal(-((await balances())['2202.01'] ?? 0n), accrued)
      }
      const owed = (await payables()).reduce((sum, payable) => sum + readMoney(payable.open), 0n)
      assert.equal(-((await balances())['2202.02'] ?? 0n), owed)
    }),
    { numRuns: 12 },
  )
})

const openNet = async (): Promise<bigint> =>
  db.inTenant(clerk, async (tx) => {
    const { rows } = await sql<{
      sum: string
    }>`select coalesce(sum(net - invoiced_net), 0)::text as sum from finance.accrual_line where buyer_org = ${buyer}`.execute(tx.sql)
    return BigInt(rows[0]?.sum ?? 0)
  })
const accruedOf = async (ids: readonly AccrualLineId[]): Promise<bigint> =>
  db.inTenant(clerk, async (tx) => {
    const { rows } = await sql<{
      sum: string
    }>`select sum(invoiced_net)::text as sum from finance.accrual_line where id = any(${ids}::uuid[])`.execute(tx.sql)
    return BigInt(rows[0]?.sum ?? 0)
  })

test('what the platform compares in the buyer’s house is written down as its own act, not as the supplier’s person’s', async () => {
  await received(line('7', '3.5'))
  const draft = await enter(contentFor((await open(seller)).slice(-1)), seller)
  await submit(draft, seller)
  const facts = async (orgId: OrgId) => ({ orgId, orgNo: 1, active: true }) as never
  await matchSubmitted({ ...rooms, organisations: { facts }, clock: { now: () => clerk.now, nowMs: () => clerk.now.getTime() } }).handle({
    id: 1,
    orgId: supplier,
    name: 'finance.invoiceSubmitted',
    version: 1,
    key: draft.id,
    payload: { invoiceId: draft.id, buyerId: buyer },
    actor: seller.actor,
    trace: '',
    occurredAt: clerk.now.toISOString(),
  })
  assert.equal((await db.inTenant(clerk, (tx) => wholeInvoice(tx, draft.id))).state, 'matched')
  const { rows } = await db.inTenant(clerk, (tx) =>
    sql<{ kind: string; id: string }>`select actor->>'kind' as kind, actor->>'id' as id from kernel.audit
      where org_id = ${buyer} and entity = 'finance.invoice' and entity_id = ${draft.id}`.execute(tx.sql),
  )
  assert.deepEqual(rows, [{ kind: 'job', id: 'finance.matchSubmitted' }])
})

test('an invoice falls due as the order says that both have signed, never later than the law lets the payer of that day; of several lines the earliest counts', async () => {
  const orderId = uuidv7() as OrderId
  const dueOfInvoice = async (...lines: Parameters<typeof receipt>[0]) => {
    const content = contentFor(await received(...lines))
    const approved = await approve(await submit(await enter(content)))
    const found = (await payables()).find(({ invoiceNumber }) => invoiceNumber.includes(content.number))
    assert.equal(approved.state, 'approved')
    return [found?.dueDay, found?.due.kind, found?.due.days, found?.due.source, found?.buyerClass, found?.supplierClass]
  }
  const signed = (days: number | null) => line('4', '10', { orderId, orderNumber: 'PO-202611-00077', paymentDays: days })
  assert.deepEqual(await dueOfInvoice(signed(30)), ['2026-12-20', 'agreed', 30, 'PO-202611-00077', 'large', 'small'])
  // Both have grown since: what they were when the order was agreed stays.
  await db.inTenant(clerk, (tx) => freezeSizes(tx, async () => 'large', supplier, [orderId], '2026-11-21'))
  const [day, kind, days, source, payer, payee] = await dueOfInvoice(signed(90))
  assert.deepEqual([day, kind, days, payer, payee], ['2027-01-19', 'law', 60, 'large', 'small'])
  assert.match(String(source), /国令第802号/)
  assert.deepEqual((await dueOfInvoice(signed(90), signed(10), signed(null))).slice(0, 3), ['2026-11-30', 'agreed', 10])
})
