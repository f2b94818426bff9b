import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import type { Notice } from '#kernel/notices.ts'
import type { Delivered } from '#kernel/outbox-reader.ts'
import { opaque } from '#kernel/postgres.ts'
import { organisationsApi } from '#modules/foundation/organisations/contract.ts'
import { creditCodes, testbed } from '../../../../tests/access-testbed.ts'
import type { MessageId } from '../contract.ts'
import { followEvents } from './follow-events.ts'
import { deleteOlder, messagePage, setAllRead, setRead, unreadOf } from './message-store.ts'
import { notify } from './notify.ts'
import type { NotificationsSystem, NotificationsTables } from './tables.ts'

const bed = await testbed({ after })
const db = bed.database<NotificationsTables>()
const { access, organisations, clock } = bed
const parts = { access, mailer: undefined, sms: undefined }

interface Proposed {
  relationId: string
  buyerOrg: Parameters<typeof organisations.facts>[0]
  supplierOrg: Parameters<typeof organisations.facts>[0]
}
const proposed: Notice<Proposed> = {
  event: 'organisations.relationProposed',
  kind: 'organisations.relationProposed',
  recipient: (payload) => payload.supplierOrg,
  partner: (payload) => payload.buyerOrg,
  permission: 'organisations.manage',
  path: ({ relationId }) => `/organisations/relations/${relationId}`,
  values: () => ({ extra: '1' }),
}
const subscriptions = followEvents({ db, access, organisations, clock, mailer: undefined, sms: undefined }, [proposed])

const leader = await bed.newOrganisation({ kind: 'leader' })
const supplier = await bed.newOrganisation()
await bed.newUser(leader, 'leader.owner')
await bed.newUser(supplier, 'owner')
await bed.newUser(supplier, 'admin', ['systemAdmin'])
await bed.newUser(supplier, 'engineer', ['engineer'])
const [buyer, owner, admin, engineer] = [
  await bed.signIn('leader.owner'),
  await bed.signIn('owner'),
  await bed.signIn('admin'),
  await bed.signIn('engineer'),
]

async function deliver(): Promise<void> {
  const { rows } = await bed.system.inSystem((tx) =>
    sql<Delivered<unknown>>`select id, org_id as "orgId", name, version, key, payload, actor, trace, occurred_at as "occurredAt"
      from kernel.outbox order by id`.execute(tx),
  )
  for (const event of rows) for (const one of subscriptions.filter((s) => s.event === event.name)) await one.handle(event)
}
const inbox = async (who: typeof owner, more: { unread?: boolean; from?: string } = {}) => {
  const ctx = await who.context()
  return (await db.inTenant(ctx, (tx) => messagePage(tx, ctx.actor.id, { sort: '-toldAt', limit: 50, ...more }))).items
}
const unread = async (who: typeof owner) => {
  const ctx = await who.context()
  return db.inTenant(ctx, (tx) => unreadOf(tx, ctx.actor.id))
}

test('an event tells those of the other side who may act on it, once however often it is delivered', async () => {
  const relation = await buyer.call(organisationsApi.createRelation, {
    body: { supplierCreditCode: creditCodes[1], kind: 'supply', tier: 1, since: '2026-11-01' },
  })
  await deliver()
  await deliver()
  for (const who of [owner, admin]) {
    const [message, ...more] = await inbox(who)
    assert.equal(more.length, 0)
    assert.equal(message?.kind, 'organisations.relationProposed')
    assert.deepEqual(message?.values, { partner: '第1厂', extra: '1' })
    assert.equal(message?.path, `/organisations/relations/${relation.id}`)
    assert.equal(message?.times, 1)
    assert.deepEqual(await unread(who), { unread: 1, senders: ['organisations'] })
  }
  assert.deepEqual(await inbox(engineer), [])
  assert.deepEqual(await inbox(buyer), [])
})

test('one person’s reading is nobody else’s, and nobody marks another’s message', async () => {
  const [message] = await inbox(owner)
  const id = message?.id as MessageId
  const read = async (who: typeof owner) => {
    const ctx = await who.context()
    return db.inTenant(ctx, (tx) => setRead(tx, ctx.actor.id, id, ctx.now))
  }
  for (const other of [admin, engineer, buyer]) assert.equal(await read(other), undefined)
  assert.equal((await unread(owner)).unread, 1)
  assert.equal((await read(owner))?.id, id)
  assert.equal((await unread(owner)).unread, 0)
  assert.equal((await unread(admin)).unread, 1)
  assert.equal((await inbox(owner, { unread: true })).length, 0)
  assert.equal((await inbox(owner, { unread: false })).length, 1)
  assert.equal((await inbox(owner, { from: 'sharing' })).length, 0)
})

test('news of the same subject renews its message; who acts is not told; all read leaves what came since', async () => {
  const ctx = await engineer.context()
  const tell = (key: string) =>
    db.inTenant(ctx, (tx) =>
      notify(tx, ctx, parts, { kind: 'devices.changed', to: { permission: 'devices.manage' }, values: {}, path: '/devices', key }),
    )
  await tell('a')
  await tell('a')
  await tell('b')
  const news = (await inbox(owner)).filter((message) => message.kind === 'devices.changed')
  assert.deepEqual(news.map((message) => message.times).sort(), [1, 2])
  assert.deepEqual(await inbox(engineer), [])
  const until = clock.now()
  clock.passMinutes(1)
  const later = await engineer.context()
  await db.inTenant(later, (tx) =>
    notify(tx, later, parts, { kind: 'devices.changed', to: { permission: 'devices.manage' }, values: {}, path: '/devices', key: 'c' }),
  )
  const reader = await owner.context()
  await db.inTenant(reader, (tx) => setAllRead(tx, reader.actor.id, until, reader.now))
  assert.equal((await unread(owner)).unread, 1)
  // Read and told of again: unread, and counted from one.
  await tell('a')
  const again = (await inbox(owner, { unread: true })).filter((message) => message.kind === 'devices.changed')
  assert.deepEqual(
    again.map((message) => message.times),
    [1, 1],
  )
})

test('somebody who left is told nothing; old messages go', async () => {
  const ctx = await owner.context()
  await db.inTenant(ctx, (tx) =>
    sql`update access.membership set active = false where login = 'admin' and org_id = ${ctx.orgId}`.execute(tx.sql),
  )
  const persons = await db.inTenant(ctx, (tx) => access.personsWith(opaque(tx), 'organisations.manage'))
  assert.deepEqual(persons, [ctx.actor.id])
  await deleteOlder(bed.system as unknown as NotificationsSystem, new Date(clock.nowMs() + 1))
  assert.deepEqual(await inbox(owner), [])
})
