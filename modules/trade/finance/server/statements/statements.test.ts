import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import { opaque } from '#kernel/postgres.ts'
import { canonicalJson } from '#values/canonical-json.ts'
import { readMoney } from '#values/money.ts'
import { financeErrors } from '../../errors.ts'
import { type Statement, StatementState } from '../../statement-contract.ts'
import { as, buyer, line, receipt, rival, supplier, testRooms } from '../test-rooms.ts'
import { financeTodos } from '../todos.ts'
import { answerStatement, signStatement, withdrawStatement } from './answer-statement.ts'
import { documentOf } from './print-statement.ts'
import { proposeStatement, reviseStatement } from './propose-statement.ts'
import { hashOf, nextStatementState, type StatementStep } from './statement-rules.ts'
import { statementPage } from './statement-store.ts'
import { wholeStatement } from './statement-view.ts'

const { rooms, db, accrueAs } = await testRooms({ after })
const clerk = as(buyer, '钱会计')
const seller = as(supplier, '孙销售')
const codeIs = (type: { code: string }) => ({ code: type.code })

test('every (state, step, side) is decided', () => {
  const steps: StatementStep[] = ['tick', 'dispute', 'revise', 'sign', 'withdraw']
  const table = (actor: 'proposer' | 'partner') =>
    Object.fromEntries(
      StatementState.options.map((state) => [state, steps.map((step) => nextStatementState(state, step, actor) ?? '—').join(' ')]),
    )
  assert.deepEqual(table('proposer'), {
    proposed: '— — proposed — withdrawn',
    disputed: '— — proposed — withdrawn',
    signed: '— — — — —',
    withdrawn: '— — — — —',
  })
  assert.deepEqual(table('partner'), {
    proposed: 'proposed disputed — signed —',
    disputed: 'proposed disputed — — —',
    signed: '— — — — —',
    withdrawn: '— — — — —',
  })
})

test('the same content has the same hash in whatever order it is written, another content another', () => {
  const one = { kind: 'receipt' as const, documentId: 'a', number: 'GR-1', day: '2026-11-01', amount: 5n }
  const two = { ...one, documentId: 'b', amount: -3n }
  const content = {
    buyer: 'x',
    supplier: 'y',
    currency: 'CNY',
    previousHash: null,
    untilDay: '2026-11-30',
    opening: 0n,
    closing: 2n,
    lines: [one, two],
  }
  assert.equal(hashOf(content), hashOf({ ...content, lines: [two, one] }))
  assert.notEqual(hashOf(content), hashOf({ ...content, lines: [one, { ...two, amount: -4n }] }))
  assert.equal(canonicalJson({ b: 1, a: [null, 'x', 2n] }), '{"a":[null,"x","2"],"b":1}')
})

const propose = (untilDay: string, ctx = clerk) =>
  proposeStatement(rooms, ctx, {
    side: ctx === seller ? 'supplier' : 'buyer',
    partnerId: ctx === seller ? buyer : supplier,
    untilDay,
    currency: 'CNY',
  })
const answer = (statement: Statement, disputed: readonly string[] = [], ctx = seller) =>
  answerStatement(rooms, ctx, statement.id, {
    version: statement.version,
    lines: statement.lines.map((one) =>
      disputed.includes(one.number)
        ? { lineId: one.id, answer: 'disputed', reason: '数量不符' }
        : { lineId: one.id, answer: 'ticked', reason: null },
    ),
  })
const sign = (statement: Statement, ctx = seller, contentHash = statement.contentHash) =>
  signStatement(rooms, ctx, statement.id, { version: statement.version, contentHash })

/** What waits for somebody, by name. */
const waiting = (ctx: typeof clerk) =>
  db.inTenant(ctx, async (tx) => {
    const names: string[] = []
    for (const todo of financeTodos) if ((await todo.list(ctx, opaque(tx), 5)).total > 0) names.push(todo.name)
    return names
  })

test('proposed, disputed, revised without the line, signed by both over one hash; what came later and what was left out enter the next', async () => {
  await accrueAs(clerk, receipt([line('10', '100')], { number: 'GR-1', day: '2026-10-05' }))
  await accrueAs(clerk, receipt([line('1', '50')], { number: 'GR-2', day: '2026-10-20' }))
  await accrueAs(clerk, receipt([line('2', '100')], { number: 'RT-1', day: '2026-10-25' }), 'return')
  const proposed = await propose('2026-10-31')
  assert.deepEqual(
    proposed.lines.map(({ number, amount }) => [number, amount.amount]),
    [
      ['GR-1', '1130.00'],
      ['GR-2', '56.50'],
      ['RT-1', '-226.00'],
    ],
  )
  assert.deepEqual([proposed.opening.amount, proposed.closing.amount, proposed.buyerSigned?.by], ['0.00', '960.50', '钱会计'])
  await assert.rejects(propose('2026-10-31', seller), codeIs(financeErrors.statementOpen))
  await assert.rejects(sign(proposed), codeIs(financeErrors.notAllTicked))
  await assert.rejects(sign(proposed, clerk), codeIs(financeErrors.notAllowedNow))
  await assert.rejects(answer(proposed, [], clerk), codeIs(financeErrors.notAllowedNow))
  assert.deepEqual([await waiting(seller), await waiting(clerk)], [['signAsSupplier'], []])
  const disputed = await answer(proposed, ['GR-2'])
  assert.deepEqual([await waiting(seller), await waiting(clerk)], [[], ['disputedAsBuyer']])
  assert.equal(disputed.state, 'disputed')
  await assert.rejects(sign(disputed), codeIs(financeErrors.notAllowedNow))
  // A receipt of that month is entered late: it comes in by the revision, the disputed one goes out.
  await accrueAs(clerk, receipt([line('1', '10')], { number: 'GR-3', day: '2026-10-30' }))
  const revised = await reviseStatement(rooms, clerk, proposed.id, {
    version: disputed.version,
    leaveOut: disputed.lines.filter((one) => one.answer === 'disputed').map((one) => one.id),
  })
  assert.deepEqual(
    revised.lines.map(({ number, answer: given }) => [number, given]),
    [
      ['GR-1', 'ticked'],
      ['RT-1', 'ticked'],
      ['GR-3', null],
    ],
  )
  assert.notEqual(revised.contentHash, proposed.contentHash)
  const ticked = await answer(revised)
  await assert.rejects(sign(ticked, seller, proposed.contentHash), codeIs(financeErrors.contentDiffers))
  const signed = await sign(ticked)
  assert.deepEqual(
    [signed.state, signed.supplierSigned?.by, signed.buyerClass, signed.supplierClass],
    ['signed', '孙销售', 'large', 'small'],
  )
  const printed = documentOf(signed, (key) => key)
  assert.equal(printed.rows.length, 3)
  assert.ok(printed.notes?.some((note) => note.includes('钱会计')) && printed.notes.some((note) => note.includes('孙销售')))
  assert.ok(printed.notes?.at(-1)?.endsWith(signed.contentHash))
  const next = await propose('2026-11-30', seller)
  assert.deepEqual(
    next.lines.map(({ number }) => number),
    ['GR-2'],
  )
  assert.deepEqual([next.previous?.number, next.opening], [signed.number, signed.closing])
  assert.equal(readMoney(next.closing), readMoney(signed.closing) + 5_650n)
  await assert.rejects(propose('2026-10-31'), codeIs(financeErrors.beforePrevious))
  const withdrawn = await withdrawStatement(rooms, seller, next.id, { version: next.version, reason: '下月再对' })
  assert.equal(withdrawn.state, 'withdrawn')
})

test('nobody signs for the other by raw SQL, and what is signed stays', async () => {
  const open = await propose('2026-11-30')
  await assert.rejects(
    db.inTenant(clerk, (tx) => sql`update finance.statement set supplier_signed_at = now() where id = ${open.id}`.execute(tx.sql)),
    /signs a statement for the other side/,
  )
  const { items } = await db.inTenant(clerk, (tx) => statementPage(tx, { side: 'buyer', state: 'signed', sort: 'untilDay', limit: 10 }))
  assert.ok(items[0])
  const signed = items[0].id
  await assert.rejects(
    db.inTenant(clerk, (tx) => sql`update finance.statement set closing = 1 where id = ${signed}`.execute(tx.sql)),
    /stays as it is/,
  )
  await assert.rejects(
    db.inTenant(clerk, (tx) => sql`delete from finance.statement_line where statement_id = ${signed}`.execute(tx.sql)),
    /stay as they are/,
  )
  await assert.rejects(
    db.inTenant(as(rival, '对手'), (tx) => wholeStatement(tx, signed)),
    codeIs(financeErrors.notFound),
  )
})
