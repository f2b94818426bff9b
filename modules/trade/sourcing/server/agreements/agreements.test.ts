import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { systemClock } from '#kernel/clock.ts'
import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { OrderId } from '#modules/trade/orders/contract.ts'
import { chinaDay, shiftDate } from '#values/instant.ts'
import { type Agreement, type AgreementId, ProposedContent } from '../../agreement-contract.ts'
import type { Rooms } from '../rooms.ts'
import { failsWith, testRooms } from '../test-rooms.ts'
import { agreementPage, readAgreement } from './agreement-store.ts'
import { toAgreement } from './agreement-view.ts'
import { refuseAgreement, signAgreement, terminateAgreement, withdrawAgreement } from './answer-agreement.ts'
import { callOff, releaseCallOff } from './call-off.ts'
import { createAgreement, proposeAgreement } from './propose-agreement.ts'

const bed = await testRooms({ after })
const { rooms, pools, as, buyer, first, second, stranger, house, cover } = bed
const owner = new pg.Client({ connectionString: Object.assign(new URL(pools.ownerUrl), { username: 'postgres' }).href })
await owner.connect()
owner.on('error', () => undefined)
after(() => owner.end())
await bed.materials.public.createSources(as(buyer), [
  { materialId: house, supplier: first, validFrom: '2026-01-01' },
  { materialId: cover, supplier: first, validFrom: '2026-01-01' },
])

const today = chinaDay(systemClock.now())
const day = (days: number) => shiftDate(today, days)
const part = { unit: 'C62', taxRate: '0.13', targetAmount: null }
const content = (change: Partial<ProposedContent> = {}): ProposedContent =>
  ProposedContent.parse({
    title: '2027 年箱体',
    validFrom: today,
    validUntil: day(365),
    noticeDays: 30,
    deliverTo: '两江一号库',
    paymentTerms: '月结 60 天',
    paymentDays: 60,
    overTarget: '0.1',
    note: '',
    lines: [
      {
        ...part,
        no: null,
        materialId: house,
        breaks: [
          { from: '0', netPrice: '50' },
          { from: '500', netPrice: '48.5' },
        ],
        targetQuantity: '1000',
      },
      { ...part, no: null, materialId: cover, breaks: [{ from: '0', netPrice: '12' }], targetQuantity: null },
    ],
    ...change,
  })
const proposed = (change: Partial<ProposedContent> = {}) =>
  createAgreement(rooms, as(buyer), { ...content(change), kind: 'scheduling', currency: 'CNY', supplierId: first })
const read = (orgId: typeof buyer, id: AgreementId) => {
  const ctx = as(orgId)
  return rooms.db.inTenant(ctx, async (tx) => toAgreement(rooms, tx, ctx, await readAgreement(tx, id)))
}
const signed = (one: Agreement) => {
  const open = one.revisions.find((revision) => revision.no === one.openRevision)
  return signAgreement(rooms, as(first), one.id, { version: one.version, revision: open?.no ?? 0, hash: open?.hash ?? '' })
}
const call = async (id: AgreementId, lines: [number, ...[number, string][]][], ctx: Context = as(buyer)) =>
  callOff(rooms, ctx, id, {
    version: (await read(buyer, id)).version,
    note: '',
    lines: lines.map(([no, ...slots]) => ({ no, schedule: slots.map(([days, quantity]) => ({ day: day(days), quantity })) })),
  })
const cumulative = (one: Agreement) => one.cumulative.map((line) => [line.calledOff, line.shipped, line.received, line.open, line.left])
const asApp = async <T>(orgId: string, work: () => Promise<T>): Promise<T> => {
  await owner.query('begin')
  try {
    await owner.query('set local role lianshu_app')
    await owner.query("select set_config('app.org', $1, true)", [orgId])
    return await work()
  } finally {
    await owner.query('rollback')
  }
}

test('in force is what both have signed: not before, not another content, and never by one side alone', async () => {
  const made = await proposed()
  assert.deepEqual([made.phase, made.actions, made.number.slice(0, 3)], ['proposed', ['withdraw'], 'SA-'])
  await assert.rejects(call(made.id, [[1, [10, '5']]]), failsWith('sourcing.notAllowedNow'))
  const version = made.version
  await assert.rejects(
    signAgreement(rooms, as(first), made.id, { version, revision: 1, hash: '0'.repeat(64) }),
    failsWith('sourcing.changedMeanwhile'),
  )
  const hash = made.revisions[0]?.hash ?? ''
  await assert.rejects(signAgreement(rooms, as(buyer), made.id, { version, revision: 1, hash }), failsWith('sourcing.notAllowedNow'))
  for (const other of [second, stranger])
    await assert.rejects(signAgreement(rooms, as(other), made.id, { version, revision: 1, hash }), failsWith('sourcing.agreementNotFound'))
  await asApp(buyer, () =>
    assert.rejects(
      owner.query("update sourcing.agreement set agreed_revision = 1, open_revision = null, state = 'inForce' where id = $1", [made.id]),
      /signatures of both/,
    ),
  )
  await asApp(buyer, () =>
    assert.rejects(
      owner.query(
        `insert into sourcing.agreement_signature (agreement_id, revision_no, buyer_org, supplier_org, side, hash, person_id, person, at)
         values ($1, 1, $2, $3, 'supplier', $4, 'x', 'x', now())`,
        [made.id, buyer, first, hash],
      ),
      /row-level security/,
    ),
  )
  await asApp(buyer, () => assert.rejects(owner.query("update sourcing.agreement_revision set content = '{}'"), /permission denied/))
  const done = await signed(await read(first, made.id))
  assert.deepEqual(
    [done.phase, done.agreedRevision, done.revisions[0]?.signatures.map((one) => one.side), done.actions],
    ['inForce', 1, ['buyer', 'supplier'], ['propose', 'terminate']],
  )
  for (const other of [second, stranger])
    await asApp(other, async () => {
      for (const table of ['agreement', 'agreement_revision', 'agreement_signature', 'call_off'])
        assert.equal((await owner.query(`select 1 from sourcing.${table}`)).rowCount, 0)
    })
})

test('a term of payment beyond the law: told to both who sign, kept with the signatures; where the rule blocks, nobody signs', async () => {
  const rule = { days: 60, name: '60 days', source: 'the regulation', blocking: false }
  const under = (limit: typeof rule): Rooms => ({
    ...rooms,
    termLimit: async (_, { beyond = 0 }) => (beyond > limit.days ? limit : undefined),
  })
  const propose = (limit: typeof rule, paymentDays: number) =>
    createAgreement(under(limit), as(buyer), { ...content({ paymentDays }), kind: 'scheduling', currency: 'CNY', supplierId: first })
  assert.equal((await propose(rule, 60)).termLimit, null)
  const made = await propose(rule, 90)
  assert.deepEqual(made.termLimit, rule)
  const open = { version: made.version, revision: 1, hash: made.revisions[0]?.hash ?? '' }
  const blocking = { ...rule, blocking: true }
  await assert.rejects(signAgreement(under(blocking), as(first), made.id, open), failsWith('sourcing.termTooLong'))
  await assert.rejects(propose(blocking, 90), failsWith('sourcing.termTooLong'))
  const done = await signAgreement(under(rule), as(first), made.id, open)
  const told = { days: 60, source: 'the regulation' }
  assert.deepEqual(
    done.revisions[0]?.signatures.map((one) => one.termLimit),
    [told, told],
  )
})

test('what is called off by an agreement on consigned goods is consigned, and no later revision changes that', async () => {
  const made = await createAgreement(rooms, as(buyer), {
    ...content(),
    kind: 'scheduling',
    currency: 'CNY',
    supplierId: first,
    consigned: true,
  })
  await signed(made)
  const { version } = await read(first, made.id)
  const lines = made.content.lines.map((line) => ({ ...line, targetQuantity: '2000' }))
  const amended = await proposeAgreement(rooms, as(first), made.id, { version, content: content({ lines }), note: '' })
  assert.deepEqual([made.content.consigned, amended.openContent?.consigned], [true, true])
  const [call1] = (await call(made.id, [[1, [30, '100']]])).releases
  const [call2] = (await call((await signed(await proposed())).id, [[1, [30, '100']]])).releases
  const passes = (id: string | undefined) =>
    owner.query(`select content->'terms'->>'titlePasses' as passes from orders.revision where order_id = $1`, [id])
  assert.deepEqual((await passes(call1?.orderId)).rows, [{ passes: 'usage' }])
  assert.deepEqual((await passes(call2?.orderId)).rows, [{ passes: 'acceptance' }])
})

test('refused and proposed anew; an amendment leaves what is in force until both have signed it; lines keep their numbers', async () => {
  const made = await proposed()
  const refused = await refuseAgreement(rooms, as(first), made.id, { version: made.version, reason: '铝价上涨' })
  assert.deepEqual([refused.phase, refused.revisions[0]?.reason], ['refused', '铝价上涨'])
  const [housing, lid] = refused.content.lines
  assert.ok(housing && lid)
  const dearer = { ...housing, breaks: [{ from: '0', netPrice: '52' }] }
  const again = await proposeAgreement(rooms, as(buyer), made.id, {
    version: refused.version,
    note: '',
    content: content({ lines: [dearer] }),
  })
  const inForce = await signed(again)
  assert.deepEqual([inForce.phase, inForce.content.lines.map((line) => [line.no, line.breaks[0]?.netPrice])], ['inForce', [[1, '52']]])
  const amending = await proposeAgreement(rooms, as(buyer), made.id, {
    version: inForce.version,
    note: '加端盖',
    content: content({ lines: [dearer, { ...lid, no: null }] }),
  })
  assert.deepEqual(
    [amending.phase, amending.content.lines.length, amending.openContent?.lines.map((line) => line.no)],
    ['amending', 1, [1, 3]],
  )
  const back = await withdrawAgreement(rooms, as(buyer), made.id, amending.version)
  assert.deepEqual([back.phase, back.agreedRevision, back.openContent], ['inForce', 2, null])
  await assert.rejects(
    proposeAgreement(rooms, as(buyer), made.id, { version: amending.version, note: '', content: content() }),
    failsWith('sourcing.changedMeanwhile'),
  )
  await assert.rejects(proposed({ validUntil: day(-1), validFrom: day(-9) }), failsWith('sourcing.contentInvalid'))
})

test('a supplier counters: each content stays as it was signed, whoever answers signs the hash of what he has seen', async () => {
  const made = await proposed()
  const [housing, lid] = made.content.lines
  assert.ok(housing && lid)
  const dearer = { ...housing, breaks: [{ from: '0', netPrice: '53' }] }
  const counter = (lines: ProposedContent['lines'], version = made.version) =>
    proposeAgreement(rooms, as(first), made.id, { version, note: '铝价上涨', content: content({ noticeDays: 60, lines }) })
  await assert.rejects(counter([dearer, { ...lid, no: null }]), failsWith('sourcing.contentInvalid'))
  await assert.rejects(counter([{ ...dearer, materialId: cover }]), failsWith('sourcing.contentInvalid'))
  for (const other of [second, stranger])
    await assert.rejects(
      proposeAgreement(rooms, as(other), made.id, { version: made.version, note: '', content: content() }),
      failsWith('sourcing.agreementNotFound'),
    )
  const countered = await counter([dearer])
  assert.deepEqual(
    countered.revisions.map((one) => [one.no, one.side, one.outcome, one.signatures.map((signature) => signature.side)]),
    [
      [2, 'supplier', 'open', ['supplier']],
      [1, 'buyer', 'superseded', ['buyer']],
    ],
  )
  assert.deepEqual([countered.turn, countered.actions], ['buyer', ['withdraw']])
  assert.deepEqual(
    countered.openChanges.map((change) => [change.line, change.field, change.was, change.becomes]),
    [
      [null, 'noticeDays', '30', '60'],
      [1, 'breaks', '0: 50; 500: 48.5', '0: 53'],
      [2, 'dropped', '0: 12', null],
    ],
  )
  // Nobody writes in the other's name, whatever the code asks.
  await asApp(first, () =>
    assert.rejects(
      owner.query(
        `insert into sourcing.agreement_revision (agreement_id, no, buyer_org, supplier_org, side, outcome, content, hash, note, at)
         select agreement_id, 9, buyer_org, supplier_org, 'buyer', 'open', content, hash, note, at from sourcing.agreement_revision
         where agreement_id = $1 and no = 1`,
        [made.id],
      ),
      /row-level security/,
    ),
  )
  const hashOf = (one: Agreement, no: number) => one.revisions.find((revision) => revision.no === no)?.hash ?? ''
  const answer = (orgId: typeof buyer, revision: number, hash: string, version = countered.version) =>
    signAgreement(rooms, as(orgId), made.id, { version, revision, hash })
  await assert.rejects(answer(first, 2, hashOf(countered, 2)), failsWith('sourcing.notAllowedNow'))
  await assert.rejects(answer(buyer, 1, hashOf(countered, 1)), failsWith('sourcing.changedMeanwhile'))
  const done = await answer(buyer, 2, hashOf(countered, 2))
  assert.deepEqual([done.phase, done.agreedRevision, done.content.lines.length, done.content.noticeDays], ['inForce', 2, 1, 60])
  // In force he may ask for another price; what is in force stays so.
  const asked = await counter([{ ...dearer, breaks: [{ from: '0', netPrice: '55' }] }], done.version)
  assert.deepEqual([asked.phase, asked.turn, asked.agreedRevision, asked.openChanges.length], ['amending', 'buyer', 2, 1])
  const no = await refuseAgreement(rooms, as(buyer), made.id, { version: asked.version, reason: '按原价' })
  assert.deepEqual([no.phase, no.content.lines[0]?.breaks[0]?.netPrice, no.turn], ['inForce', '53', null])
})

test('call-offs are numbered and stand for good, become orders at the agreed price, and both see the same cumulative quantities', async () => {
  const { id } = await signed(await proposed())
  const one = await call(id, [
    [1, [30, '300'], [20, '200']],
    [2, [20, '40']],
  ])
  assert.deepEqual(
    one.releases.map((release) => [release.no, release.orderState, release.lines.map((line) => [line.no, line.netPrice, line.cumulative])]),
    [
      [
        1,
        'proposed',
        [
          [1, '48.5', '500'],
          [2, '12', '40'],
        ],
      ],
    ],
  )
  assert.deepEqual(one.releases[0]?.lines[0]?.schedule, [
    { day: day(20), quantity: '200' },
    { day: day(30), quantity: '300' },
  ])
  const orderId = one.releases[0]?.orderId as OrderId
  const { rows } = await owner.query('select content from orders.revision where order_id = $1', [orderId])
  assert.deepEqual(
    [rows[0].content.terms.reference, rows[0].content.terms.paymentTerms, rows[0].content.lines[0].netPrice],
    [one.number, '月结 60 天', '48.5'],
  )
  // 1000 and a tenth more may be called off, 500 are.
  await assert.rejects(call(id, [[1, [40, '600.000001']]]), failsWith('sourcing.aboveTarget'))
  const two = await call(id, [[1, [40, '100']]])
  assert.deepEqual(
    two.releases.map((release) => [release.no, release.lines[0]?.netPrice, release.lines[0]?.cumulative]),
    [
      [2, '50', '600'],
      [1, '48.5', '500'],
    ],
  )
  // Goods move by the counters of the orders alone.
  await bed.orders.public.step(as(first), orderId, { do: 'accept' })
  const lines = await rooms.db.inTenant(as(first), (tx) => bed.orders.public.shippable(opaque(tx), { orderId }))
  const slot = lines.find((line) => line.agreedDay === day(20) && line.materialId === house)
  assert.ok(slot)
  await rooms.db.inTenant(as(first), (tx) => bed.orders.public.addShipped(opaque(tx), as(first), [{ id: slot.id, quantity: 200_000_000n }]))
  await rooms.db.inTenant(as(buyer), (tx) =>
    bed.orders.public.addReceived(opaque(tx), as(buyer), [{ id: slot.id, accepted: 150_000_000n, rejected: 0n, day: today }]),
  )
  const [ours, theirs] = [await read(buyer, id), await read(first, id)]
  assert.deepEqual(cumulative(ours), [
    ['600', '200', '150', '450', '500'],
    ['40', '0', '0', '40', null],
  ])
  assert.deepEqual([theirs.cumulative, theirs.releases], [ours.cumulative, ours.releases])
  // What the supplier refuses is called off no more.
  await bed.orders.public.step(as(first), two.releases[0]?.orderId as OrderId, { do: 'reject', reason: '产能不足' })
  assert.deepEqual(cumulative(await read(first, id))[0], ['500', '200', '150', '350', '600'])
  await assert.rejects(call(id, [[9, [10, '1']]]), failsWith('sourcing.lineUnknown'))
  await asApp(buyer, async () => {
    assert.equal((await owner.query("update sourcing.call_off set lines = '[]' where agreement_id = $1", [id])).rowCount, 0)
  })
  const stale = await read(buyer, id)
  await call(id, [[2, [10, '1']]])
  await assert.rejects(
    callOff(rooms, as(buyer), id, { version: stale.version, note: '', lines: [{ no: 2, schedule: [{ day: day(10), quantity: '1' }] }] }),
    failsWith('sourcing.changedMeanwhile'),
  )
})

test('an order of a call-off that is changed later keeps to the target and to the price that the agreement says now', async () => {
  const { id } = await signed(await proposed())
  const one = await call(id, [
    [1, [30, '400']],
    [2, [20, '40']],
  ])
  const orderId = one.releases[0]?.orderId as OrderId
  await bed.orders.public.step(as(first), orderId, { do: 'accept' })
  const other = await call(id, [[1, [40, '600']]])
  const change = (orgId: typeof buyer, quantity: string, netPrice?: string, added: object[] = []) =>
    bed.orders.public.step(as(orgId), orderId, {
      do: 'propose',
      proposal: {
        lines: [
          {
            no: 1,
            ...(netPrice !== undefined && { netPrice }),
            schedule: [{ no: 1, quantity, day: day(30), reason: '加量' }],
          },
        ],
        added: added as never,
      },
    })
  // 1000 of 1100 are called off: 100 more, not 101; 500 at once have the price of 500.
  await assert.rejects(change(buyer, '501', '48.5'), failsWith('sourcing.aboveTarget'))
  await assert.rejects(change(first, '501', '48.5'), failsWith('sourcing.aboveTarget'))
  await assert.rejects(change(buyer, '500'), failsWith('sourcing.priceNotAgreed'))
  await assert.rejects(change(buyer, '400', '49'), failsWith('sourcing.priceNotAgreed'))
  const more = [{ materialId: cover, unit: 'C62', netPrice: '1', taxRate: '0.13', schedule: [{ quantity: '9', day: day(20) }] }]
  await assert.rejects(change(buyer, '400', '50', more), failsWith('sourcing.callOffLinesOnly'))
  await change(buyer, '500', '48.5')
  // What was free when it was proposed may be called off by another order before it is signed.
  const last = await call(id, [[1, [50, '50']]])
  await assert.rejects(bed.orders.public.step(as(first), orderId, { do: 'accept' }), failsWith('sourcing.aboveTarget'))
  await bed.orders.public.step(as(first), last.releases[0]?.orderId as OrderId, { do: 'reject', reason: '产能不足' })
  await bed.orders.public.step(as(first), orderId, { do: 'accept' })
  const now = await read(first, id)
  // 500 at 48.50 and 600 at 48.50.
  assert.deepEqual(
    [cumulative(now)[0]?.[0], now.cumulative[0]?.amount.amount, other.cumulative[0]?.calledOff],
    ['1100', '53350.00', '1000'],
  )
  assert.deepEqual(
    now.releases.find((release) => release.orderId === orderId)?.lines.map((line) => [line.material, line.quantity, line.now]),
    [
      ['HS-01 箱体', '400', { quantity: '500', netPrice: '48.5' }],
      ['CV-02 端盖', '40', null],
    ],
  )
  // Less is always possible, at the price that stands.
  await change(first, '300')
  await bed.orders.public.step(as(buyer), orderId, { do: 'accept' })
  assert.deepEqual(cumulative(await read(buyer, id))[0]?.[0], '900')
})

test('nobody makes an order of an award or a call-off without the permission of orders', async () => {
  const { id, version } = await signed(await proposed())
  const ctx = as(buyer)
  const permissions = new Set([...ctx.scopes.permissions].filter((name) => name !== 'orders.manage'))
  const lines = [{ no: 2, schedule: [{ day: day(10), quantity: '1' }] }]
  await assert.rejects(
    callOff(rooms, { ...ctx, scopes: { ...ctx.scopes, permissions } }, id, { version, note: '', lines }),
    failsWith('orders.mayNotOrder'),
  )
})

test('a call-off whose order waits for an approval is seen by the supplier when it is proposed, and gets its number then', async () => {
  const { id } = await signed(await proposed())
  await owner.query(
    `insert into orders.setting (org_id, approval_limit, approval_currency, response_hours, over_tolerance, under_tolerance, grace_days, deliver_to, payment_terms)
     values ($1, 100000, 'CNY', 48, 0, 0, 0, '', '')`,
    [buyer],
  )
  const waiting = await call(id, [[1, [10, '100']]])
  assert.deepEqual([waiting.releases.map((one) => [one.no, one.orderState]), waiting.callOffs], [[[null, 'awaitingApproval']], 0])
  assert.deepEqual([(await read(first, id)).releases, cumulative(await read(first, id))[0]?.[0]], [[], '0'])
  assert.equal(cumulative(waiting)[0]?.[0], '100')
  const small = await call(id, [[2, [10, '3']]])
  assert.deepEqual(
    small.releases.map((one) => one.no),
    [1, null],
  )
  const orderId = waiting.releases[0]?.orderId as OrderId
  const organisations = { ...rooms.organisations, facts: async () => ({ orgId: buyer, orgNo: 1, active: true }) as never }
  const { handle } = releaseCallOff({ ...rooms, organisations, clock: systemClock })
  const event = { payload: { orderId, buyerOrg: buyer }, trace: uuidv7() } as never
  await handle(event)
  assert.equal((await read(buyer, id)).callOffs, 1)
  await bed.approve(as(buyer), orderId)
  await handle(event)
  await handle(event)
  const seen = await read(first, id)
  assert.deepEqual(seen.releases.map((one) => [one.no, one.orderState, one.lines[0]?.cumulative]).toSorted(), [
    [1, 'proposed', '3'],
    [2, 'proposed', '100'],
  ])
})

test('either side ends it with the notice that both have signed', async () => {
  const { id, version } = await signed(await proposed())
  const ended = await terminateAgreement(rooms, as(first), id, { version, reason: '停产' })
  assert.deepEqual([ended.phase, ended.endsOn, ended.endedBy], ['terminating', day(30), 'supplier'])
  const called = await call(id, [[1, [10, '5']]])
  assert.equal(called.callOffs, 1)
  const later = as(buyer, new Date(systemClock.now().getTime() + 31 * 86_400_000))
  await assert.rejects(call(id, [[1, [40, '5']]], later), failsWith('sourcing.notAllowedNow'))
  const list = (orgId: typeof buyer, side: 'buyer' | 'supplier', phase: 'terminating' | 'ended', at = today) =>
    rooms.db.inTenant(as(orgId), (tx) => agreementPage(tx, { sort: '-createdAt', limit: 50, side, phase }, at, (row) => row.id))
  assert.deepEqual((await list(first, 'supplier', 'terminating')).items, [id])
  assert.deepEqual((await list(buyer, 'buyer', 'ended', day(31))).items, [id])
  assert.deepEqual((await list(second, 'supplier', 'terminating')).items, [])
})
