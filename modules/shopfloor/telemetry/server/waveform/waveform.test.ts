import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type DeviceId, devicesApi } from '#modules/shopfloor/devices/contract.ts'
import { type ApiClient, CallFailed, firstAdministrator, registerOrganisation } from '../../../../../tests/api-client.ts'
import { SETUP_CODE, testApp } from '../../../../../tests/app.ts'
import { telemetryApi } from '../../contract.ts'
import { waveformLimits } from '../../waveform.ts'

let client: ApiClient
let address: string
let deviceId: DeviceId
let basic: { userName: string; secret: string }
let started: Awaited<ReturnType<typeof testApp>>
const cleanups: (() => Promise<void>)[] = []

before(async () => {
  started = await testApp({ after: (work) => void cleanups.unshift(work) })
  address = started.address
  const operator = await firstAdministrator(address, SETUP_CODE)
  client = (await registerOrganisation(operator, address, { code: 'leader', kind: 'leader', n: 2 })).client
  const model = await client.call(devicesApi.createThingModel, {
    body: {
      code: 'pump',
      name: '泵',
      nameEn: null,
      description: '',
      definition: { properties: [{ name: 'pressure', label: '压力', valueType: 'number', unit: 'MPa', kind: 'instant' }] },
    },
  })
  const plate = { name: '泵', nameEn: null, maker: '', model: '', serial: '', note: '' }
  const made = await client.call(devicesApi.create, {
    body: { code: 'P-1', ...plate, thingModelId: model.id, status: 'active', nodeId: null, withCredential: true },
  })
  deviceId = made.id
  assert.ok(made.credential)
  basic = made.credential
})
after(async () => {
  for (const cleanup of cleanups) await cleanup()
})

const atMs = Date.parse('2026-11-20T08:00:00Z')
const bytes = (n: number) => new Uint8Array(n).map((_, i) => i % 251)
const push = (query: object, body: Uint8Array<ArrayBuffer>, as = basic) =>
  client.call(telemetryApi.pushWaveform, {
    query: { ts: atMs, point: 'vibrationX', sampleRateHz: 25_600, ...query },
    bytes: body,
    basic: as,
  })
const list = () => client.call(telemetryApi.waveforms, { params: { deviceId }, query: {} })
const refused = (status: number, code: string, reason?: string) => (error: unknown) =>
  error instanceof CallFailed &&
  error.status === status &&
  error.problem.code === code &&
  (reason === undefined || (error.problem.reasons as string[]).includes(reason))

test('a waveform comes back byte for byte; the same point and time again replaces it', async () => {
  const first = await push({ unit: 'm/s²', format: 'float32le' }, bytes(4_000))
  assert.deepEqual(
    (await list()).waveforms.map(({ point, at, sampleRateHz, unit, format, bytes: n, samples }) => [
      point,
      at,
      sampleRateHz,
      unit,
      format,
      n,
      samples,
    ]),
    [['vibrationX', '2026-11-20T08:00:00.000Z', 25_600, 'm/s²', 'float32le', 4_000, 1_000]],
  )
  const again = await push({ format: 'int16le' }, bytes(1_000_000))
  assert.equal(again.id, first.id)
  await push({ ts: atMs + 60_000 }, bytes(3))
  const { waveforms, total, bytes: all } = await list()
  assert.deepEqual([total, all, waveforms[0]?.format, waveforms[0]?.samples], [2, 1_000_003, 'other', null])
  const answer = await client.raw(telemetryApi.waveformContent as never, { params: { deviceId, id: first.id } })
  assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), bytes(1_000_000))
  assert.match(answer.headers.get('content-disposition') ?? '', /^attachment; .*vibrationX_2026-11-20T08-00-00-000Z\.bin$/)
})

test('what is refused is told with its reason, counted, and leaves nothing behind', async () => {
  const before = await list()
  await assert.rejects(push({}, bytes(10), { ...basic, secret: 'wrong' }), refused(401, 'telemetry.wrongCredential'))
  await assert.rejects(push({ ts: Date.now() + 3_600_000 }, bytes(10)), refused(422, 'telemetry.waveformRefused', 'future'))
  await assert.rejects(push({ ts: 1 }, bytes(10)), refused(422, 'telemetry.waveformRefused', 'ancient'))
  await assert.rejects(push({ format: 'float64le', ts: atMs + 1 }, bytes(12)), refused(422, 'telemetry.waveformRefused', 'malformed'))
  await assert.rejects(push({ ts: atMs + 2 }, bytes(0)), refused(422, 'request.fileEmpty'))
  await assert.rejects(push({ point: '../x' }, bytes(10)), refused(400, 'request.invalid'))
  await assert.rejects(
    push({ ts: atMs + 3 }, bytes(waveformLimits.bytes + 1)),
    (error: Error) => refused(413, 'request.tooLarge')(error) || /fetch failed/.test(error.message),
  )
  assert.deepEqual(await list(), before)
})
