import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import { opaque } from '#kernel/postgres.ts'
import { financeErrors } from '../../errors.ts'
import { closePeriod } from '../ledger/close-period.ts'
import { trialBalance, voucherPage, wholeVoucher } from '../ledger/voucher-store.ts'
import { as, buyer, line, receipt, rival, supplier, testRooms } from '../test-rooms.ts'
import { accrue } from './accrue-receipt.ts'

const { rooms, db, accrueAs } = await testRooms({ after })
const clerk = as(buyer, '钱会计')

const balances = async (ctx = clerk, period = '2026-12') =>
  Object.fromEntries((await db.inTenant(ctx, (tx) => trialBalance(tx, period, 'CNY'))).map(({ code, closing }) => [code, closing.amount]))
const vouchers = async (ctx = clerk) => (await db.inTenant(ctx, (tx) => voucherPage(tx, { sort: 'number', limit: 200 }))).items

test('a receipt is accrued once with a balanced voucher, also when it comes again or twice at once', async () => {
  const given = receipt([line('100', '12.345678'), line('3', '0.335')])
  await Promise.all([accrueAs(clerk, given), accrueAs(clerk, given), accrueAs(clerk, given)])
  await accrueAs(clerk, given)
  const [only, ...others] = await vouchers()
  assert.ok(only && others.length === 0)
  const voucher = await db.inTenant(clerk, (tx) => wholeVoucher(tx, only.id))
  assert.equal(voucher.number, 'JZ-202611-00001')
  assert.deepEqual(
    voucher.lines.map((one) => [one.accountCode, one.debit?.amount, one.credit?.amount, one.partner]),
    [
      ['1403', '1234.57', undefined, '应龙压铸'],
      ['1403', '1.01', undefined, '应龙压铸'],
      ['2202.01', undefined, '1235.58', '应龙压铸'],
    ],
  )
  assert.equal(voucher.postedBy, '钱会计')
})

test('a return takes back the same in red, by its own id', async () => {
  const before = await balances()
  const returned = line('10', '12.345678')
  await accrueAs(clerk, receipt([returned]))
  await accrueAs(clerk, receipt([returned], { number: 'RT-202611-00001' }), 'return')
  assert.deepEqual(await balances(), before)
  const red = (await vouchers()).find(({ kind }) => kind === 'accrualReversal')
  assert.equal(red?.total.amount, '-123.46')
})

test('what is free of charge or not accepted is accrued without a voucher', async () => {
  const count = (await vouchers()).length
  await accrueAs(clerk, receipt([line('5', '0'), line('0', '9')]))
  assert.equal((await vouchers()).length, count)
})

test('every currency has its own voucher; none is added to another', async () => {
  const before = await balances()
  await accrueAs(clerk, receipt([line('1', '10'), line('2', '7', { currency: 'USD' })]))
  const made = (await vouchers()).slice(-2).map(({ total }) => total)
  assert.deepEqual(
    made.sort((a, b) => a.currency.localeCompare(b.currency)),
    [
      { currency: 'CNY', amount: '10.00' },
      { currency: 'USD', amount: '14.00' },
    ],
  )
  assert.equal(Number((await balances())['2202.01']), Number(before['2202.01']) - 10)
})

test('a receipt of a closed month is posted to the first open day after it and keeps its own day', async () => {
  await closePeriod(db, clerk, '2026-09')
  await accrueAs(clerk, receipt([line('1', '8')], { day: '2026-09-30', number: 'GR-202609-00009' }))
  const late = (await vouchers()).find(({ sourceNumber }) => sourceNumber === 'GR-202609-00009')
  assert.deepEqual([late?.day, late?.sourceDay], ['2026-10-01', '2026-09-30'])
})

test('nothing of it stays where the receipt’s own transaction fails', async () => {
  const [count, before] = [(await vouchers()).length, await balances()]
  await assert.rejects(
    db.inTenant(clerk, async (tx) => {
      await accrue(opaque(tx), clerk, rooms, 'receipt', receipt([line('1', '10')]))
      throw new Error('stock is locked')
    }),
    /stock is locked/,
  )
  assert.deepEqual([(await vouchers()).length, await balances()], [count, before])
})

test('the supplier reads what was accrued of his, his rival reads nothing, neither writes', async () => {
  const seen = (ctx: typeof clerk) =>
    db
      .inTenant(ctx, (tx) =>
        tx.sql.selectFrom('finance.accrual_line').select('buyer_org').where('buyer_org', '=', buyer).limit(500).execute(),
      )
      .then((rows) => rows.length)
  const [theirs, his, others] = [await seen(clerk), await seen(as(supplier, '销售')), await seen(as(rival, '对手'))]
  assert.ok(theirs > 0 && theirs === his)
  assert.equal(others, 0)
  assert.deepEqual(await vouchers(as(supplier, '销售')), [])
  const forged = as(supplier, '销售')
  await assert.rejects(
    db.inTenant(forged, (tx) =>
      sql`insert into finance.accrual (buyer_org, supplier_org, buyer_name, supplier_name, receipt_id, receipt_number, kind, day, created_at)
        values (${buyer}, ${supplier}, 'x', 'y', uuidv7(), 'GR', 'receipt', '2026-11-20', now())`.execute(tx.sql),
    ),
    /row-level security/,
  )
  const { numUpdatedRows } = await db.inTenant(forged, (tx) =>
    tx.sql.updateTable('finance.accrual_line').set({ invoiced_quantity: '1' }).executeTakeFirst(),
  )
  assert.equal(numUpdatedRows, 0n)
})

test('an unknown supplier is refused', async () => {
  await assert.rejects(accrueAs(clerk, receipt([line('1', '1')], { supplier: rival.replace(/3$/, '9') as never })), {
    code: financeErrors.partnerUnknown.code,
  })
})

test('two first receipts at once find one chart of accounts', async () => {
  const first = as(rival, '李会计')
  await Promise.all([1, 2].map((n) => accrueAs(first, receipt([line('1', '5')], { number: `GR-202611-0009${n}` }))))
  assert.equal((await vouchers(first)).length, 2)
})
