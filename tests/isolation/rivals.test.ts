import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import pg from 'pg'
import type { Delivered, Subscription } from '#kernel/outbox-reader.ts'
import { collaborationApi, type EntryId } from '#modules/foundation/collaboration/contract.ts'
import { notificationsApi } from '#modules/foundation/notifications/contract.ts'
import { organisationsApi } from '#modules/foundation/organisations/contract.ts'
import { materialsApi } from '#modules/trade/materials/contract.ts'
import { type RequestDetail, sourcingApi } from '#modules/trade/sourcing/contract.ts'
import { type ApiClient, firstAdministrator, registerOrganisation, testCreditCode } from '../api-client.ts'
import { SETUP_CODE, testApp } from '../app.ts'
import { samplePdf, samplePng } from '../sample-files.ts'

/** Two who bid for the same request: neither may learn anything of the other, not his name, not a word, not a file. */

let buyer: ApiClient
let first: ApiClient
let rival: ApiClient
let subscriptions: readonly Subscription[]
let owner: pg.Client
let draft: RequestDetail
const cleanups: (() => Promise<void>)[] = []

before(async () => {
  const { address, composition, ownerUrl } = await testApp({ after: (work) => void cleanups.unshift(work) })
  subscriptions = composition.modules.flatMap((module) => module.subscriptions ?? [])
  owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  const operator = await firstAdministrator(address, SETUP_CODE)
  const made = (code: string, kind: 'leader' | 'supplier', n: number) => registerOrganisation(operator, address, { code, kind, n })
  const [one, two, three] = [await made('buyer', 'leader', 2), await made('first', 'supplier', 3), await made('rival', 'supplier', 4)]
  ;[buyer, first, rival] = [one.client, two.client, three.client]
  for (const [supplier, n] of [
    [first, 3],
    [rival, 4],
  ] as const) {
    const body = { supplierCreditCode: testCreditCode(n), tier: 1, since: '2026-01-01' }
    const { id, version } = await buyer.call(organisationsApi.createRelation, { body })
    await supplier.call(organisationsApi.confirmRelation, { params: { id }, body: { version } })
  }
  const category = await buyer.call(materialsApi.createCategory, {
    body: { parentId: null, code: 'CAST', name: '压铸件', nameEn: null, prefix: 'CAST', attributes: [] },
  })
  const material = await buyer.call(materialsApi.create, {
    body: { categoryId: category.id, kind: 'part', name: '箱体', baseUnit: 'C62' } as never,
  })
  draft = await buyer.call(sourcingApi.create, {
    body: {
      title: '箱体询价',
      deadline: '2099-01-01T00:00:00Z',
      deliverTo: '一号库',
      lines: [{ materialId: material.id, unit: 'C62', quantity: '10' }],
      supplierIds: [two.orgId, three.orgId] as never,
    },
  })
})
after(async () => {
  await owner.end()
  for (const cleanup of cleanups) await cleanup()
})

let seen = 0
/** What the worker does: every event to its subscriptions, twice, since it may come twice. */
async function deliver(): Promise<void> {
  await owner.query('alter table kernel.outbox no force row level security')
  const { rows } = await owner.query<Delivered<unknown>>(
    `select id, org_id as "orgId", name, version, key, payload, actor, trace, occurred_at as "occurredAt" from kernel.outbox where id > $1 order by id`,
    [seen],
  )
  await owner.query('alter table kernel.outbox force row level security')
  for (const event of rows) {
    seen = Number(event.id)
    for (const one of subscriptions.filter((s) => s.event === event.name)) for (let i = 0; i < 2; i++) await one.handle(event)
  }
}
const request = (id: string) => ({ entity: 'sourcing.request', recordId: id as never })
const invitation = (id: string) => ({ entity: 'sourcing.invitation', recordId: id as never })
const entries = async (who: ApiClient, params: ReturnType<typeof request>) =>
  (await who.call(collaborationApi.entries, { params, query: { limit: 100 } })).items
const invitationOf = async (who: ApiClient) => (await who.call(sourcingApi.invitations, { query: {} })).items[0]?.id ?? ''
const file = (who: ApiClient, id: EntryId) => who.raw(collaborationApi.file as never, { params: { id } })
const refused = (status: number) => (error: unknown) => (error as { status?: number }).status === status

test('drawings go to all who are invited, each talks with the buyer alone, and a rival sees nothing of it, files included', async () => {
  const attach = (
    who: ApiClient,
    params: ReturnType<typeof request>,
    fileName: string,
    visibility: 'internal' | 'both',
    bytes = samplePdf,
  ) => who.call(collaborationApi.attach, { params, query: { fileName, visibility }, bytes })
  const drawing = await attach(buyer, request(draft.id), '图纸A.pdf', 'both')
  const calculation = await attach(buyer, request(draft.id), '内部测算.pdf', 'internal')
  assert.deepEqual([drawing.forAll, drawing.shared, calculation.forAll], [true, false, false])
  await buyer.call(sourcingApi.publish, { params: { id: draft.id }, body: { version: draft.version } })
  await deliver()
  await attach(buyer, request(draft.id), '图纸B.png', 'both', samplePng)
  await buyer.call(collaborationApi.comment, { params: request(draft.id), body: { text: '以 B 版为准', shared: true } })
  const [ours, theirs] = [await invitationOf(first), await invitationOf(rival)]
  const offer = await attach(first, invitation(ours), '先发厂工艺.pdf', 'both')
  await first.call(collaborationApi.comment, { params: invitation(ours), body: { text: '先发厂：壁厚可否 3.5？', shared: true } })
  await buyer.call(collaborationApi.comment, { params: invitation(ours), body: { text: '可以，仅贵司', shared: true } })
  await buyer.call(collaborationApi.comment, { params: invitation(ours), body: { text: '内部：先发厂报价偏高' } })
  await deliver()

  const said = async (who: ApiClient, id: string) =>
    (await entries(who, invitation(id))).filter((one) => one.kind !== 'event').map((one) => one.text ?? one.file?.name)
  assert.deepEqual((await said(rival, theirs)).toSorted(), ['以 B 版为准', '图纸A.pdf', '图纸B.png'])
  assert.deepEqual((await said(first, ours)).toSorted(), [
    '以 B 版为准',
    '先发厂工艺.pdf',
    '先发厂：壁厚可否 3.5？',
    '可以，仅贵司',
    '图纸A.pdf',
    '图纸B.png',
  ])
  assert.equal((await said(buyer, ours)).length, 7)
  const events = (await entries(buyer, request(draft.id))).filter((one) => one.kind === 'event').map((one) => one.event)
  assert.deepEqual(events, ['sourcing.requestPublished'])

  // What the rival is shown and told names nobody but the buyer, and no more of them than himself.
  const shown = JSON.stringify([
    await entries(rival, invitation(theirs)),
    await rival.call(collaborationApi.document, { params: invitation(theirs) }),
    await rival.call(sourcingApi.invitation, { params: { id: theirs as never } }),
    (await rival.call(notificationsApi.messages)).items,
  ])
  for (const secret of ['测试企业 first', '先发厂', '测算', '偏高', '仅贵司', ours]) assert.ok(!shown.includes(secret), secret)

  // His copies open for him; nothing else does: not the original, not the other's copy, not the other's file.
  const copyOf = async (who: ApiClient, id: string, name: string) =>
    (await entries(who, invitation(id))).find((one) => one.file?.name === name)?.id as EntryId
  const own = await copyOf(rival, theirs, '图纸A.pdf')
  assert.deepEqual(new Uint8Array(await (await file(rival, own)).arrayBuffer()), new Uint8Array(samplePdf))
  for (const id of [drawing.id, calculation.id, offer.id, await copyOf(first, ours, '图纸A.pdf')])
    assert.equal((await file(rival, id)).status, 404)
  for (const params of [invitation(ours), request(draft.id)]) {
    await assert.rejects(entries(rival, params), refused(404))
    await assert.rejects(rival.call(collaborationApi.comment, { params, body: { text: 'x', shared: true } }), refused(404))
    await assert.rejects(attach(rival, params, 'x.pdf', 'both'), refused(404))
  }
  await assert.rejects(rival.call(collaborationApi.remove, { params: { id: drawing.id } }), refused(404))

  // Each is told of his own once, the buyer where he answers.
  const told = async (who: ApiClient) =>
    (await who.call(notificationsApi.messages)).items.filter((one) => one.kind === 'collaboration.told').map((one) => one.path)
  assert.deepEqual(await told(rival), [`/sourcing/invitations/${theirs}`])
  assert.deepEqual(await told(buyer), [`/sourcing/requests/${draft.id}?talk=${ours}`])

  // Taken back by the buyer it is gone for everybody; a copy alone is not taken back.
  const atBuyers = await copyOf(buyer, theirs, '图纸A.pdf')
  await assert.rejects(buyer.call(collaborationApi.remove, { params: { id: atBuyers } }), refused(409))
  await buyer.call(collaborationApi.remove, { params: { id: drawing.id } })
  assert.equal((await file(rival, own)).status, 404)
  assert.equal((await entries(first, invitation(ours))).filter((one) => one.removed).length, 1)
})
