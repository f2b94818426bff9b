import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { accessApi } from '#modules/foundation/access/contract.ts'
import { organisationsApi } from '#modules/foundation/organisations/contract.ts'
import { securityApi } from '#modules/foundation/security/contract.ts'
import { plantApi } from '#modules/shopfloor/plant/contract.ts'
import { type ApiClient, CallFailed, firstAdministrator, logIn, registerOrganisation } from '../../../../tests/api-client.ts'
import { SETUP_CODE, testApp } from '../../../../tests/app.ts'
import { populate } from '../../../../tests/isolation/populate.ts'
import { integrationApi, MAX_OF_RECORD, type RecordId } from '../contract.ts'
import { integrationErrors } from '../errors.ts'

let address: string
let owner: ApiClient
let other: { client: ApiClient; orgId: string }
let ids: Record<string, string>
let otherIds: Record<string, string>
const cleanups: (() => Promise<void>)[] = []

before(async () => {
  address = (await testApp({ after: (work) => void cleanups.unshift(work) })).address
  const operator = await firstAdministrator(address, SETUP_CODE)
  const mine = await registerOrganisation(operator, address, { code: 'mine', kind: 'leader', n: 2 })
  other = await registerOrganisation(operator, address, { code: 'other', kind: 'leader', n: 4 })
  const partner = await registerOrganisation(operator, address, { code: 'partner', kind: 'supplier', n: 3 })
  owner = mine.client
  ids = await populate(mine, partner, 'mine')
  otherIds = await populate(other, partner, 'other')
})
after(async () => {
  for (const cleanup of cleanups) await cleanup()
})

const failsWith = (code: string) => (error: unknown) => {
  assert.ok(error instanceof CallFailed, String(error))
  assert.equal(error.problem.code, code)
  return true
}
const record = (id: string | undefined) => id as RecordId
const device = () => ({ entity: 'devices.device', recordId: record(ids.Device) })
const add = (references: { entity: string; recordId: RecordId; system: string; type: string; key: string }[], replace = false) =>
  owner.call(integrationApi.addReferences, { body: { references, replace } })
const resolve = (client: ApiClient, system: string, type: string, key: string) =>
  client.call(integrationApi.resolveReference, { query: { system, type, key } })

test('each kind of record is found by the number an outside system has given it, in the case it wrote', async () => {
  const relation = await owner.call(organisationsApi.relations, { query: {} })
  const partnerId = relation.items[0]?.partnerId
  const references = [
    { entity: 'devices.device', recordId: record(ids.Device), system: 'SAP', type: 'Equipment', key: 'EQ-a1' },
    { entity: 'plant.node', recordId: record(ids.PlantNode), system: 'sap', type: 'plant', key: '1000' },
    { entity: 'devices.measuring_point', recordId: record(ids.MeasuringPoint), system: 'pi', type: 'tag', key: 'CQ.F1.T' },
    { entity: 'devices.thing_model', recordId: record(ids.ThingModel), system: 'sap', type: 'material-group', key: 'M7' },
    { entity: 'organisations.organisation', recordId: record(partnerId), system: 'sap', type: 'vendor', key: '0000100017' },
  ]
  const added = await add(references)
  assert.deepEqual(
    added.references.map((r) => [r.system, r.type, r.record.code]),
    [
      ['sap', 'equipment', 'F-1'],
      ['sap', 'plant', 'E'],
      ['pi', 'tag', 'F-1.temperature'],
      ['sap', 'material-group', 'furnace'],
      ['sap', 'vendor', 'partner'],
    ],
  )
  assert.equal((await resolve(owner, 'sap', 'vendor', '0000100017')).recordId, partnerId)
  assert.equal((await resolve(owner, 'SAP', 'equipment', ' EQ-a1 ')).recordId, ids.Device)
  await assert.rejects(resolve(owner, 'sap', 'equipment', 'EQ-A1'), failsWith(integrationErrors.referenceNotFound.code))
  const many = await owner.call(integrationApi.resolveReferences, {
    body: { keys: [...references, { system: 'sap', type: 'plant', key: '9999' }].map(({ system, type, key }) => ({ system, type, key })) },
  })
  assert.deepEqual([many.found.length, many.missing], [5, [{ system: 'sap', type: 'plant', key: '9999' }]])
  // Said again it changes nothing, and gives the same rows.
  assert.deepEqual(await add(references), added)
})

test('a key of one system and type names one record; nothing of a refused batch stays', async () => {
  const taken = { entity: 'plant.node', recordId: record(ids.PlantNode), system: 'mes', type: 'machine', key: 'M-1' }
  await add([{ ...device(), system: 'mes', type: 'machine', key: 'M-1' }])
  await assert.rejects(add([{ ...device(), system: 'mes', type: 'machine', key: 'M-2' }, taken]), (error) => {
    failsWith(integrationErrors.referenceTaken.code)(error)
    assert.match(String((error as CallFailed).problem.detail), /M-1.*mine furnace 1 \(F-1\)/)
    return true
  })
  await assert.rejects(resolve(owner, 'mes', 'machine', 'M-2'), failsWith(integrationErrors.referenceNotFound.code))
  // In another type of number, and another system, the same key is free.
  await add([
    { ...taken, type: 'place' },
    { ...taken, system: 'wms' },
  ])
  // The same key for two records within one batch.
  const twice = { system: 'mes', type: 'machine', key: 'M-9' }
  await assert.rejects(
    add([
      { ...device(), ...twice },
      { ...taken, ...twice },
    ]),
    failsWith(integrationErrors.referenceTaken.code),
  )
})

test('with replace a new number takes the place of the old one of its system and type, and of no other', async () => {
  const of = (system: string, type: string, key: string) => ({ ...device(), system, type, key })
  await add([of('eam', 'asset', 'A-1'), of('eam', 'cost-centre', 'C-1')])
  await add([of('eam', 'asset', 'A-2')], true)
  const { items } = await owner.call(integrationApi.references, { query: { ...device(), system: 'eam' } })
  assert.deepEqual(
    items.map((r) => [r.type, r.key]),
    [
      ['asset', 'A-2'],
      ['cost-centre', 'C-1'],
    ],
  )
})

test('what is unknown, reserved, oversized or foreign is refused with a reason', async () => {
  const key = { system: 'x', type: 'y', key: 'z' }
  for (const [wrong, code] of [
    [{ ...device(), ...key, entity: 'devices.screw' }, integrationErrors.unknownKind.code],
    [{ ...device(), ...key, entity: 'access.person' }, integrationErrors.unknownKind.code],
    [{ ...device(), ...key, entity: 'plant.node' }, integrationErrors.recordNotFound.code],
    [{ ...device(), ...key, recordId: record(otherIds.Device) }, integrationErrors.recordNotFound.code],
    [{ ...device(), ...key, system: 'lianshu', type: 'demo' }, integrationErrors.systemReserved.code],
    [{ ...device(), ...key, key: 'k'.repeat(201) }, 'request.invalid'],
    [{ ...device(), ...key, key: '   ' }, 'request.invalid'],
    [{ ...device(), ...key, key: 'a\u0000b' }, 'request.invalid'],
    [{ ...device(), ...key, system: '用友' }, 'request.invalid'],
    [{ ...device(), ...key, type: 't'.repeat(41) }, 'request.invalid'],
  ] as const)
    await assert.rejects(add([wrong]), failsWith(code), JSON.stringify(wrong).slice(0, 120))
  const many = (n: number) => Array.from({ length: n }, (_, i) => ({ ...device(), system: 'many', type: 'n', key: String(i) }))
  await assert.rejects(add(many(501)), failsWith('request.invalid'))
  await assert.rejects(add(many(MAX_OF_RECORD)), failsWith(integrationErrors.tooManyReferences.code))
  const { items } = await owner.call(integrationApi.references, { query: { system: 'many' } })
  assert.deepEqual(items, [])
})

test('another organisation gives the same key to its own record; neither sees, takes or removes the other’s', async () => {
  const key = { system: 'sap', type: 'shared-number', key: '4711' }
  const mine = (await add([{ ...device(), ...key }])).references[0]
  const theirs = await other.client.call(integrationApi.addReferences, {
    body: { references: [{ entity: 'devices.device', recordId: record(otherIds.Device), ...key }] },
  })
  assert.equal((await resolve(owner, 'sap', 'shared-number', '4711')).recordId, ids.Device)
  assert.equal((await resolve(other.client, 'sap', 'shared-number', '4711')).recordId, otherIds.Device)
  const id = theirs.references[0]?.id
  assert.ok(id && mine)
  await assert.rejects(owner.call(integrationApi.removeReference, { params: { id } }), failsWith(integrationErrors.referenceNotFound.code))
  await owner.call(integrationApi.removeReference, { params: { id: mine.id } })
  await assert.rejects(resolve(owner, 'sap', 'shared-number', '4711'), failsWith(integrationErrors.referenceNotFound.code))
  const { items } = await owner.call(securityApi.list, { query: { entity: 'kernel.external_reference', limit: 2 } })
  assert.deepEqual(
    items.map((row) => row.action),
    ['delete', 'insert'],
  )
})

test('the right to a kind decides beside the right to references; sites confine', async () => {
  const siteB = await owner.call(plantApi.createNode, {
    body: { parentId: ids.PlantNode as never, level: 'site', code: 'S-B', name: '二厂', nameEn: null },
  })
  const role = await owner.call(accessApi.createRole, {
    body: { name: '接口', permissions: ['integration.read', 'integration.manage', 'devices.read', 'plant.read'] },
  })
  const made = await owner.call(accessApi.createUser, {
    body: { login: 'of.site.b', displayName: 'b', roleIds: [role.id], siteIds: [siteB.id] },
  })
  const session = await logIn(address, 'of.site.b', made.oneTimePassword ?? '')
  await session.call(accessApi.changePassword, { body: { current: made.oneTimePassword ?? '', next: 'Kupfer-Bach-2026-abendlich' } })
  const confined = await logIn(address, 'of.site.b', 'Kupfer-Bach-2026-abendlich')
  await add([
    { ...device(), system: 'erp', type: 'asset', key: 'A' },
    { entity: 'plant.node', recordId: record(siteB.id), system: 'erp', type: 'plant', key: 'B' },
  ])
  await assert.rejects(resolve(confined, 'erp', 'asset', 'A'), failsWith(integrationErrors.referenceNotFound.code))
  assert.equal((await resolve(confined, 'erp', 'plant', 'B')).recordId, siteB.id)
  const { items } = await confined.call(integrationApi.references, { query: { system: 'erp' } })
  assert.deepEqual(
    items.map((r) => r.key),
    ['B'],
  )
  const body = { references: [{ entity: 'plant.node', recordId: record(siteB.id), system: 'erp', type: 'plant', key: 'C' }] }
  await assert.rejects(confined.call(integrationApi.addReferences, { body }), failsWith('request.notAllowed'))
  const { kinds } = await confined.call(integrationApi.referenceKinds)
  assert.deepEqual(
    kinds.map((kind) => [kind.entity, kind.canManage]),
    [
      ['plant.node', false],
      ['devices.device', false],
      ['devices.measuring_point', false],
      ['devices.thing_model', false],
    ],
  )
})

test('two who give one key to two records at the same moment: one does, the other hears whose it is', async () => {
  const outcomes = await Promise.allSettled(
    [device(), { entity: 'plant.node', recordId: record(ids.PlantNode) }].map((of) =>
      add([{ ...of, system: 'race', type: 'n', key: '1' }]),
    ),
  )
  assert.deepEqual(outcomes.map((one) => one.status).sort(), ['fulfilled', 'rejected'])
})

test('a page of references goes on by its cursor', async () => {
  const keys = Array.from({ length: 7 }, (_, i) => `P-${i}`)
  await add(keys.map((key) => ({ ...device(), system: 'paged', type: 'n', key })))
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = await owner.call(integrationApi.references, { query: { system: 'paged', limit: 3, ...(cursor ? { cursor } : {}) } })
    seen.push(...page.items.map((r) => r.key))
    cursor = page.nextCursor ?? undefined
  } while (cursor)
  assert.deepEqual(seen, keys)
})
