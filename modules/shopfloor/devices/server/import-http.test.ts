import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Endpoint } from '#values/endpoint.ts'
import { IMPORT_MAX_BYTES } from '#values/import.ts'
import { type ApiClient, firstAdministrator, registerOrganisation } from '../../../../tests/api-client.ts'
import { SETUP_CODE, testApp } from '../../../../tests/app.ts'
import { devicesApi } from '../contract.ts'
import { deviceImport, deviceImportApi } from '../import-contract.ts'

let client: ApiClient
let address: string
const cleanups: (() => Promise<void>)[] = []

before(async () => {
  const started = await testApp({ after: (work) => void cleanups.unshift(work) })
  address = started.address
  const operator = await firstAdministrator(address, SETUP_CODE)
  client = (await registerOrganisation(operator, address, { code: 'leader', kind: 'leader', n: 2 })).client
})
after(async () => {
  for (const cleanup of cleanups) await cleanup()
})

const bytes = (text: string) => new TextEncoder().encode(text)
const send = (fileName: string, file: Uint8Array<ArrayBuffer>) => client.call(deviceImport.upload, { query: { fileName }, bytes: file })
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: { problem?: { code?: string } }) => error.problem?.code,
  )

test('a file is taken as bytes, and what it cannot be is refused in words', async () => {
  const { id } = await send('设备.csv', bytes('编码,名称,物模型\r\nA-1,x,y\r\n'))
  const state = await client.call(deviceImport.state, { params: { id } })
  assert.deepEqual([state.fileName, state.status], ['设备.csv', 'queued'])
  const refused = await codeOf(send('x.xlsx', bytes('%PDF-1.7')))
  assert.equal(refused, 'imports.notSpreadsheet')
  assert.equal(await codeOf(send('x.csv', bytes(''))), 'imports.emptyFile')
  assert.equal(await codeOf(send('x.csv', new Uint8Array(IMPORT_MAX_BYTES + 1))), 'request.tooLarge')
  assert.equal(await codeOf(send('', bytes('a'))), 'request.invalid')
})

test('nobody without a session sends a file, and no other endpoint takes one', async () => {
  const post = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${address}/api${path}`, { method: 'POST', headers: { 'content-type': 'application/octet-stream', ...headers }, body: 'a,b' })
  assert.equal((await post('/devices/import?fileName=x')).status, 401)
  assert.equal((await post('/devices/import?fileName=x', { cookie: client.cookie })).status, 403, 'without the CSRF token')
  assert.equal((await post(devicesApi.create.path, { cookie: client.cookie })).status, 400)
  const foreign = await client.raw(devicesApi.create as unknown as Endpoint, { bytes: bytes('{}') })
  assert.equal(foreign.status, 400)
})

test('a workbook is downloaded under its own name', async () => {
  const answer = await client.raw(deviceImport.template as Endpoint)
  assert.equal(answer.headers.get('content-type'), 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')
  assert.match(decodeURIComponent(answer.headers.get('content-disposition') ?? ''), /filename\*=UTF-8''设备-导入模板\.xlsx$/)
  assert.deepEqual([...new Uint8Array(await answer.arrayBuffer()).subarray(0, 2)], [0x50, 0x4b])
  const { items } = await client.call(deviceImport.list)
  const id = items[0]?.id
  assert.ok(id)
  const wrong = await client.raw(deviceImport.wrongRows as Endpoint, { params: { id } })
  assert.equal(wrong.status, 200)
  const secrets = await client.raw(deviceImportApi.secrets as Endpoint, { params: { id }, body: {} })
  assert.deepEqual([secrets.status, ((await secrets.json()) as { code: string }).code], [409, 'imports.nothingToHandOut'])
})
