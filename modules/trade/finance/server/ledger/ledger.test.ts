import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import pg from 'pg'
import { opaque } from '#kernel/postgres.ts'
import { openPrinter } from '#kernel/printer.ts'
import { readSpreadsheet } from '#kernel/spreadsheet.ts'
import { financeErrors } from '../../errors.ts'
import { financeSearches } from '../searches.ts'
import { as, buyer, line, receipt, rival, supplier, testRooms } from '../test-rooms.ts'
import { allAccounts, allPostings } from './account-store.ts'
import { changeAccount, createAccount, setPosting } from './change-accounts.ts'
import { closePeriod, reopenPeriod } from './close-period.ts'
import { exportVouchers } from './export-vouchers.ts'
import { openLedger } from './open-ledger.ts'
import { postVoucher } from './post-voucher.ts'
import { printVoucher, voucherDocumentOf } from './print-voucher.ts'
import { voucherPage, wholeVoucher } from './voucher-store.ts'
import { postByHand, reverseByHand } from './vouchers-by-hand.ts'

const { rooms, db, ownerUrl, accrueAs } = await testRooms({ after })
const clerk = as(buyer, '钱会计')
let accounts: Awaited<ReturnType<typeof openLedger>>
const account = (code: string) => {
  const found = accounts.find((one) => one.code === code)
  assert.ok(found, code)
  return found
}

before(async () => {
  accounts = await openLedger(db, clerk)
})

const byHand = (day: string, debit: string, credit = debit) =>
  postByHand(db, rooms.names, clerk, {
    day,
    currency: 'CNY',
    lines: [
      { summary: '付运费', accountId: account('6601').id, partnerId: null, debit: { currency: 'CNY', amount: debit }, credit: null },
      { summary: '付运费', accountId: account('1002').id, partnerId: supplier, debit: null, credit: { currency: 'CNY', amount: credit } },
    ],
  })
const codeIs = (type: { code: string }) => ({ code: type.code })

test('the chart is made once, each organisation has its own, and only its own', async () => {
  await assert.rejects(openLedger(db, clerk), codeIs(financeErrors.ledgerOpen))
  assert.deepEqual(await db.inTenant(as(rival, '对手'), allAccounts), [])
  assert.equal(account('1403').source.includes('企业会计准则'), true)
  assert.deepEqual([account('2202').leaf, account('2202.01').leaf], [false, true])
})

test('raw SQL cannot commit a voucher that is not balanced, has no lines, or states another total', async () => {
  const raw = (total: number, amounts: readonly [number, number][], after = '') =>
    db.inTenant(clerk, async (tx) => {
      const { rows } = await sql<{ id: string }>`
        insert into finance.voucher (org_id, number, day, period, summary, kind, currency, total, posted_at)
        values (${buyer}, ${`AA-${Math.random()}`}, '2026-11-05', '2026-11', 'x', 'manual', 'CNY', ${total}, now()) returning id`.execute(
        tx.sql,
      )
      for (const [i, [debit, credit]] of amounts.entries())
        await sql`insert into finance.voucher_line (org_id, voucher_id, line_no, account_id, account_code, account_name, summary, debit, credit)
          values (${buyer}, ${rows[0]?.id}, ${i + 1}, ${account('1002').id}, '1002', 'x', 'x', ${debit}, ${credit})`.execute(tx.sql)
      if (after) await sql.raw(after).execute(tx.sql)
    })
  await assert.rejects(
    raw(100, [
      [100, 0],
      [0, 99],
    ]),
    /is not balanced/,
  )
  await assert.rejects(raw(100, []), /is not balanced/)
  await assert.rejects(
    raw(99, [
      [100, 0],
      [0, 100],
    ]),
    /is not balanced/,
  )
  await assert.rejects(
    raw(
      100,
      [
        [100, 0],
        [0, 100],
      ],
      "select set_config('app.org', '', true)",
    ),
    /is not balanced/,
  )
  await assert.rejects(raw(100, [[100, 100]]), /check constraint/)
  await raw(100, [
    [100, 0],
    [0, 100],
  ])
  // And a line more for a voucher that is there.
  const { items } = await db.inTenant(clerk, (tx) => voucherPage(tx, { sort: 'number', limit: 50 }))
  await assert.rejects(
    db.inTenant(clerk, (tx) =>
      sql`insert into finance.voucher_line (org_id, voucher_id, line_no, account_id, account_code, account_name, summary, debit, credit)
        values (${buyer}, ${items[0]?.id}, 9, ${account('1002').id}, '1002', 'x', 'x', 1, 0)`.execute(tx.sql),
    ),
    /is not balanced/,
  )
})

test('a posted voucher is changed by nobody, not even the owner of the tables', async () => {
  const { id } = await byHand('2026-11-06', '20.00')
  for (const change of [
    "update finance.voucher set summary = 'x'",
    'delete from finance.voucher_line',
    'update finance.voucher_line set debit = 1',
  ])
    await assert.rejects(
      db.inTenant(clerk, (tx) => sql.raw(change).execute(tx.sql)),
      /permission denied/,
    )
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  await owner.query('alter table finance.voucher no force row level security')
  await assert.rejects(owner.query("update finance.voucher set summary = 'x' where id = $1", [id]), /never changed/)
  await owner.query('alter table finance.voucher force row level security')
  await owner.end()
})

test('a voucher by hand is balanced, on accounts that can be posted to, and reversed once in red', async () => {
  await assert.rejects(byHand('2026-11-10', '100.00', '99.99'), codeIs(financeErrors.notBalanced))
  const voucher = await byHand('2026-11-10', '100.00')
  const red = await reverseByHand(db, clerk, voucher.id, { day: '2026-11-11', reason: '记错科目' })
  assert.deepEqual(
    red.lines.map(({ debit, credit, partner }) => [debit?.amount, credit?.amount, partner]),
    [
      ['-100.00', undefined, null],
      [undefined, '-100.00', '应龙压铸'],
    ],
  )
  assert.equal(red.reverses?.number, voucher.number)
  assert.equal((await db.inTenant(clerk, (tx) => wholeVoucher(tx, voucher.id))).reversedBy?.number, red.number)
  await assert.rejects(reverseByHand(db, clerk, voucher.id, { day: '2026-11-11', reason: 'x' }), codeIs(financeErrors.alreadyReversed))
  await assert.rejects(reverseByHand(db, clerk, red.id, { day: '2026-11-11', reason: 'x' }), codeIs(financeErrors.alreadyReversed))
  await assert.rejects(reverseByHand(db, as(rival, '对手'), voucher.id, { day: '2026-11-11', reason: 'x' }), codeIs(financeErrors.notFound))
})

test('the voucher of a receipt is not reversed by hand: the goods would stay accrued', async () => {
  await accrueAs(clerk, receipt([line('1', '5')]))
  const { items } = await db.inTenant(clerk, (tx) => voucherPage(tx, { sort: '-number', limit: 1 }))
  assert.ok(items[0])
  await assert.rejects(reverseByHand(db, clerk, items[0].id, { day: '2026-11-21', reason: 'x' }), codeIs(financeErrors.sourcedVoucher))
})

test('months are closed in order when they are over, refuse every posting, and are opened again from the last', async () => {
  await byHand('2026-08-15', '1.00')
  await byHand('2026-09-15', '1.00')
  await assert.rejects(closePeriod(db, clerk, '2026-11'), codeIs(financeErrors.periodNotOver))
  await assert.rejects(closePeriod(db, clerk, '2026-09'), codeIs(financeErrors.earlierPeriodOpen))
  await closePeriod(db, clerk, '2026-08')
  await closePeriod(db, clerk, '2026-09')
  await assert.rejects(closePeriod(db, clerk, '2026-09'), codeIs(financeErrors.periodClosed))
  await assert.rejects(byHand('2026-09-30', '1.00'), codeIs(financeErrors.periodClosed))
  await assert.rejects(reopenPeriod(db, clerk, { period: '2026-08', reason: 'x' }), codeIs(financeErrors.laterPeriodClosed))
  const open = await reopenPeriod(db, clerk, { period: '2026-09', reason: '补记运费' })
  assert.deepEqual([open.closedAt, open.vouchers], [null, 1])
  await byHand('2026-09-30', '1.00')
})

test('a month is not closed while somebody posts into it', async () => {
  await byHand('2026-07-01', '1.00')
  let posted = () => {}
  const posting = new Promise<void>((resolve) => {
    posted = resolve
  })
  let closed = false
  const order: string[] = []
  const slow = db.inTenant(clerk, async (tx) => {
    const side = { summary: 'x', partner: null }
    await postVoucher(tx, clerk, {
      day: '2026-07-02',
      kind: 'manual',
      currency: 'CNY',
      summary: 'x',
      lines: [
        { ...side, account: account('6602').id, debit: 1n, credit: 0n },
        { ...side, account: account('1001').id, debit: 0n, credit: 1n },
      ],
      source: null,
    })
    posted()
    await new Promise((resolve) => setTimeout(resolve, 150))
    order.push(closed ? 'closed before' : 'posted')
  })
  await posting
  await closePeriod(db, clerk, '2026-07').then(() => {
    closed = true
    order.push('closed')
  })
  await slow
  assert.deepEqual(order, ['posted', 'closed'])
})

test('accounts are added below others, renamed and ended; what is posted keeps its name', async () => {
  const create = (code: string, name: string) =>
    createAccount(db, clerk, { code, name, nameEn: null, kind: 'profit', side: 'credit', validFrom: '2026-01-01' })
  await assert.rejects(create('6601.01', '运输费'), codeIs(financeErrors.parentUsed))
  const first = await create('1411.01', '托盘')
  assert.deepEqual([first.kind, first.side, first.leaf], ['asset', 'debit', true])
  await assert.rejects(create('1411.01', '托盘'), codeIs(financeErrors.codeTaken))
  await assert.rejects(create('1999.01', '无上级'), codeIs(financeErrors.parentMissing))
  const renamed = await changeAccount(db, clerk, first.id, { version: 1, name: '周转托盘', nameEn: null, validUntil: '2026-06-30' })
  assert.deepEqual([renamed.name, renamed.version], ['周转托盘', 2])
  await assert.rejects(
    changeAccount(db, clerk, first.id, { version: 1, name: 'x', nameEn: null, validUntil: null }),
    codeIs(financeErrors.changedMeanwhile),
  )
  await assert.rejects(
    changeAccount(db, clerk, account('1002').id, { version: 1, name: '银行存款', nameEn: null, validUntil: '2026-01-01' }),
    codeIs(financeErrors.accountUsed),
  )
})

test('a posting rule holds from its day on', async () => {
  const stock = account('1405')
  await assert.rejects(
    setPosting(db, clerk, { role: 'stock', validFrom: '2026-12-01', accountId: account('2202').id }),
    codeIs(financeErrors.accountNotPostable),
  )
  await setPosting(db, clerk, { role: 'stock', validFrom: '2026-12-01', accountId: stock.id })
  await accrueAs(clerk, receipt([line('1', '5')], { day: '2026-11-30' }))
  await accrueAs(clerk, receipt([line('1', '5')], { day: '2026-12-01' }))
  const { items } = await db.inTenant(clerk, (tx) => voucherPage(tx, { sort: '-day', limit: 2 }))
  const codes = await Promise.all(
    items.map(({ id }) => db.inTenant(clerk, async (tx) => (await wholeVoucher(tx, id)).lines[0]?.accountCode)),
  )
  assert.deepEqual(codes, ['1405', '1403'])
  assert.equal((await db.inTenant(clerk, allPostings)).length, 16)
})

test('a voucher on paper: sums to the cent, in words too, and red stays red', async () => {
  const voucher = await byHand('2026-11-06', '1234.50')
  const printed = voucherDocumentOf(voucher, '整车厂', (key) => key)
  assert.deepEqual(printed.rows, [
    ['付运费', `6601 ${account('6601').name}`, '1,234.50', ''],
    ['付运费', `1002 ${account('1002').name} ${voucher.lines[1]?.partner}`, '', '1,234.50'],
  ])
  assert.deepEqual(printed.totals, [
    ['vouchers.sumDebit', 'CNY 1,234.50'],
    ['vouchers.sumCredit', 'CNY 1,234.50'],
    ['vouchers.capital', '壹仟贰佰叁拾肆元伍角整'],
  ])
  const red = voucherDocumentOf(await reverseByHand(db, clerk, voucher.id, { day: '2026-11-07', reason: '重复' }), '整车厂', (key) => key)
  assert.deepEqual(red.totals, [
    ['vouchers.sumDebit', 'CNY -1,234.50'],
    ['vouchers.sumCredit', 'CNY -1,234.50'],
  ])
  assert.ok(red.facts.some(([label, value]) => label === 'vouchers.reverses' && value === voucher.number))

  const finds = async (ctx: typeof clerk, text: string) =>
    (await Promise.all(financeSearches.map((kind) => db.inTenant(ctx, (tx) => kind.find(ctx, opaque(tx), text, 5))))).flat()
  assert.deepEqual(await finds(clerk, voucher.number), [{ label: `${voucher.number} · 付运费`, path: `/finance/vouchers/${voucher.id}` }])
  assert.deepEqual(await finds(as(rival, '对手'), voucher.number), [])

  const printing = { printer: openPrinter(), translate: (_: unknown, key: string) => key }
  const file = await printVoucher(rooms, printing, clerk, voucher.id)
  assert.equal(file.fileName, `${voucher.number}.pdf`)
  await assert.rejects(printVoucher(rooms, printing, as(rival, '对手'), voucher.id), codeIs(financeErrors.notFound))
})

test('vouchers as a file: a row for each line, amounts as numbers, those of the kind and organisation asked for', async () => {
  const file = await exportVouchers(db, clerk, { sort: 'number', kind: 'manual' }, (_, key) => key)
  const chunks: Uint8Array[] = []
  for await (const chunk of file.bytes as AsyncIterable<Uint8Array>) chunks.push(chunk)
  const rows: string[][] = []
  for await (const some of readSpreadsheet(Buffer.concat(chunks))) rows.push(...some.map((row) => [...row.cells]))
  const { items } = await db.inTenant(clerk, (tx) => voucherPage(tx, { sort: 'number', limit: 200, kind: 'manual' }))
  assert.deepEqual(
    [...new Set(rows.slice(1).map((row) => row[0]))],
    items.map(({ number }) => number),
  )
  const sum = (column: number) => rows.slice(1).reduce((total, row) => total + Math.round(Number(row[column] || 0) * 100), 0)
  assert.ok(sum(6) !== 0)
  assert.equal(sum(6), sum(7))
})
