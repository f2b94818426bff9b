import assert from 'node:assert/strict'
import test, { after } from 'node:test'
import type { TermLimit } from '../contract.ts'
import type { TermLimits } from '../public.ts'
import { acceptProposal } from './answer-proposal.ts'
import { createOrder } from './create-order.ts'
import { limitWith } from './limit-term.ts'
import { proposeCancellation, proposeRevision } from './propose-revision.ts'
import { getOrder } from './read-order.ts'
import { submitOrder } from './submit-order.ts'
import { agreedOrder, draftOf, failsWith, NOW, openOf, proposedOrder, terms, testRooms } from './test-rooms.ts'

const bed = await testRooms({ after })
const { supplier, stranger, actors } = bed
const rule: TermLimit = { days: 60, name: '60 days', source: 'the regulation', blocking: false }
const limited =
  (limit: TermLimit): TermLimits =>
  async (_, { beyond = 0 }) =>
    beyond === 0 || beyond > limit.days ? limit : undefined
const telling = { ...bed, rooms: { ...bed.rooms, termLimit: limited(rule) } }
const blocking = { ...bed, rooms: { ...bed.rooms, termLimit: limited({ ...rule, blocking: true }) } }
const long = { terms: { ...terms, paymentDays: 90 } }

test('both sides are told that the term goes beyond the law before they sign, and it stays with their signatures', async () => {
  const draft = await createOrder(telling.rooms, actors.buyer, draftOf(supplier, long))
  assert.deepEqual((await getOrder(telling.rooms, actors.buyer, draft)).termLimit, rule, 'the draft says so already')
  await submitOrder(telling.rooms, actors.buyer, draft, { version: 1, note: '' })
  assert.deepEqual((await getOrder(telling.rooms, actors.supplier, draft)).termLimit, rule)
  await acceptProposal(telling.rooms, actors.supplier, draft, await openOf(telling, actors.supplier, draft))
  const { revisions } = await getOrder(telling.rooms, actors.buyer, draft)
  assert.deepEqual(
    revisions[0]?.signatures.map(({ side, termLimit }) => [side, termLimit]),
    ['buyer', 'supplier'].map((side) => [side, { days: 60, source: 'the regulation' }]),
  )
})

test('a term within the law is signed without a word', async () => {
  const id = await agreedOrder(telling)
  const { termLimit, revisions } = await getOrder(telling.rooms, actors.buyer, id)
  assert.equal(termLimit, null)
  assert.deepEqual(
    revisions[0]?.signatures.map((signature) => signature.termLimit),
    [null, null],
  )
})

test('where the rule blocks, neither side signs a longer term; what is in force may still be changed otherwise and cancelled', async () => {
  const draft = await createOrder(blocking.rooms, actors.buyer, draftOf(supplier, long))
  await assert.rejects(submitOrder(blocking.rooms, actors.buyer, draft, { version: 1, note: '' }), failsWith('orders.termTooLong'))
  assert.equal((await getOrder(blocking.rooms, actors.buyer, draft)).state, 'draft', 'nothing half-submitted')

  const proposed = await proposedOrder(telling, long)
  const open = await openOf(blocking, actors.supplier, proposed)
  await assert.rejects(acceptProposal(blocking.rooms, actors.supplier, proposed, open), failsWith('orders.termTooLong'))

  const agreed = await agreedOrder(telling, long)
  const { version, content } = await getOrder(telling.rooms, actors.buyer, agreed)
  const proposal = { terms: { ...content.terms, graceDays: 3 }, lines: [], added: [] }
  await proposeRevision(blocking.rooms, actors.buyer, agreed, { version, note: '', proposal })
  await acceptProposal(blocking.rooms, actors.supplier, agreed, await openOf(blocking, actors.supplier, agreed))
  const now = await getOrder(blocking.rooms, actors.buyer, agreed)
  assert.equal(now.content.terms.graceDays, 3)
  const longer = { terms: { ...now.content.terms, paymentDays: 120 }, lines: [], added: [] }
  await assert.rejects(
    proposeRevision(blocking.rooms, actors.buyer, agreed, { version: now.version, note: '', proposal: longer }),
    failsWith('orders.termTooLong'),
  )
  await proposeCancellation(blocking.rooms, actors.buyer, agreed, { version: now.version, reason: 'no longer needed' })
  await acceptProposal(blocking.rooms, actors.supplier, agreed, await openOf(blocking, actors.supplier, agreed))
  assert.equal((await getOrder(blocking.rooms, actors.buyer, agreed)).state, 'cancelled')
})

test('the limit with a supplier is asked while the term is typed; of a stranger nothing is said', async () => {
  const ask = (other: typeof supplier) => bed.rooms.db.inTenant(actors.buyer, (tx) => limitWith(telling.rooms, tx, other, NOW))
  assert.deepEqual(await ask(supplier), rule)
  assert.equal(await ask(stranger), null)
})
