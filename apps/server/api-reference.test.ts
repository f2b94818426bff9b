import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { accessApi } from '#modules/foundation/access/contract.ts'
import { securityApi } from '#modules/foundation/security/contract.ts'
import { plantApi } from '#modules/shopfloor/plant/contract.ts'
import { type ApiClient, firstAdministrator } from '../../tests/api-client.ts'
import { SETUP_CODE, testApp } from '../../tests/app.ts'

const PER_MINUTE = 60

interface Document {
  info: { description: string }
  paths: Record<string, Record<string, { parameters: { in: string; name: string }[]; responses: Record<string, { $ref?: string }> }>>
  components: { responses: { TooMany: { headers: Record<string, unknown> } } }
}

let address: string
let client: ApiClient
let document: Document
const cleanups: (() => Promise<void>)[] = []

before(async () => {
  address = (await testApp({ after: (work) => void cleanups.unshift(work) }, { requestsPerMinute: PER_MINUTE })).address
  client = await firstAdministrator(address, SETUP_CODE)
  document = (await (await fetch(`${address}/api/openapi.json`)).json()) as Document
})
after(async () => {
  for (const cleanup of cleanups) await cleanup()
})

test('lists go on by their cursor as the reference says, and refuse another sort’s', async () => {
  for (let i = 0; i < 5; i += 1) await client.call(accessApi.createRole, { body: { name: `role ${i}`, permissions: ['plant.read'] } })
  const lists = Object.values(document.paths).flatMap((path) =>
    Object.values(path).filter((operation) => operation.parameters.some((p) => p.name === 'cursor')),
  )
  assert.ok(lists.length >= 8)
  for (const list of lists) assert.ok(list.parameters.some((p) => p.name === 'limit'))
  const seen: string[] = []
  let cursor: string | null | undefined
  let pages = 0
  do {
    const page = await client.call(securityApi.list, { query: { limit: 3, ...(cursor ? { cursor } : {}) } })
    assert.ok(page.items.length <= 3)
    seen.push(...page.items.map((item) => String(item.id)))
    cursor = page.nextCursor
    pages += 1
  } while (cursor && pages < 3)
  assert.equal(new Set(seen).size, seen.length)
  assert.ok(seen.length > 3)
  const foreign = await client.raw(securityApi.list, { query: { cursor: 'not-one-of-ours' } })
  assert.equal(foreign.status, 400)
})

test('every answer carries the documented limit headers, a refused one says how long to wait, and the limit is the caller’s own', async () => {
  const documented = Object.keys(document.components.responses.TooMany.headers)
  assert.ok(documented.length === 4)
  for (const name of documented) assert.ok(document.info.description.includes(name), name)
  for (const path of Object.values(document.paths))
    for (const operation of Object.values(path)) assert.equal(operation.responses['429']?.$ref, '#/components/responses/TooMany')

  const first = await client.raw(plantApi.nodes)
  assert.equal(first.status, 200)
  assert.equal(first.headers.get('x-ratelimit-limit'), String(PER_MINUTE))
  const left = Number(first.headers.get('x-ratelimit-remaining'))
  assert.ok(left > 0 && left < PER_MINUTE)
  for (let i = 0; i < left; i += 1) assert.equal((await client.raw(plantApi.nodes)).status, 200)
  const refused = await client.raw(plantApi.nodes)
  assert.equal(refused.status, 429)
  assert.equal(((await refused.json()) as { code: string }).code, 'request.tooMany')
  for (const name of documented) assert.match(refused.headers.get(name) ?? '', /^\d+$/, name)
  assert.equal(refused.headers.get('x-ratelimit-remaining'), '0')
  const wait = Number(refused.headers.get('retry-after'))
  assert.ok(wait >= 1 && wait <= 60)
  // Somebody else is not held up.
  assert.equal((await fetch(`${address}/api/health/live`)).status, 200)
})
