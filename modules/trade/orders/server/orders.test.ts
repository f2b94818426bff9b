import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { opaque } from '#kernel/postgres.ts'
import { decimal } from '#values/decimal.ts'
import { OrgId } from '#values/ids.ts'
import { ordersErrors } from '../errors.ts'
import { Proposal } from '../proposal.ts'
import { acceptProposal, rejectProposal, withdrawProposal } from './answer-proposal.ts'
import { writeSetting } from './buyer-store.ts'
import { closeOrder } from './close-order.ts'
import { createOrder } from './create-order.ts'
import { deliveriesPublic } from './deliveries.ts'
import { editDraft } from './edit-draft.ts'
import { countOrders, listOrders } from './list-orders.ts'
import { proposeCancellation, proposeRevision } from './propose-revision.ts'
import { annotateOrder, getOrder, getRevision } from './read-order.ts'
import type { Rooms } from './rooms.ts'
import { approveOrder, sendBackOrder, submitOrder } from './submit-order.ts'
import { agreedOrder, draftOf, failsWith, house, openOf, person, proposedOrder, terms, testRooms } from './test-rooms.ts'

const bed = await testRooms({ after })
const { rooms, buyer, supplier, actors } = bed
const list = { sort: '-createdAt', limit: 50 }
const splitOf = (days: [string, string], reason = '') =>
  Proposal.parse({
    lines: [
      {
        no: 1,
        schedule: [
          { no: 1, quantity: '60', day: days[0], reason },
          { no: null, quantity: '40', day: days[1], reason },
          { no: 2, quantity: '50', day: '2026-12-20', reason },
        ],
      },
    ],
  })

test('a draft takes prices from the list, is numbered, and is invisible to the supplier', async () => {
  const id = await createOrder(rooms, actors.buyer, draftOf(supplier))
  const order = await getOrder(rooms, actors.buyer, id)
  assert.match(order.number, /^PO-202611-\d{5}$/)
  assert.deepEqual([order.state, order.turn, order.side], ['draft', null, 'buyer'])
  // 48.5 × 150 = 7275.00; 126.123456 × 10 = 1261.23; 13 %: 945.75 + 163.96
  assert.deepEqual([order.net.amount, order.gross.amount], ['8536.23', '9645.94'])
  assert.deepEqual(order.actions.sort(), ['edit', 'submit', 'withdraw'])
  await assert.rejects(getOrder(rooms, actors.supplier, id), failsWith(ordersErrors.notFound.code))
  assert.equal((await listOrders(rooms, actors.supplier, { ...list, side: 'supplier' })).total, 0)
  await assert.rejects(acceptProposal(rooms, actors.supplier, id, { version: 1, revision: 1, hash: '' }), failsWith('orders.notFound'))
  // Raw SQL of the supplier sees none of it either.
  const seen = await rooms.db.inTenant(
    actors.supplier,
    async (tx) => (await sql`select from orders.order where id = ${id}`.execute(tx.sql)).rows.length,
  )
  assert.equal(seen, 0)
  await withdrawProposal(rooms, actors.buyer, id, { version: 1, reason: '' })
  await assert.rejects(getOrder(rooms, actors.supplier, id), failsWith('orders.notFound'))
})

test('what a draft lacks is said by line', async () => {
  const noPrice = draftOf(supplier, { terms: { ...terms, currency: 'USD' } })
  await assert.rejects(createOrder(rooms, actors.buyer, noPrice), failsWith('orders.proposalInvalid'))
  const byHand = draftOf(supplier, {
    lines: [{ materialId: house, unit: 'pcs', netPrice: '1', taxRate: '0', schedule: [{ quantity: '1', day: '2026-12-01' }] }],
  })
  await assert.rejects(
    createOrder(rooms, person(buyer, 'x', { permissions: ['orders.manage'] }), byHand),
    failsWith('orders.priceNotAllowed'),
  )
  const ofAll = (quantity: string, netPrice: string) =>
    draftOf(supplier, {
      lines: [{ materialId: house, unit: 'pcs', netPrice, taxRate: '0', schedule: [{ quantity, day: '2026-12-01' }] }],
    })
  await assert.rejects(createOrder(rooms, actors.buyer, ofAll('1000000000', '91000')), failsWith('orders.proposalInvalid'))
  const largest = await getOrder(rooms, actors.buyer, await createOrder(rooms, actors.buyer, ofAll('1000000000', '90071')))
  assert.equal(largest.net.amount, '90071000000000.00')
  await assert.rejects(createOrder(rooms, actors.buyer, draftOf(bed.stranger)), failsWith('orders.noSupplier'))
  await assert.rejects(createOrder(rooms, actors.supplier, draftOf(buyer)), failsWith('orders.noSupplier'))
})

test('counter, agree, amend: the agreed revision stays in force until both have signed the next', async () => {
  const id = await proposedOrder(bed)
  const first = await getOrder(rooms, actors.supplier, id)
  assert.deepEqual([first.state, first.turn, first.side, first.revisions.length], ['proposed', 'supplier', 'supplier', 1])
  assert.equal(first.respondBy, '2026-11-28T02:00:00.000Z')
  await assert.rejects(acceptProposal(rooms, actors.buyer, id, await openOf(bed, actors.buyer, id)), failsWith('orders.notAllowedNow'))

  await proposeRevision(rooms, actors.supplier, id, {
    version: first.version,
    note: '分两批',
    proposal: splitOf(['2026-12-10', '2026-12-14'], '产能'),
  })
  const countered = await getOrder(rooms, actors.buyer, id)
  assert.deepEqual([countered.turn, countered.openRevision], ['buyer', 2])
  assert.ok(countered.openChanges.length >= 3)
  assert.deepEqual(
    countered.revisions.map((revision) => revision.outcome),
    ['superseded', 'open'],
  )
  await acceptProposal(rooms, actors.buyer, id, await openOf(bed, actors.buyer, id))

  const agreed = await getOrder(rooms, actors.supplier, id)
  assert.deepEqual([agreed.state, agreed.turn, agreed.agreedRevision, agreed.nextDay], ['agreed', null, 2, '2026-12-10'])
  assert.deepEqual(
    agreed.revisions[1]?.signatures.map(({ side, hash }) => [side, hash === agreed.revisions[1]?.hash]),
    [
      ['supplier', true],
      ['buyer', true],
    ],
  )
  assert.deepEqual(
    agreed.deliveries.map((d) => [d.lineNo, d.scheduleNo, d.confirmedQuantity, d.confirmedDay, d.state]),
    [
      [1, 1, '60', '2026-12-10', 'agreed'],
      [1, 2, '50', '2026-12-20', 'agreed'],
      [1, 3, '40', '2026-12-14', 'agreed'],
      [2, 1, '10', '2026-12-15', 'agreed'],
    ],
  )

  const later = Proposal.parse({ lines: [{ no: 2, schedule: [{ no: 1, quantity: '12', day: '2026-12-18' }] }] })
  await proposeRevision(rooms, actors.buyer, id, { version: agreed.version, note: '', proposal: later })
  const amending = await getOrder(rooms, actors.buyer, id)
  assert.deepEqual([amending.state, amending.turn, amending.agreedRevision, amending.openRevision], ['agreed', 'supplier', 2, 3])
  assert.equal(amending.deliveries.at(-1)?.confirmedQuantity, '10')
  assert.deepEqual(
    amending.openChanges.map(({ field, before, after }) => [field, before, after]),
    [
      ['quantity', '10', '12'],
      ['day', '2026-12-15', '2026-12-18'],
    ],
  )
  await rejectProposal(rooms, actors.supplier, id, { version: amending.version, reason: '做不到' })
  const kept = await getOrder(rooms, actors.buyer, id)
  assert.deepEqual([kept.state, kept.turn, kept.agreedRevision, kept.openRevision], ['agreed', null, 2, null])
  const { changes } = await getRevision(rooms, actors.buyer, id, 3, 1)
  assert.ok(changes.some(({ line, field }) => line === 2 && field === 'day'))
})

test('a proposal that says what stands is no counter; who answers what he has not seen is told', async () => {
  const id = await proposedOrder(bed)
  const { version, revision } = await openOf(bed, actors.supplier, id)
  await assert.rejects(
    proposeRevision(rooms, actors.supplier, id, { version, note: '', proposal: Proposal.parse({}) }),
    failsWith('orders.nothingChanged'),
  )
  await assert.rejects(
    acceptProposal(rooms, actors.supplier, id, { version: version - 1, revision, hash: '' }),
    failsWith('orders.changedMeanwhile'),
  )
  await assert.rejects(
    acceptProposal(rooms, actors.supplier, id, { version, revision, hash: 'f'.repeat(64) }),
    failsWith('orders.changedMeanwhile'),
  )
})

test('both act at once: one wins, the other is told', async () => {
  for (let i = 0; i < 3; i++) {
    const id = await proposedOrder(bed)
    const open = await openOf(bed, actors.supplier, id)
    const results = await Promise.allSettled([
      acceptProposal(rooms, actors.supplier, id, open),
      withdrawProposal(rooms, actors.buyer, id, { version: open.version, reason: '不要了' }),
      rejectProposal(rooms, person(supplier, '同事'), id, { version: open.version, reason: '不做' }),
    ])
    assert.equal(results.filter((result) => result.status === 'fulfilled').length, 1)
    for (const result of results)
      if (result.status === 'rejected') assert.equal((result.reason as { code: string }).code, 'orders.changedMeanwhile')
  }
})

test('an order above the limit waits for somebody else’s approval, later commitments too', async () => {
  await rooms.db.inTenant(actors.buyer, (tx) =>
    writeSetting(tx, 0, {
      approval_limit: 500_000,
      approval_currency: 'CNY',
      response_hours: 48,
      over_tolerance: '0',
      under_tolerance: '0',
      grace_days: 0,
      deliver_to: '',
      payment_terms: '',
      payment_days: null,
    }),
  )
  try {
    const id = await createOrder(rooms, actors.buyer, draftOf(supplier))
    await submitOrder(rooms, actors.buyer, id, { version: 1, note: '' })
    const waiting = await getOrder(rooms, actors.buyer, id)
    assert.deepEqual([waiting.state, waiting.actions.includes('approve')], ['awaitingApproval', false])
    assert.deepEqual(await countOrders(rooms, actors.buyer, 'buyer').then((counts) => counts.mine >= 1), true)
    await assert.rejects(getOrder(rooms, actors.supplier, id), failsWith('orders.notFound'))
    await assert.rejects(approveOrder(rooms, actors.buyer, id, { version: 2, note: '' }), failsWith('orders.ownApproval'))
    const boss = person(buyer, '经理')
    await sendBackOrder(rooms, boss, id, { version: 2, note: '数量再核对' })
    assert.equal((await getOrder(rooms, actors.buyer, id)).preparation?.sentBackNote, '数量再核对')
    await submitOrder(rooms, actors.buyer, id, { version: 3, note: '' })
    await approveOrder(rooms, boss, id, { version: 4, note: '' })
    const seen = await getOrder(rooms, actors.supplier, id)
    assert.deepEqual([seen.state, seen.preparation], ['proposed', null])
    // The supplier asks for more than was approved: who prepared the order may not accept it.
    const dearer = Proposal.parse({ lines: [{ no: 2, netPrice: '999', schedule: [{ no: 1, quantity: '10', day: '2026-12-15' }] }] })
    await proposeRevision(rooms, actors.supplier, id, { version: seen.version, note: '', proposal: dearer })
    const open = await openOf(bed, actors.buyer, id)
    await assert.rejects(acceptProposal(rooms, actors.buyer, id, open), failsWith('orders.approvalNeeded'))
    await acceptProposal(rooms, boss, id, open)
  } finally {
    await rooms.db.inTenant(actors.buyer, (tx) =>
      sql`update orders.setting set approval_limit = null where org_id = ${tx.orgId}`.execute(tx.sql),
    )
  }
})

const public_ = deliveriesPublic
const linesOf = async (id: Awaited<ReturnType<typeof agreedOrder>>) => (await getOrder(rooms, actors.buyer, id)).deliveries
const ship = async (id: Awaited<ReturnType<typeof agreedOrder>>, index: number, quantity: string) => {
  const line = (await linesOf(id))[index]
  assert.ok(line)
  await rooms.db.inTenant(actors.supplier, (tx) =>
    public_.addShipped(opaque(tx), actors.supplier, [{ id: line.id, quantity: decimal(quantity) }]),
  )
}
const receive = async (
  id: Awaited<ReturnType<typeof agreedOrder>>,
  index: number,
  accepted: string,
  rejected = '0',
  day = '2026-12-09',
) => {
  const line = (await linesOf(id))[index]
  assert.ok(line)
  await rooms.db.inTenant(actors.buyer, (tx) =>
    public_.addReceived(opaque(tx), actors.buyer, [{ id: line.id, accepted: decimal(accepted), rejected: decimal(rejected), day }]),
  )
}

test('shipped, received, whole: the order completes, and opens again with a return', async () => {
  const id = await agreedOrder(bed)
  const lines = await linesOf(id)
  const [first] = lines
  assert.ok(first)
  const locked = await rooms.db.inTenant(actors.supplier, (tx) =>
    public_.lockScheduleLines(
      opaque(tx),
      lines.map((line) => line.id),
    ),
  )
  assert.deepEqual(locked.map(({ agreedQuantity, netPrice, unitFactor }) => [agreedQuantity, netPrice, unitFactor])[0], [
    decimal('100'),
    decimal('48.5'),
    decimal('1'),
  ])
  await ship(id, 0, '100')
  await assert.rejects(ship(id, 0, '5.1'), failsWith('orders.moreThanAgreed'))
  await assert.rejects(ship(id, 0, '-101'), failsWith('orders.counterBelowZero'))
  await receive(id, 0, '90', '10')
  assert.deepEqual((await linesOf(id))[0], { ...first, shipped: '100', accepted: '90', rejected: '10', left: '10', state: 'agreed' })
  assert.deepEqual(
    (await rooms.db.inTenant(actors.supplier, (tx) => public_.shippable(opaque(tx), { orderId: id }))).map((line) => [
      line.lineNo,
      line.scheduleNo,
    ]),
    [
      [1, 1],
      [2, 1],
      [1, 2],
    ],
  )
  await ship(id, 0, '10')
  await receive(id, 0, '10', '0', '2026-12-12')
  const whole = (await linesOf(id))[0]
  assert.deepEqual([whole?.state, whole?.wholeOn, whole?.punctuality, whole?.left], ['whole', '2026-12-12', 'late', '0'])
  for (const [index, quantity] of [
    [1, '50'],
    [2, '10'],
  ] as const) {
    await ship(id, index, quantity)
    await receive(id, index, quantity)
  }
  const completed = await getOrder(rooms, actors.supplier, id)
  assert.deepEqual(
    [completed.state, completed.nextDay, completed.deliveries.map((d) => d.punctuality)],
    ['completed', null, ['late', 'onTime', 'onTime']],
  )
  await assert.rejects(ship(id, 1, '1'), failsWith('orders.notOpen'))
  await receive(id, 1, '-5')
  const back = await getOrder(rooms, actors.supplier, id)
  assert.deepEqual([back.state, back.nextDay, back.deliveries[1]?.state], ['agreed', '2026-12-20', 'agreed'])
})

test('only the buyer receives; a stranger’s and another supplier’s ids are as good as none', async () => {
  const id = await agreedOrder(bed)
  const [line] = await linesOf(id)
  assert.ok(line)
  const change = { id: line.id, accepted: decimal('1'), rejected: 0n, day: '2026-12-01' }
  await assert.rejects(
    rooms.db.inTenant(actors.supplier, (tx) => public_.addReceived(opaque(tx), actors.supplier, [change])),
    failsWith('orders.notFound'),
  )
  await assert.rejects(
    rooms.db.inTenant(actors.supplier, (tx) => sql`update orders.schedule_line set accepted = 1 where id = ${line.id}`.execute(tx.sql)),
    /received by the buyer/,
  )
  for (const org of [bed.otherSupplier, bed.stranger]) {
    const other = person(org, '外人')
    await assert.rejects(getOrder(rooms, other, id), failsWith('orders.notFound'))
    await assert.rejects(getRevision(rooms, other, id, 1, undefined), failsWith('orders.notFound'))
    await assert.rejects(closeOrder(rooms, other, id, { version: 3, reason: 'x' }), failsWith('orders.notFound'))
    await rooms.db.inTenant(other, async (tx) => {
      assert.deepEqual(await public_.lockScheduleLines(opaque(tx), [line.id]), [])
      assert.deepEqual((await public_.labels(opaque(tx), [id])).size, 0)
      for (const table of ['order', 'revision', 'signature', 'line', 'schedule_line', 'reminder', 'draft', 'annex'])
        assert.equal((await sql`select from ${sql.table(`orders.${table}`)}`.execute(tx.sql)).rows.length, 0, table)
    })
  }
})

test('neither side signs for the other, nobody changes what was signed', async () => {
  const id = await proposedOrder(bed)
  const { revision, hash } = await openOf(bed, actors.supplier, id)
  const sign = (side: string) =>
    rooms.db.inTenant(actors.buyer, (tx) =>
      sql`insert into orders.signature (order_id, revision_no, buyer_org, supplier_org, side, hash, person_id, person, at, method)
        values (${id}, ${revision}, ${buyer}, ${supplier}, ${side}, ${hash}, 'x', 'x', now(), 'person')`.execute(tx.sql),
    )
  await assert.rejects(sign('supplier'), /row-level security/)
  const change = (statement: string) => rooms.db.inTenant(actors.buyer, (tx) => sql.raw(`${statement} '${id}'`).execute(tx.sql))
  await assert.rejects(change(`update orders.revision set content = '{}' where order_id =`), /permission denied/)
  await assert.rejects(change('delete from orders.signature where order_id ='), /permission denied/)
  await assert.rejects(change(`update orders.order set agreed_revision = 1 where id =`), /signatures of both sides/)
  await assert.rejects(change(`update orders.order set buyer_org = supplier_org where id =`), /permission denied/)
})

test('an amendment never goes below what is shipped, also where it was shipped after the proposal', async () => {
  const id = await agreedOrder(bed)
  const { version } = await getOrder(rooms, actors.buyer, id)
  const less = Proposal.parse({
    lines: [
      {
        no: 1,
        schedule: [
          { no: 1, quantity: '30', day: '2026-12-10' },
          { no: 2, quantity: '50', day: '2026-12-20' },
        ],
      },
    ],
  })
  await proposeRevision(rooms, actors.buyer, id, { version, note: '', proposal: less })
  await ship(id, 0, '40')
  await assert.rejects(acceptProposal(rooms, actors.supplier, id, await openOf(bed, actors.supplier, id)), failsWith('orders.belowShipped'))
  await rejectProposal(rooms, actors.supplier, id, { version: (await openOf(bed, actors.supplier, id)).version, reason: '已发 40' })
  const now = await getOrder(rooms, actors.buyer, id)
  await assert.rejects(
    proposeRevision(rooms, actors.buyer, id, { version: now.version, note: '', proposal: less }),
    failsWith('orders.proposalInvalid'),
  )
})

test('cancelling takes both sides and leaves what was shipped', async () => {
  const untouched = await agreedOrder(bed)
  await proposeCancellation(rooms, actors.supplier, untouched, {
    version: (await getOrder(rooms, actors.buyer, untouched)).version,
    reason: '停产',
  })
  await acceptProposal(rooms, actors.buyer, untouched, await openOf(bed, actors.buyer, untouched))
  assert.deepEqual(await getOrder(rooms, actors.buyer, untouched).then((o) => [o.state, o.endReason, o.deliveries.length]), [
    'cancelled',
    '停产',
    0,
  ])

  const id = await agreedOrder(bed)
  await ship(id, 0, '40')
  await proposeCancellation(rooms, actors.buyer, id, { version: (await getOrder(rooms, actors.buyer, id)).version, reason: '改型' })
  await acceptProposal(rooms, actors.supplier, id, await openOf(bed, actors.supplier, id))
  const left = await getOrder(rooms, actors.buyer, id)
  assert.deepEqual([left.state, left.deliveries.map((d) => [d.lineNo, d.scheduleNo, d.confirmedQuantity])], ['agreed', [[1, 1, '40']]])
  await receive(id, 0, '40')
  assert.equal((await getOrder(rooms, actors.buyer, id)).state, 'completed')
})

test('the buyer closes short, but not while goods are on the way', async () => {
  const id = await agreedOrder(bed)
  await ship(id, 0, '40')
  const { version } = await getOrder(rooms, actors.buyer, id)
  await assert.rejects(closeOrder(rooms, actors.supplier, id, { version, reason: 'x' }), failsWith('orders.notAllowedNow'))
  await assert.rejects(closeOrder(rooms, actors.buyer, id, { version, reason: 'x' }), failsWith('orders.stillOnTheWay'))
  await receive(id, 0, '40')
  await closeOrder(rooms, actors.buyer, id, { version: (await getOrder(rooms, actors.buyer, id)).version, reason: '不再需要' })
  assert.deepEqual(await getOrder(rooms, actors.supplier, id).then((o) => [o.state, o.endReason, o.actions]), ['closed', '不再需要', []])
})

test('the order names when title passes: both sign it, and no revision changes it', async () => {
  const id = await agreedOrder(bed)
  const { version, content, revisions } = await getOrder(rooms, actors.supplier, id)
  assert.equal(content.terms.titlePasses, 'acceptance')
  const wish = { ...terms, deliverTo: '二号库', titlePasses: 'dispatch' }
  const proposal = Proposal.parse({ terms: wish, lines: [] })
  await proposeRevision(rooms, actors.buyer, id, { version, note: '', proposal })
  await acceptProposal(rooms, actors.supplier, id, await openOf(bed, actors.supplier, id))
  const after = await getOrder(rooms, actors.buyer, id)
  assert.deepEqual([after.content.terms.deliverTo, after.content.terms.titlePasses], ['二号库', 'acceptance'])
  const agreed = await getRevision(rooms, actors.buyer, id, after.agreedRevision ?? 0, revisions.length)
  assert.deepEqual([agreed.content.terms.titlePasses, agreed.changes.map((one) => one.field)], ['acceptance', ['deliverTo']])
})

test('orders of two customers stand in one inbox of their supplier, and neither customer sees anything of the other’s', async () => {
  const second = person(OrgId.parse(uuidv7()), '二厂采购')
  const shared: Rooms = {
    ...rooms,
    organisations: {
      ...rooms.organisations,
      labels: async (_, ids) =>
        new Map(ids.map((id) => [id, { name: id === second.orgId ? '麒麟摩托' : '应龙压铸', nameEn: null, code: 'c' }])),
      relationWith: async () => ({ relationId: uuidv7() as never, kind: 'supply', side: 'buyer' }),
    },
  }
  const theirs = await createOrder(shared, second, draftOf(supplier))
  await submitOrder(shared, second, theirs, { version: 1, note: '' })
  const ours = await proposedOrder(bed)
  const customers = (await listOrders(rooms, actors.supplier, { ...list, side: 'supplier', waitsFor: 'me' })).items.map(
    (one) => one.buyer.orgId,
  )
  assert.deepEqual(new Set(customers), new Set([buyer, second.orgId]))
  const narrowed = await listOrders(rooms, actors.supplier, { ...list, side: 'supplier', partnerId: second.orgId })
  assert.deepEqual(
    narrowed.items.map((one) => [one.id, one.buyer.name]),
    [[theirs, '麒麟摩托']],
  )
  for (const [ctx, own, other] of [
    [second, theirs, ours],
    [actors.buyer, ours, theirs],
  ] as const) {
    const seen = (await listOrders(rooms, ctx, { ...list, side: 'buyer' })).items.map((one) => one.id)
    assert.deepEqual([seen.includes(own), seen.includes(other)], [true, false])
    await assert.rejects(getOrder(rooms, ctx, other), failsWith('orders.notFound'))
    // Not even by SQL.
    for (const table of ['order', 'revision', 'signature', 'line', 'schedule_line'] as const) {
      const { rows } = await rooms.db.inTenant(ctx, (tx) =>
        sql<{ n: number }>`select count(*)::int as n from ${sql.table(`orders.${table}`)} where supplier_org = ${supplier}
          and buyer_org <> ${ctx.orgId}`.execute(tx.sql),
      )
      assert.equal(rows[0]?.n, 0, table)
    }
  }
})

test('each side’s annex is its own', async () => {
  const id = await proposedOrder(bed)
  await annotateOrder(rooms, actors.buyer, id, { version: 0, note: '底价 45', costObject: 'CC-1', ownNumber: '' })
  await annotateOrder(rooms, actors.supplier, id, { version: 0, note: '老客户', costObject: '', ownNumber: 'SO-9' })
  assert.equal((await getOrder(rooms, actors.buyer, id)).annex.note, '底价 45')
  assert.deepEqual((await getOrder(rooms, actors.supplier, id)).annex, { note: '老客户', costObject: '', ownNumber: 'SO-9', version: 1 })
  await assert.rejects(
    annotateOrder(rooms, actors.buyer, id, { version: 0, note: '', costObject: '', ownNumber: '' }),
    failsWith('orders.changedMeanwhile'),
  )
})

test('a draft is edited by the same words as a proposal', async () => {
  const id = await createOrder(rooms, actors.buyer, draftOf(supplier))
  const proposal = Proposal.parse({
    terms: { ...terms, deliverTo: '二号库' },
    lines: [{ no: 2, rejected: { reason: '改买别家' }, schedule: [{ no: 1, quantity: '1', day: '2026-12-15' }] }],
    added: [{ materialId: house, unit: 'box', schedule: [{ quantity: '2', day: '2026-12-30' }] }],
  })
  await editDraft(rooms, actors.buyer, id, { version: 1, proposal, urgent: true })
  const order = await getOrder(rooms, actors.buyer, id)
  assert.deepEqual(
    [order.urgent, order.content.terms.deliverTo, order.content.lines.map((line) => [line.no, line.rejected?.reason, line.unitFactor])],
    [
      true,
      '二号库',
      [
        [1, undefined, '1'],
        [2, '改买别家', '1'],
        [3, undefined, '20'],
      ],
    ],
  )
})
