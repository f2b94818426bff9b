import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type ApiClient, apiClient, CallFailed, firstAdministrator, registerOrganisation } from '../../../../tests/api-client.ts'
import { SETUP_CODE, testApp } from '../../../../tests/app.ts'
import { sampleJpeg, samplePdf, samplePng } from '../../../../tests/sample-files.ts'
import { attachmentLimits } from '../attachments.ts'
import { type DeviceId, devicesApi } from '../contract.ts'
import { addAttachment, attachmentContent, listAttachments } from './attachments.ts'
import { retireDevice } from './change-device.ts'
import { contextOf, failsWith, leader, newDevice, newModel, places, testRooms } from './test-rooms.ts'

let client: ApiClient
let address: string
let device: { id: DeviceId }

const cleanups: (() => Promise<void>)[] = []

before(async () => {
  const started = await testApp({ after: (work) => void cleanups.unshift(work) })
  address = started.address
  const operator = await firstAdministrator(address, SETUP_CODE)
  client = (await registerOrganisation(operator, address, { code: 'leader', kind: 'leader', n: 2 })).client
  const model = await client.call(devicesApi.createThingModel, {
    body: {
      code: 'press',
      name: '压机',
      nameEn: null,
      description: '',
      definition: { properties: [{ name: 'force', label: '压力', valueType: 'number', unit: 'kN', kind: 'instant' }] },
    },
  })
  device = await client.call(devicesApi.create, {
    body: {
      code: 'P-1',
      name: '一号压机',
      nameEn: null,
      maker: '',
      model: '',
      serial: '',
      note: '',
      thingModelId: model.id,
      status: 'active',
      nodeId: null,
      withCredential: false,
    },
  })
})

after(async () => {
  for (const cleanup of cleanups) await cleanup()
})

const add = (query: { kind: 'photo' | 'manual' | 'certificate'; fileName: string; validUntil?: string }, bytes: Uint8Array<ArrayBuffer>) =>
  client.call(devicesApi.addAttachment, { params: { id: device.id }, query, bytes })
const list = async () => (await client.call(devicesApi.attachments, { params: { id: device.id } })).attachments
const content = (attachmentId: string, query: Record<string, string> = {}, headers: Record<string, string> = {}) =>
  fetch(`${address}/api/devices/${device.id}/attachments/${attachmentId}/content?${new URLSearchParams(query)}`, {
    headers: { cookie: client.cookie, ...headers },
  })
const refused = (status: number, codeOf: string) => (error: unknown) =>
  error instanceof CallFailed && error.status === status && error.problem.code === codeOf

describe('photos and documents of a device', () => {
  test('the first photo stands for the device; another may be chosen; the next follows one that goes', async () => {
    const first = await add({ kind: 'photo', fileName: '铭牌.png' }, samplePng)
    const second = await add({ kind: 'photo', fileName: 'IMG_0001.jpg' }, sampleJpeg)
    assert.deepEqual([first.main, second.main], [true, false])
    const path = (attachmentId: typeof first.id) => ({ id: device.id, attachmentId })
    await client.call(devicesApi.updateAttachment, { params: path(second.id), body: { version: second.version, main: true } })
    assert.deepEqual(
      (await list()).map((one) => [one.fileName, one.main]),
      [
        ['IMG_0001.jpg', true],
        ['铭牌.png', false],
      ],
    )
    assert.equal((await client.call(devicesApi.get, { params: { id: device.id } })).own?.mainPhotoId, second.id)
    await client.call(devicesApi.removeAttachment, { params: path(second.id) })
    assert.deepEqual(
      (await list()).map((one) => [one.fileName, one.main]),
      [['铭牌.png', true]],
    )
    assert.equal((await content(second.id)).status, 404)
  })

  test('an image is shown, a document saved, and neither runs anything', async () => {
    const [photo] = await list()
    const shown = await content(photo?.id ?? '')
    assert.equal(shown.headers.get('content-type'), 'image/png')
    assert.match(shown.headers.get('content-disposition') ?? '', /^inline; filename\*=UTF-8''%E9%93%AD%E7%89%8C\.png$/)
    assert.equal(shown.headers.get('x-content-type-options'), 'nosniff')
    assert.match(shown.headers.get('content-security-policy') ?? '', /default-src 'none'.*sandbox/)
    assert.deepEqual(new Uint8Array(await shown.arrayBuffer()), samplePng)
    assert.match((await content(photo?.id ?? '', { as: 'saved' })).headers.get('content-disposition') ?? '', /^attachment/)
    const manual = await add({ kind: 'manual', fileName: '操作手册.pdf' }, samplePdf)
    const saved = await content(manual.id)
    assert.match(saved.headers.get('content-disposition') ?? '', /^attachment/)
    assert.deepEqual([saved.headers.get('content-type'), saved.status], ['application/pdf', 200])
    const part = await content(manual.id, {}, { range: 'bytes=0-3' })
    assert.deepEqual([part.status, await part.text(), part.headers.get('content-range')], [206, '%PDF', `bytes 0-3/${samplePdf.length}`])
    const again = await content(manual.id, {}, { 'if-none-match': saved.headers.get('etag') ?? '' })
    assert.equal(again.status, 304)
    assert.equal((await content(manual.id, {}, { range: 'bytes=9999-' })).status, 416)
  })

  test('the same file twice, another kind, one that is too large: each is refused with its reason', async () => {
    await assert.rejects(add({ kind: 'certificate', fileName: 'x.pdf' }, samplePdf), refused(409, 'devices.sameFile'))
    await assert.rejects(add({ kind: 'photo', fileName: 'x.pdf' }, samplePdf), refused(415, 'request.fileTypeRefused'))
    await assert.rejects(add({ kind: 'manual', fileName: 'x.docx' }, samplePdf), refused(415, 'request.fileNotAsNamed'))
    await assert.rejects(add({ kind: 'manual', fileName: 'x.pdf' }, new Uint8Array(0)), refused(422, 'request.fileEmpty'))
    await assert.rejects(
      add({ kind: 'manual', fileName: 'x.pdf' }, new Uint8Array(attachmentLimits.bytes + 1)),
      (error: Error) => refused(413, 'request.tooLarge')(error) || /fetch failed/.test(error.message),
    )
    for (const fileName of ['../x.pdf', 'a\u202efdp.exe', 'a\u0000.pdf'])
      await assert.rejects(add({ kind: 'manual', fileName }, samplePdf), refused(400, 'request.invalid'))
  })

  test('a certificate has a last day; a photo has none, a manual does not stand for the device', async () => {
    const certificate = await add(
      { kind: 'certificate', fileName: '检定证书.txt', validUntil: '2027-03-31' },
      new TextEncoder().encode('检定合格'),
    )
    assert.equal(certificate.validUntil, '2027-03-31')
    const change = (body: object) =>
      client.call(devicesApi.updateAttachment, { params: { id: device.id, attachmentId: certificate.id }, body: { version: 1, ...body } })
    await assert.rejects(change({ main: true }), refused(422, 'devices.notOfThisKind'))
    const changed = await change({ name: '压力表检定证书', validUntil: '2028-03-31' })
    assert.deepEqual([changed.name, changed.validUntil, changed.version], ['压力表检定证书', '2028-03-31', 2])
    await assert.rejects(change({ name: 'x' }), refused(409, 'devices.changedMeanwhile'))
  })

  test('nobody who is not signed in sends or gets a byte', async () => {
    const stranger = apiClient(address)
    const answer = await stranger.raw(devicesApi.addAttachment as never, {
      params: { id: device.id },
      query: { kind: 'photo', fileName: 'a.png' },
      bytes: samplePng,
    })
    assert.equal(answer.status, 401)
  })
})

describe('whose attachments they are', () => {
  const upload = (bytes: Uint8Array) => ({
    stream: async function* () {
      yield Buffer.from(bytes)
    },
    whole: async () => Buffer.from(bytes),
  })

  test('who is confined to another site neither sees nor changes them; a retired device keeps them', async () => {
    const { rooms } = await testRooms({ after })
    const ctx = contextOf(leader)
    const { id } = await newDevice(rooms, ctx, { code: 'A-1', thingModelId: await newModel(rooms, ctx), nodeId: places.lineA })
    const { id: attachmentId } = await addAttachment(rooms, ctx, id, {
      query: { kind: 'photo', fileName: 'a.png' },
      upload: upload(samplePng),
    })
    const elsewhere = contextOf(leader, { sites: [places.siteB] })
    await assert.rejects(listAttachments(rooms, elsewhere, id), failsWith('devices.notFound'))
    await assert.rejects(attachmentContent(rooms, elsewhere, { id, attachmentId }, false), failsWith('devices.notFound'))
    await assert.rejects(
      addAttachment(rooms, elsewhere, id, { query: { kind: 'photo', fileName: 'b.jpg' }, upload: upload(sampleJpeg) }),
      failsWith('devices.notFound'),
    )
    await retireDevice(rooms, contextOf(leader, { now: '2026-11-22T09:00:00Z' }), id, 1)
    assert.equal((await listAttachments(rooms, ctx, id)).attachments.length, 1)
    await addAttachment(rooms, ctx, id, { query: { kind: 'other', fileName: '报废单.pdf' }, upload: upload(samplePdf) })
    assert.equal((await listAttachments(rooms, contextOf(leader, { sites: [places.siteA] }), id)).attachments.length, 2)
  })
})
