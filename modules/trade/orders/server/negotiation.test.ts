import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { opaque } from '#kernel/postgres.ts'
import { decimal, writeDecimal } from '#values/decimal.ts'
import type { Order, OrderId } from '../contract.ts'
import { deliveryOf } from '../order-content.ts'
import type { Side } from '../order-states.ts'
import { Proposal } from '../proposal.ts'
import { acceptProposal, rejectProposal, withdrawProposal } from './answer-proposal.ts'
import { closeOrder } from './close-order.ts'
import { deliveriesPublic } from './deliveries.ts'
import { proposeCancellation, proposeRevision } from './propose-revision.ts'
import { getOrder } from './read-order.ts'
import { openOf, proposedOrder, testRooms } from './test-rooms.ts'

const bed = await testRooms({ after })
const { rooms, actors } = bed

const kinds = ['accept', 'propose', 'split', 'drop', 'reject', 'withdraw', 'cancel', 'close', 'ship'] as const
interface Move {
  side: Side
  kind: (typeof kinds)[number]
  n: number
}
const move: fc.Arbitrary<Move> = fc.record({
  side: fc.constantFrom<Side>('buyer', 'supplier'),
  // Talking is more common than ending.
  kind: fc.constantFrom(...kinds, 'accept', 'propose', 'split', 'accept', 'ship'),
  n: fc.integer({ min: 1, max: 40 }),
})

const expected = new Set([
  'orders.notAllowedNow',
  'orders.nothingChanged',
  'orders.belowShipped',
  'orders.proposalInvalid',
  'orders.moreThanAgreed',
  'orders.stillOnTheWay',
  'orders.notOpen',
  'orders.notFound',
])

async function play(id: OrderId, { side, kind, n }: Move): Promise<void> {
  const ctx = actors[side]
  const order = await getOrder(rooms, ctx, id)
  const { version } = order
  const line = (order.openContent ?? order.content).lines[n % 2]
  assert.ok(line)
  const schedule = line.schedule.map((one) => ({ no: one.no as number | null, ...deliveryOf(one), reason: '产能' }))
  const day = `2026-12-${String((n % 28) + 1).padStart(2, '0')}`
  const propose = (deliveries: object[], rejected: object | null = null) =>
    proposeRevision(rooms, ctx, id, {
      version,
      note: '',
      proposal: Proposal.parse({ lines: [{ no: line.no, rejected, schedule: deliveries }] }),
    })
  const moves: Record<Move['kind'], () => Promise<unknown>> = {
    accept: async () => acceptProposal(rooms, ctx, id, await openOf(bed, ctx, id)),
    propose: () => propose(schedule.map((one, i) => (i === 0 ? { ...one, quantity: String(n), day } : one))),
    split: () => propose([...schedule, { no: null, quantity: String(n), day, reason: '分批' }]),
    drop: () => propose(schedule, { reason: '不做' }),
    reject: () => rejectProposal(rooms, ctx, id, { version, reason: '否' }),
    withdraw: () => withdrawProposal(rooms, ctx, id, { version, reason: '撤' }),
    cancel: () => proposeCancellation(rooms, ctx, id, { version, reason: '取消' }),
    close: () => closeOrder(rooms, ctx, id, { version, reason: '关闭' }),
    ship: () =>
      rooms.db.inTenant(actors.supplier, async (tx) => {
        const target = order.deliveries[n % Math.max(order.deliveries.length, 1)]
        if (target) await deliveriesPublic.addShipped(opaque(tx), actors.supplier, [{ id: target.id, quantity: decimal(String(n)) }])
      }),
  }
  await moves[kind]().catch((error: { code?: string }) => {
    if (!expected.has(error.code ?? '')) throw error
  })
}

function holds(order: Order): void {
  const outcomes = order.revisions.map((revision) => revision.outcome)
  assert.ok(outcomes.filter((outcome) => outcome === 'agreed').length <= 1)
  assert.ok(outcomes.filter((outcome) => outcome === 'open').length <= 1)
  assert.equal(order.turn === null, !outcomes.includes('open'))
  const agreed = order.revisions.find((revision) => revision.outcome === 'agreed')
  assert.equal(agreed?.no ?? null, order.agreedRevision)
  if (agreed) assert.deepEqual(agreed.signatures.map((signature) => signature.side).sort(), ['buyer', 'supplier'])
  for (const revision of order.revisions) {
    // What only one side has signed was never in force, and every signature is of what the revision says.
    if (revision.signatures.length < 2) assert.notEqual(revision.outcome, 'agreed')
    for (const { hash } of revision.signatures) assert.equal(hash, revision.hash)
  }
  // The projection says what the agreed, or else the last proposed, revision says.
  const says = order.content.lines
    .filter((line) => !line.rejected)
    .flatMap((line) => line.schedule.map((one) => `${line.no}/${one.no} ${deliveryOf(one).quantity} ${deliveryOf(one).day}`))
  const shown = order.deliveries.map(
    (d) => `${d.lineNo}/${d.scheduleNo} ${d.confirmedQuantity ?? d.requestedQuantity} ${d.confirmedDay ?? d.requestedDay}`,
  )
  assert.deepEqual([...shown].sort(), [...says].sort())
  for (const d of order.deliveries) {
    const gone = decimal(d.shipped) - decimal(d.rejected)
    assert.ok(gone <= (decimal(d.confirmedQuantity ?? '0') * 105n) / 100n, `${writeDecimal(gone)} of ${d.confirmedQuantity}`)
  }
}

test('any sequence of both sides ends in one agreed revision or none, and the projection says what is in force', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(move, { minLength: 1, maxLength: 14 }), async (moves) => {
      const id = await proposedOrder(bed)
      for (const one of moves) {
        await play(id, one)
        holds(await getOrder(rooms, actors.buyer, id))
      }
      const [own, theirs] = [await getOrder(rooms, actors.buyer, id), await getOrder(rooms, actors.supplier, id)]
      assert.deepEqual([own.content, own.revisions, own.deliveries], [theirs.content, theirs.revisions, theirs.deliveries])
    }),
    { numRuns: 15 },
  )
})
