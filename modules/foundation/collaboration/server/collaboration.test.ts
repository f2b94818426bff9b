import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import pg from 'pg'
import type { ServerModule } from '#kernel/module.ts'
import type { Delivered, Subscription } from '#kernel/outbox-reader.ts'
import { accessApi, type PersonId } from '#modules/foundation/access/contract.ts'
import { notificationsApi } from '#modules/foundation/notifications/contract.ts'
import { organisationsApi } from '#modules/foundation/organisations/contract.ts'
import { sharingApi } from '#modules/foundation/sharing/contract.ts'
import {
  type ApiClient,
  CallFailed,
  firstAdministrator,
  logIn,
  PASSWORD,
  registerOrganisation,
  testCreditCode,
} from '../../../../tests/api-client.ts'
import { SETUP_CODE, testApp } from '../../../../tests/app.ts'
import { samplePdf, samplePng } from '../../../../tests/sample-files.ts'
import { sourceFiles, textOf } from '../../../../tools/source-files.ts'
import { collaborationApi, type EntryId } from '../contract.ts'

let leader: ApiClient
let supplier: ApiClient
let stranger: ApiClient
let colleague: ApiClient
let auditor: ApiClient
let colleagueId: PersonId
let params: { entity: string; recordId: never }
let subscriptions: readonly Subscription[]
let modules: readonly ServerModule[]
let owner: pg.Client
const cleanups: (() => Promise<void>)[] = []

/** Another user of the leader, his one-time password changed as he must. */
async function newUser(address: string, login: string, builtIn: string): Promise<{ client: ApiClient; id: PersonId }> {
  const { roles } = await leader.call(accessApi.roles)
  const role = roles.find((one) => one.builtIn === builtIn)
  const body = { login, displayName: `${builtIn} ${login}`, roleIds: [role?.id as never], siteIds: [] }
  const { user, oneTimePassword } = await leader.call(accessApi.createUser, { body })
  const first = await logIn(address, login, oneTimePassword)
  await first.call(accessApi.changePassword, { body: { current: oneTimePassword, next: PASSWORD } })
  return { client: await logIn(address, login, PASSWORD), id: user.personId }
}

before(async () => {
  const { address, composition, ownerUrl } = await testApp({ after: (work) => void cleanups.unshift(work) })
  modules = composition.modules
  subscriptions = modules.flatMap((module) => module.subscriptions ?? [])
  owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  const operator = await firstAdministrator(address, SETUP_CODE)
  const made = (code: string, kind: 'leader' | 'supplier', n: number) => registerOrganisation(operator, address, { code, kind, n })
  const [first, second, third] = [
    await made('leader', 'leader', 2),
    await made('supplier', 'supplier', 3),
    await made('stranger', 'supplier', 4),
  ]
  ;[leader, supplier, stranger] = [first.client, second.client, third.client]
  const staff = await newUser(address, 'colleague', 'staff')
  colleague = staff.client
  colleagueId = staff.id
  auditor = (await newUser(address, 'warehouse', 'warehouse')).client
  const relation = await leader.call(organisationsApi.createRelation, {
    body: { supplierCreditCode: testCreditCode(3), tier: 1, since: '2026-01-01' },
  })
  await deliver()
  const todos = await supplier.call(collaborationApi.todos)
  assert.deepEqual(
    todos.groups.map(({ module, name, total }) => [module, name, total]),
    [['organisations', 'relationProposed', 1]],
  )
  assert.equal(todos.groups[0]?.items[0]?.path, `/organisations/relations/${relation.id}`)
  assert.equal((await supplier.call(collaborationApi.todoCount)).total, 1)
  await supplier.call(organisationsApi.confirmRelation, { params: { id: relation.id }, body: { version: relation.version } })
  const agreement = await supplier.call(sharingApi.create, {
    body: {
      granteeId: first.orgId as never,
      dataSet: 'telemetry.values',
      items: 'all',
      fields: 'all',
      purpose: '产能协同',
      granularity: 'raw',
      delayMinutes: 0,
      from: '2026-01-01T00:00:00Z',
      until: '2030-01-01T00:00:00Z',
    },
  })
  params = { entity: 'sharing.agreement', recordId: agreement.id as never }
  await deliver()
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
    for (const one of subscriptions.filter((s) => s.event === event.name)) {
      await one.handle(event)
      await one.handle(event)
    }
  }
}
const entries = async (who: ApiClient) => (await who.call(collaborationApi.entries, { params })).items
const inbox = async (who: ApiClient, kind: string) =>
  (await who.call(notificationsApi.messages)).items.filter((message) => message.kind === kind)
const failsWith = (status: number, code?: string) => (error: unknown) =>
  error instanceof CallFailed && error.status === status && (code === undefined || error.problem.code === code)

test('what happened stands in the timeline of both parties once; a stranger finds no such document', async () => {
  for (const who of [leader, supplier]) {
    const [event, ...more] = await entries(who)
    assert.equal(more.length, 0)
    assert.equal(event?.event, 'sharing.granted')
    assert.equal(event?.organisation, '测试企业 supplier')
    assert.equal(event?.own, who === supplier)
    // Who it was is said at home alone.
    assert.equal(event?.author, who === supplier ? 'supplier owner' : null)
  }
  const missing = failsWith(404, 'collaboration.documentNotFound')
  const body = { text: 'x' }
  await assert.rejects(entries(stranger), missing)
  await assert.rejects(stranger.call(collaborationApi.document, { params }), missing)
  await assert.rejects(stranger.call(collaborationApi.comment, { params, body }), missing)
  await assert.rejects(stranger.call(collaborationApi.attach, { params, query: { fileName: 'a.png' }, bytes: samplePng }), missing)
  // Of one's own, but without the right to read agreements.
  await assert.rejects(auditor.call(collaborationApi.entries, { params }), missing)
  await assert.rejects(leader.call(collaborationApi.entries, { params: { ...params, entity: 'nobody.knows' } }), missing)
})

test('a comment is internal unless it is shared; the mentioned and the other party are told', async () => {
  const { people, partner } = await leader.call(collaborationApi.document, { params })
  assert.equal(partner, '测试企业 supplier')
  assert.ok(people.some((person) => person.id === colleagueId))
  assert.ok(people.every((person) => !person.name.startsWith('warehouse') && !person.name.startsWith('supplier')))
  await leader.call(collaborationApi.comment, { params, body: { text: '内部：价格偏高', mentions: [colleagueId] } })
  await leader.call(collaborationApi.comment, { params, body: { text: '请补充 3 号机', shared: true } })
  await deliver()
  assert.equal((await entries(leader)).filter((entry) => entry.kind === 'comment').length, 2)
  assert.equal((await entries(colleague)).filter((entry) => entry.kind === 'comment').length, 2)
  const theirs = (await entries(supplier)).filter((entry) => entry.kind === 'comment')
  assert.deepEqual(
    theirs.map(({ text, own, shared, author, removable }) => ({ text, own, shared, author, removable })),
    [{ text: '请补充 3 号机', own: false, shared: true, author: 'leader owner', removable: false }],
  )
  const [mention] = await inbox(colleague, 'collaboration.mentioned')
  assert.deepEqual(mention?.values, { author: 'leader owner', document: '产能协同' })
  const [told, ...more] = await inbox(supplier, 'collaboration.told')
  assert.equal(more.length, 0)
  assert.equal(told?.times, 1)
  assert.deepEqual(told?.values, { partner: '测试企业 leader', document: '产能协同' })
  assert.equal(told?.path, `/sharing/${params.recordId}`)
  // Nobody who may not read it, nobody of the other party is mentioned.
  const elsewhere = (await supplier.call(collaborationApi.document, { params })).people[0]?.id
  await assert.rejects(
    leader.call(collaborationApi.comment, { params, body: { text: 'x', mentions: [elsewhere as never] } }),
    failsWith(422, 'collaboration.unknownPerson'),
  )
})

test('an answer goes to whoever wrote, and to nobody else of his organisation', async () => {
  await colleague.call(collaborationApi.comment, { params, body: { text: '已收到', shared: true } })
  await deliver()
  await supplier.call(collaborationApi.comment, { params, body: { text: '明天补充', shared: true } })
  await deliver()
  assert.equal((await inbox(colleague, 'collaboration.told')).length, 1)
  assert.equal((await inbox(leader, 'collaboration.told')).length, 1)
  assert.equal((await inbox(auditor, 'collaboration.told')).length, 0)
})

test('an attachment is what its bytes are; both see a shared one, nobody else; nothing but a picture is shown', async () => {
  const picture = await leader.call(collaborationApi.attach, {
    params,
    query: { fileName: '照片.png', visibility: 'both' },
    bytes: samplePng,
  })
  const paper = await leader.call(collaborationApi.attach, { params, query: { fileName: '图纸.pdf' }, bytes: samplePdf })
  assert.deepEqual([picture.file?.mediaType, paper.file?.mediaType], ['image/png', 'application/pdf'])
  const get = (who: ApiClient, id: EntryId) => who.raw(collaborationApi.file as never, { params: { id } })
  const shown = await get(supplier, picture.id)
  assert.equal(shown.status, 200)
  assert.match(shown.headers.get('content-disposition') ?? '', /^inline/)
  assert.deepEqual(new Uint8Array(await shown.arrayBuffer()), new Uint8Array(samplePng))
  const saved = await get(leader, paper.id)
  assert.match(saved.headers.get('content-disposition') ?? '', /^attachment/)
  assert.match(saved.headers.get('content-security-policy') ?? '', /sandbox/)
  for (const [who, id] of [
    [supplier, paper.id],
    [stranger, picture.id],
    [auditor, picture.id],
  ] as const)
    assert.equal((await get(who, id)).status, 404)
  const evil = new TextEncoder().encode('<html><script>alert(1)</script></html>')
  for (const fileName of ['a.html', 'a.png', 'a.txt', 'a.svg'])
    await assert.rejects(leader.call(collaborationApi.attach, { params, query: { fileName }, bytes: evil }), failsWith(415), fileName)
  await assert.rejects(
    leader.call(collaborationApi.attach, { params, query: { fileName: 'a.png' }, bytes: new Uint8Array() }),
    failsWith(422),
  )
})

test('one takes back one’s own alone; that there was one stays, its text and file do not', async () => {
  const said = await leader.call(collaborationApi.comment, { params, body: { text: '说错了', shared: true } })
  const file = await leader.call(collaborationApi.attach, { params, query: { fileName: 'b.png', visibility: 'both' }, bytes: samplePng })
  await assert.rejects(supplier.call(collaborationApi.remove, { params: { id: said.id } }), failsWith(403, 'collaboration.notAuthor'))
  await assert.rejects(colleague.call(collaborationApi.remove, { params: { id: said.id } }), failsWith(403))
  await assert.rejects(stranger.call(collaborationApi.remove, { params: { id: said.id } }), failsWith(404))
  const event = (await entries(leader)).find((entry) => entry.kind === 'event')
  await assert.rejects(leader.call(collaborationApi.remove, { params: { id: event?.id as EntryId } }), failsWith(403))
  for (const { id } of [said, file]) await leader.call(collaborationApi.remove, { params: { id } })
  const left = (await entries(supplier)).filter((entry) => entry.removed)
  assert.deepEqual(
    left.map(({ text, file: of }) => [text, of]),
    [
      [null, null],
      [null, null],
    ],
  )
  assert.equal((await supplier.raw(collaborationApi.file as never, { params: { id: file.id } })).status, 404)
})

test('every document that a module declares stands on a page with its panel, and every panel’s document is declared', () => {
  const documents = modules.flatMap((module) => module.documents ?? [])
  const pages = sourceFiles(/^modules\/.*\/web\/.*\.tsx$/).map(textOf)
  const placed = pages.flatMap((page) => page.split('slot="document"').slice(1))
  // Of another form the panel would show nothing and nobody would hear of it.
  const entities = placed.map((after) => /^\s*props=\{\{\s*entity: '([^']+)',\s*recordId:/.exec(after)?.[1] ?? after.slice(0, 80))
  assert.deepEqual([...new Set(entities)].sort(), documents.map(({ entity }) => entity).sort())
})

test('each document leads to a page there is, and each step of its timeline has words', () => {
  const routes = sourceFiles(/^modules\/.*\/web\/pages\.ts$/).flatMap((file) => [...textOf(file).matchAll(/path: '([^']+)'/g)])
  const patterns = routes.map(([, path = '']) => new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`))
  const permissions = new Set(modules.flatMap((module) => Object.keys(module.permissions)))
  const wrong = modules.flatMap(({ documents = [] }) =>
    documents.flatMap(({ entity, read, answer, path, events }) => [
      ...(patterns.some((pattern) => pattern.test(path('x').split('?')[0] ?? '')) ? [] : [`${entity}: no page ${path('x')}`]),
      ...[read, answer].filter((one) => !permissions.has(one)).map((one) => `${entity}: no permission ${one}`),
      ...events
        .map(({ event }) => event)
        .filter((event) => !hasWords(event))
        .map((event) => `${event}: no words`),
    ]),
  )
  assert.deepEqual(wrong, [])
})

/** In Chinese; the check of words sees to the other language. */
function hasWords(event: string): boolean {
  const [module, name = ''] = event.split('.')
  const words = modules.find((one) => one.name === module)?.words.zh as { timeline?: Record<string, string> } | undefined
  return typeof words?.timeline?.[name] === 'string'
}
