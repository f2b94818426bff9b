import assert from 'node:assert/strict'
import { test } from 'node:test'
import { collaborationApi } from '#modules/foundation/collaboration/contract.ts'
import { organisationsApi } from '#modules/foundation/organisations/contract.ts'
import { materialsApi } from '#modules/trade/materials/contract.ts'
import { type ApiClient, CallFailed, firstAdministrator, registerOrganisation, testCreditCode } from '../../tests/api-client.ts'
import { SETUP_CODE, testApp } from '../../tests/app.ts'

test('the search box finds by pinyin and code what the caller may read, and no other organisation’s', async (t) => {
  const { address } = await testApp(t)
  const operator = await firstAdministrator(address, SETUP_CODE)
  const { client: leader } = await registerOrganisation(operator, address, { code: 'leader', kind: 'leader', n: 2 })
  const { client: other } = await registerOrganisation(operator, address, { code: 'other', kind: 'supplier', n: 3 })
  const category = await leader.call(materialsApi.createCategory, {
    body: { parentId: null, code: 'BEAR', name: '轴承', nameEn: null, prefix: 'BEAR', attributes: [] },
  })
  const body = { categoryId: category.id, code: 'ZC-6204', name: '深沟球轴承', kind: 'part', baseUnit: 'C62' } as const
  const { id } = await leader.call(materialsApi.create, { body })
  const find = async (client: ApiClient, text: string) => (await client.call(collaborationApi.search, { query: { text } })).groups
  const found = [{ module: 'materials', name: 'material', items: [{ label: 'ZC-6204 深沟球轴承', path: `/materials/${id}` }] }]
  for (const text of ['轴承', 'zhoucheng', 'sgqzc', 'zc-6204']) assert.deepEqual(await find(leader, text), found, text)
  assert.deepEqual(await find(other, '轴承'), [])
  const relation = await leader.call(organisationsApi.createRelation, {
    body: { supplierCreditCode: testCreditCode(3), tier: 1, since: '2026-01-01' },
  })
  assert.deepEqual(await find(leader, 'other 测试'), [
    { module: 'organisations', name: 'partner', items: [{ label: '测试企业 other', path: `/organisations/relations/${relation.id}` }] },
  ])
  await assert.rejects(find(leader, '  '), (error: unknown) => error instanceof CallFailed && error.status === 400)
})
