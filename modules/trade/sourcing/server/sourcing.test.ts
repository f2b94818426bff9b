import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { opaque } from '#kernel/postgres.ts'
import type { LineContent } from '#modules/trade/orders/order-content.ts'
import { decimal, writeDecimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import { chinaDay, shiftDate } from '#values/instant.ts'
import type { BidLine, Draft, InvitationId, RequestId } from '../contract.ts'
import { agreementFromAward } from './agreements/award-agreement.ts'
import { createAgreement } from './agreements/propose-agreement.ts'
import { awardRequest } from './award-request.ts'
import { createRequest, updateRequest } from './draft-request.ts'
import { orderAward } from './order-award.ts'
import { askQuestion, declineInvitation, handInBid } from './quote.ts'
import { bidsOf, invitationPage, readInvitation, readRequest, requestPage } from './request-store.ts'
import { answerQuestion, cancelRequest, extendDeadline, publishRequest } from './run-request.ts'
import { failsWith as otherFailsWith, testRooms } from './test-rooms.ts'
import { toDetail, toInvitationDetail } from './views.ts'

const bed = await testRooms({ after })
const { rooms, pools, as, buyer, first, second, third, stranger, house, cover } = bed
const owner = new pg.Client({ connectionString: Object.assign(new URL(pools.ownerUrl), { username: 'postgres' }).href })
await owner.connect()
owner.on('error', () => undefined)
after(() => owner.end())

const failsWith = (code: string) => otherFailsWith(`sourcing.${code}`)
const draft = (deadlineMs: number, change: Partial<Draft> = {}): Draft => ({
  title: '2027 年箱体',
  currency: 'CNY',
  deadline: new Date(deadlineMs).toISOString(),
  deliverTo: '两江一号库',
  note: '',
  lines: [
    { materialId: house, unit: 'C62', quantity: '1000', day: '2099-01-10', note: '' },
    { materialId: cover, unit: 'C62', quantity: '500', day: null, note: '' },
  ],
  supplierIds: [first, second, third],
  ...change,
})
const offer = (no: number, netPrice: string, change: Partial<BidLine> = {}): BidLine => ({
  no,
  netPrice,
  taxRate: '0.13',
  leadTimeDays: 20,
  minimum: null,
  validUntil: null,
  mouldOwner: 'buyer',
  mouldCost: '120000',
  note: '',
  ...change,
})
const request = (id: RequestId) => {
  const ctx = as(buyer)
  return rooms.db.inTenant(ctx, async (tx) => toDetail(rooms, tx, ctx, await readRequest(tx, id)))
}
const invitationOf = async (orgId: OrgId, requestId: RequestId) => {
  const ctx = as(orgId)
  const page = await rooms.db.inTenant(ctx, (tx) => invitationPage(tx, { sort: '-createdAt', limit: 50 }, (row) => row))
  const row = page.items.find((one) => one.request_id === requestId)
  assert.ok(row)
  return rooms.db.inTenant(ctx, (tx) => toInvitationDetail(tx, ctx, row))
}
const published = async (deadlineMs: number, change: Partial<Draft> = {}) => {
  const made = await createRequest(rooms, as(buyer), draft(deadlineMs, change))
  return publishRequest(rooms, as(buyer), made.id, made.version)
}
const bid = async (orgId: OrgId, requestId: RequestId, lines: BidLine[]) => {
  const { id, version } = await invitationOf(orgId, requestId)
  return handInBid(rooms, as(orgId), id, { version, note: '含运费', lines })
}
const asApp = async <T>(orgId: OrgId, work: () => Promise<T>): Promise<T> => {
  await owner.query('begin')
  try {
    await owner.query('set local role lianshu_app')
    await owner.query("select set_config('app.org', $1, true)", [orgId])
    return await work()
  } finally {
    await owner.query('rollback')
  }
}

test('a sealed bid gives the buyer nothing before the deadline, by no way that the application has, and opens by itself', async () => {
  const made = await published(Date.now() + 2_500)
  await bid(first, made.id, [offer(1, '48.123456'), offer(2, '12')])
  const before = await request(made.id)
  assert.deepEqual([before.phase, before.comparison, before.suppliers.map((one) => one.total)], ['bidding', [], [null, null, null]])
  assert.deepEqual(before.suppliers.map((one) => one.state).sort(), ['invited', 'invited', 'quoted'])
  // Raw SQL of the application role in the buyer's name, whatever it asks for.
  await asApp(buyer, async () => {
    assert.equal((await owner.query('select * from sourcing.bid')).rowCount, 0)
    assert.equal((await owner.query('select count(*)::int as n from sourcing.bid')).rows[0].n, 0)
    assert.equal((await owner.query("select * from kernel.audit where entity = 'sourcing.bid'")).rowCount, 0)
    const outbox = await owner.query("select 1 from kernel.audit where after::text like '%48.123456%' or before::text like '%48.123456%'")
    assert.equal(outbox.rowCount, 0)
  })
  await asApp(buyer, () => assert.rejects(owner.query("update sourcing.bid set opens_at = now() - interval '1 hour'"), /permission denied/))
  await asApp(buyer, () =>
    assert.rejects(owner.query("update sourcing.invitation set deadline = now() - interval '1 hour'"), /only moves on/),
  )
  await asApp(buyer, async () => {
    await owner.query("select sourcing.extend_seal($1, now() - interval '1 hour')", [made.id])
    assert.equal((await owner.query('select * from sourcing.bid')).rowCount, 0)
  })
  await assert.rejects(
    awardRequest(rooms, as(buyer), made.id, {
      version: before.version,
      reason: '',
      awards: [{ no: 1, supplierId: first, share: '1', reason: '' }],
    }),
    failsWith('sealed'),
  )
  await sleep(Date.parse(before.deadline) - Date.now() + 50)
  const opened = await request(made.id)
  assert.equal(opened.phase, 'opened')
  assert.deepEqual(
    opened.comparison[0]?.bids.map((one) => [one.bid?.netPrice, one.grossPrice, one.amount?.amount, one.lowest]),
    [['48.123456', '54.379505', '48123.46', true]],
  )
  // Too late for everybody else, by the code and by the database.
  const late = await invitationOf(second, made.id)
  await assert.rejects(
    handInBid(rooms, as(second), late.id, { version: late.version, note: '', lines: [offer(1, '1')] }),
    failsWith('deadlinePassed'),
  )
  await asApp(second, () =>
    assert.rejects(
      owner.query(
        `insert into sourcing.bid (invitation_id, request_id, buyer_org, supplier_org, no, opens_at, lines, note, handed_in_at)
         values ($1, $2, $3, $4, 1, now() + interval '1 day', '[]', '', now())`,
        [late.id, made.id, buyer, second],
      ),
      /row-level security/,
    ),
  )
})

test('one supplier never sees another, nor that there is one', async () => {
  const made = await published(Date.now() + 60_000)
  await bid(first, made.id, [offer(1, '50')])
  const seen = JSON.stringify(await invitationOf(second, made.id))
  for (const hidden of [first, third, '应龙压铸', '毕方压铸']) assert.ok(!seen.includes(hidden))
  await asApp(second, async () => {
    for (const table of ['invitation', 'bid', 'question', 'clarification'])
      assert.equal((await owner.query(`select 1 from sourcing.${table} where supplier_org <> $1`, [second])).rowCount, 0)
    assert.equal((await owner.query('select 1 from sourcing.request')).rowCount, 0)
  })
  const foreign = (await invitationOf(first, made.id)).id
  await assert.rejects(
    rooms.db.inTenant(as(second), (tx) => readInvitation(tx, foreign)),
    failsWith('notFound'),
  )
  await assert.rejects(
    rooms.db.inTenant(as(stranger), (tx) => readInvitation(tx, foreign)),
    failsWith('notFound'),
  )
  await assert.rejects(
    rooms.db.inTenant(as(first), (tx) => readRequest(tx, made.id)),
    failsWith('notFound'),
  )
  await asApp(first, () =>
    assert.rejects(owner.query('update sourcing.invitation set deadline = deadline + interval $$1 day$$'), /the buyer's to set/),
  )
})

test('a moved deadline moves the seal with it; a bid may be replaced until then, and every version stays', async () => {
  const made = await published(Date.now() + 1_500)
  await bid(first, made.id, [offer(1, '50')])
  const mine = await bid(first, made.id, [offer(1, '47')])
  assert.equal(mine.bid?.no, 2)
  await assert.rejects(
    extendDeadline(rooms, as(buyer), made.id, { version: made.version, deadline: new Date(Date.now() + 500).toISOString() }),
    failsWith('deadlineTooEarly'),
  )
  const moved = await extendDeadline(rooms, as(buyer), made.id, {
    version: made.version,
    deadline: new Date(Date.now() + 60_000).toISOString(),
  })
  await sleep(1_600)
  assert.deepEqual([(await request(made.id)).comparison, (await invitationOf(first, made.id)).phase], [[], 'bidding'])
  await asApp(buyer, async () =>
    assert.equal((await owner.query("select 1 from kernel.audit where coalesce(after::text, '') like '%\"47\"%'")).rowCount, 0),
  )
  assert.equal((await owner.query('select 1 from sourcing.bid where request_id = $1', [made.id])).rowCount, 2)
  assert.equal((await rooms.db.inTenant(as(buyer), (tx) => bidsOf(tx, made.id))).length, 0)
  assert.ok(moved.version > made.version)
})

test('an answer goes to all without who asked', async () => {
  const made = await published(Date.now() + 60_000)
  const asker = await invitationOf(second, made.id)
  await askQuestion(rooms, as(second), asker.id, '烛龙现有模具能否继续使用？')
  const [question] = (await request(made.id)).questions
  assert.ok(question)
  assert.equal(question.supplierName, '烛龙压铸')
  await answerQuestion(rooms, as(buyer), question.id, { version: question.version, question: '现有模具能否继续使用？', answer: '可以' })
  await assert.rejects(
    answerQuestion(rooms, as(buyer), question.id, { version: question.version, question: 'x', answer: 'y' }),
    failsWith('changedMeanwhile'),
  )
  for (const supplier of [first, second, third]) {
    const { clarifications, questions } = await invitationOf(supplier, made.id)
    assert.deepEqual(
      clarifications.map((one) => [one.question, one.answer]),
      [['现有模具能否继续使用？', '可以']],
    )
    assert.equal(questions.length, supplier === second ? 1 : 0)
  }
})

const catalogueOf = (supplier: OrgId) =>
  rooms.db.inTenant(as(buyer), async (tx) => {
    const [wanted, day] = [
      [house, cover].map((materialId) => ({ materialId, unit: 'C62', quantity: decimal('1000') })),
      chinaDay(new Date()),
    ]
    const sources = await rooms.materials.sourcesOf(opaque(tx), supplier, [house, cover], day)
    const prices = await rooms.materials.pricesFor(opaque(tx), supplier, day, 'CNY', wanted)
    return [sources.size, ...prices.map((price) => price && writeDecimal(price.netPrice))]
  })

test('split by line and share: prices, sources and orders follow with the award or not at all, and each supplier hears his own result', async () => {
  const made = await published(Date.now() + 1_500)
  await bid(first, made.id, [offer(1, '50'), offer(2, '12', { leadTimeDays: 10 })])
  await bid(second, made.id, [offer(1, '48', { minimum: '200' })])
  const declining = await invitationOf(third, made.id)
  await declineInvitation(rooms, as(third), declining.id, { version: declining.version, reason: '产能已满' })
  await sleep(Date.parse(made.deadline) - Date.now() + 50)
  const opened = await request(made.id)
  assert.equal(opened.suppliers.find((one) => one.supplierId === third)?.declineReason, '产能已满')
  assert.deepEqual(
    opened.suppliers.map((one) => one.punctuality),
    [null, null, null],
  )
  const awards = [
    { no: 1, supplierId: second, share: '0.7', reason: '' },
    { no: 1, supplierId: first, share: '0.3', reason: '保供' },
    { no: 2, supplierId: first, share: '1', reason: '' },
  ]
  await assert.rejects(
    awardRequest(rooms, as(buyer), made.id, {
      version: opened.version,
      reason: '',
      awards: [{ no: 1, supplierId: third, share: '1', reason: 'x' }],
    }),
    failsWith('notQuoted'),
  )
  // A price that begins later stands in the way of an endless one: there is no award then, and nothing of it.
  const inTheWay = { materialId: cover, supplier: first, currency: 'CNY', unit: 'C62', taxRate: decimal('0.13') } as const
  await bed.materials.public.createSources(as(buyer), [{ materialId: cover, supplier: first, validFrom: '2026-01-01' }])
  await bed.materials.public.createPrices(as(buyer), [{ ...inTheWay, netPrice: decimal('11'), validFrom: '2030-01-01' }])
  const award = { version: opened.version, reason: '', awards }
  await assert.rejects(awardRequest(rooms, as(buyer), made.id, award), otherFailsWith('materials.priceOverlaps'))
  assert.deepEqual(
    [(await request(made.id)).phase, await catalogueOf(first), await catalogueOf(second)],
    ['opened', [1, undefined, undefined], [0, undefined, undefined]],
  )
  await owner.query('update materials.price set withdrawn_at = now() where valid_from = $1', ['2030-01-01'])
  const done = await awardRequest(rooms, as(buyer), made.id, award)
  assert.deepEqual(
    done.awards.map((one) => [one.no, one.quantity]),
    [
      [1, '700'],
      [1, '300'],
      [2, '500'],
    ],
  )
  assert.deepEqual(
    [await catalogueOf(first), await catalogueOf(second)],
    [
      [2, '50', '12'],
      [1, '48', undefined],
    ],
  )
  const results = await Promise.all([first, second, third].map((one) => invitationOf(one, made.id)))
  assert.deepEqual(
    results.map((one) => one.awarded?.map((line) => [line.no, line.quantity])),
    [
      [
        [1, '300'],
        [2, '500'],
      ],
      [[1, '700']],
      [],
    ],
  )
  await assert.rejects(cancelRequest(rooms, as(buyer), made.id, { version: done.version, reason: 'x' }), failsWith('notAllowedNow'))

  assert.deepEqual(done.actions, ['order'])
  const ordered = await Promise.all([0, 1].map(() => orderAward(rooms, as(buyer), made.id, { version: done.version, day: null })))
  const [one, again] = ordered
  assert.deepEqual([one?.orders.length, one?.orders, one?.actions], [2, again?.orders, []])
  const { rows } = await owner.query(
    `select o.supplier_org, o.state, d.content from orders.order o join orders.draft d on d.order_id = o.id where o.buyer_org = $1`,
    [buyer],
  )
  const lead = (days: number) => shiftDate(chinaDay(new Date()), days)
  assert.deepEqual(
    rows
      .map(({ supplier_org, state, content: { terms, lines } }) => [
        supplier_org === first ? 'first' : 'second',
        state,
        terms.reference,
        terms.deliverTo,
        lines.map((line: LineContent) => [line.materialCode, line.netPrice, line.schedule.map((slot) => slot.requested)]),
      ])
      .sort(),
    [
      [
        'first',
        'draft',
        made.number,
        '两江一号库',
        [
          ['HS-01', '50', [{ quantity: '300', day: '2099-01-10' }]],
          ['CV-02', '12', [{ quantity: '500', day: lead(10) }]],
        ],
      ],
      ['second', 'draft', made.number, '两江一号库', [['HS-01', '48', [{ quantity: '700', day: '2099-01-10' }]]]],
    ],
  )

  // The same award as an agreement: its materials, prices and quantities, and the number of the request for good.
  const drawn = await agreementFromAward(rooms, as(buyer), made.id, first)
  assert.deepEqual(
    [drawn.content.reference, drawn.content.lines.map((line) => [line.code, line.breaks[0]?.netPrice, line.targetQuantity])],
    [
      made.number,
      [
        ['HS-01', '50', '300'],
        ['CV-02', '12', '500'],
      ],
    ],
  )
  await assert.rejects(agreementFromAward(rooms, as(buyer), made.id, third), failsWith('notFound'))
  await assert.rejects(agreementFromAward(rooms, as(first), made.id, first), failsWith('notFound'))
  const { reference: _, lines, ...terms } = drawn.content
  const proposal = { ...terms, lines: lines.map((line) => ({ ...line, no: null })), supplierId: first }
  await assert.rejects(createAgreement(rooms, as(buyer), { ...proposal, supplierId: third, requestId: made.id }), failsWith('notFound'))
  const agreement = await createAgreement(rooms, as(buyer), { ...proposal, requestId: made.id })
  assert.deepEqual([agreement.content.reference, agreement.phase], [made.number, 'proposed'])
  assert.deepEqual((await request(made.id)).agreements, [{ supplierId: first, agreementId: agreement.id, number: agreement.number }])
})

test('a draft is the buyer’s alone and changes; what is wrong is said; what was cancelled takes no bid', async () => {
  await assert.rejects(createRequest(rooms, as(buyer), draft(Date.now() + 60_000, { supplierIds: [stranger] })), failsWith('noSupplier'))
  await assert.rejects(
    createRequest(
      rooms,
      as(buyer),
      draft(Date.now() + 60_000, { lines: [{ materialId: house, unit: 'box', quantity: '1', day: null, note: '' }] }),
    ),
    failsWith('materialUnknown'),
  )
  const made = await createRequest(rooms, as(buyer), draft(Date.now() - 1_000))
  await assert.rejects(publishRequest(rooms, as(buyer), made.id, made.version), failsWith('deadlineTooEarly'))
  const changed = await updateRequest(rooms, as(buyer), made.id, {
    ...draft(Date.now() + 60_000, { title: '改名' }),
    version: made.version,
  })
  await assert.rejects(
    updateRequest(rooms, as(buyer), made.id, { ...draft(Date.now() + 60_000), version: made.version }),
    failsWith('changedMeanwhile'),
  )
  const sent = await publishRequest(rooms, as(buyer), made.id, changed.version)
  await assert.rejects(
    updateRequest(rooms, as(buyer), made.id, { ...draft(Date.now() + 60_000), version: sent.version }),
    failsWith('notAllowedNow'),
  )
  const mine = await invitationOf(first, made.id)
  await assert.rejects(
    handInBid(rooms, as(first), mine.id, { version: mine.version, note: '', lines: [offer(9, '1')] }),
    failsWith('lineUnknown'),
  )
  const cancelled = await cancelRequest(rooms, as(buyer), made.id, { version: sent.version, reason: '需求取消' })
  assert.equal(cancelled.phase, 'cancelled')
  const after_ = await invitationOf(first, made.id)
  await assert.rejects(
    handInBid(rooms, as(first), after_.id as InvitationId, { version: after_.version, note: '', lines: [offer(1, '1')] }),
    failsWith('notAllowedNow'),
  )
  const page = await rooms.db.inTenant(as(buyer), (tx) =>
    requestPage(tx, { sort: '-createdAt', limit: 50, phase: 'cancelled', search: '改名' }, new Date(), (row) => row.id),
  )
  assert.deepEqual(page.items, [made.id])
})

test('a material asked for on two lines is awarded on both; the price of the first is listed', async () => {
  const two = [
    { materialId: cover, unit: 'C62', quantity: '10', day: '2099-01-10', note: '' },
    { materialId: cover, unit: 'C62', quantity: '20', day: '2099-03-10', note: '' },
  ]
  const made = await published(Date.now() + 1_000, { lines: two as Draft['lines'], supplierIds: [second] })
  await bid(second, made.id, [offer(1, '13'), offer(2, '14')])
  await sleep(Date.parse(made.deadline) - Date.now() + 50)
  const { version } = await request(made.id)
  const awards = [1, 2].map((no) => ({ no, supplierId: second, share: '1', reason: '' }))
  const done = await awardRequest(rooms, as(buyer), made.id, { version, reason: '', awards })
  assert.deepEqual([done.phase, done.awards.map((one) => one.netPrice), (await catalogueOf(second))[2]], ['awarded', ['13', '14'], '13'])
})
