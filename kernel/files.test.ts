import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import S3rver from 's3rver'
import { AppError } from '#values/errors.ts'
import { testContext } from '../tests/context.ts'
import { sampleJpeg, sampleOffice, samplePdf, samplePng } from '../tests/sample-files.ts'
import { disposition, rangeOf } from './file-answer.ts'
import { filesIn } from './files.ts'
import { documentKinds, imageKinds, recognise } from './media-types.ts'
import { newObjectKey, ObjectMissing, type ObjectStore } from './object-store.ts'
import { openObjectStore } from './open-object-store.ts'

const dir = mkdtempSync(join(tmpdir(), 'lianshu-files-'))
after(() => rmSync(dir, { recursive: true }))

const orgId = '01970000-0000-7000-8000-000000000001'
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const read = async (chunks: AsyncIterable<Uint8Array>) => Buffer.concat(await Array.fromAsync(chunks))
const uploadOf = (bytes: Uint8Array) => ({
  stream: async function* () {
    yield Buffer.from(bytes)
  },
  whole: async () => Buffer.from(bytes),
})

function localFile(bytes: Uint8Array, name = 'local') {
  const path = join(dir, name)
  writeFileSync(path, bytes)
  return { path, bytes: bytes.length, sha256: sha256(bytes), mediaType: 'application/pdf' }
}

const code = (expected: string) => (error: unknown) => error instanceof AppError && error.code === expected

/** What both stores must do, whoever holds the bytes. */
function holdsObjects(open: () => Promise<ObjectStore>) {
  test('what was put comes back whole and by ranges, until it is deleted', async () => {
    const store = await open()
    const bytes = new Uint8Array(3_000_000).map((_, i) => i % 251)
    const key = newObjectKey(orgId)
    await store.put(key, localFile(bytes))
    assert.equal(sha256(await read(await store.get(key))), sha256(bytes))
    assert.deepEqual([...(await read(await store.get(key, { from: 1_000, to: 1_004 })))], [...bytes.subarray(1_000, 1_005)])
    await store.delete(key)
    await assert.rejects(async () => read(await store.get(key)), ObjectMissing)
    await store.delete(key)
  })
}

describe('a folder as object store', () => {
  const folder = join(dir, 'store')
  holdsObjects(async () => openObjectStore({ folder }))

  test('takes no key that would leave the folder', async () => {
    const store = openObjectStore({ folder })
    for (const key of ['../../etc/passwd', `${orgId}/../x`, '', `/${'a'.repeat(32)}`]) await assert.rejects(store.get(key), /did not make/)
  })

  test('keeps files readable by its own account alone', async () => {
    const store = openObjectStore({ folder })
    const key = newObjectKey(orgId)
    await store.put(key, localFile(samplePdf))
    assert.equal(statSync(join(folder, key)).mode & 0o777, 0o600)
    assert.equal(statSync(join(folder, orgId)).mode & 0o777, 0o700)
  })
})

describe('an S3 server (s3rver) as object store', () => {
  const server = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory: join(dir, 's3'),
    configureBuckets: [{ name: 'lianshu', configs: [] }],
  })
  let port = 0
  before(async () => {
    port = (await server.run()).port
  })
  after(() => server.close())
  holdsObjects(async () => openObjectStore({ folder: '', s3Url: `http://S3RVER:S3RVER@127.0.0.1:${port}/lianshu` }))

  test('who has no key there is refused, told as a failure', async () => {
    const store = openObjectStore({ folder: '', s3Url: `http://NOBODY:S3RVER@127.0.0.1:${port}/lianshu` })
    await assert.rejects(store.put(newObjectKey(orgId), localFile(samplePdf)), /S3 put: 403/)
  })
})

describe('taking an upload', () => {
  const incoming = join(dir, 'incoming')
  const files = filesIn(openObjectStore({ folder: join(dir, 'taken') }), incoming)
  const take = (name: string, bytes: Uint8Array, allowed = documentKinds) =>
    files.take(testContext(), { upload: uploadOf(bytes), name, allowed }, async (file) => file)

  test('its media type is what the bytes say', async () => {
    const text = new TextEncoder()
    const types = await Promise.all(
      (
        [
          ['a.png', samplePng],
          ['a.JPG', sampleJpeg],
          ['手册.pdf', samplePdf],
          ['a.xlsx', sampleOffice('xlsx')],
          ['a.docx', sampleOffice('docx')],
          ['a.step', text.encode('ISO-10303-21;\nHEADER;')],
          ['a.csv', text.encode('\ufeff设备,编号\nA,1\n')],
          ['gb.csv', new Uint8Array([0xc9, 0xe8, 0xb1, 0xb8, 0x2c, 0x31])],
          ['a.dwg', text.encode('AC1027\0\0\0\0\0\0')],
        ] as const
      ).map(async ([name, bytes]) => (await take(name, bytes)).mediaType),
    )
    assert.deepEqual(types, [
      'image/png',
      'image/jpeg',
      'application/pdf',
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      'model/step',
      'text/csv',
      'text/csv',
      'image/vnd.dwg',
    ])
  })

  test('what is not what its name says is refused', async () => {
    const text = new TextEncoder()
    const lies: [string, Uint8Array][] = [
      ['photo.png', sampleJpeg],
      ['photo.jpg', text.encode('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')],
      ['report.txt', text.encode('  <!DOCTYPE html><script>alert(1)</script>')],
      ['report.csv', text.encode('a,b\n<script>alert(1)</script>')],
      ['report.pdf', text.encode('MZ\x90\0\x03')],
      ['report.docx', sampleOffice('docm')],
      ['report.docx', sampleOffice('xlsx')],
      ['notes.txt', new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0])],
      ['a.step', text.encode('something else')],
    ]
    for (const [name, bytes] of lies) await assert.rejects(take(name, bytes), code('request.fileNotAsNamed'), name)
  })

  test('SVG, HTML, programs and whatever is not on the list are not taken at all', async () => {
    for (const name of ['a.svg', 'a.html', 'a.exe', 'a.js', 'a.doc', 'a.xlsm', 'a.png.exe', 'png', ''])
      await assert.rejects(take(name, samplePng), code('request.fileTypeRefused'), name)
    await assert.rejects(take('a.pdf', samplePdf, [...imageKinds]), code('request.fileTypeRefused'))
    await assert.rejects(take('a.pdf', new Uint8Array()), code('request.fileEmpty'))
  })

  test('where the work after it fails nothing stays behind', async () => {
    const ctx = testContext()
    const failing = files.take(ctx, { upload: uploadOf(samplePdf), name: 'a.pdf', allowed: documentKinds }, () =>
      Promise.reject(new Error('no')),
    )
    await assert.rejects(failing, /no/)
    assert.deepEqual(readdirSync(join(dir, 'taken', ctx.orgId)), [])
    assert.deepEqual(readdirSync(incoming), [])
  })

  test('a picture with a page hidden behind it stays a picture', async () => {
    const { path } = localFile(Buffer.concat([samplePng, Buffer.from('<script>alert(1)</script>')]), 'polyglot')
    assert.equal(await recognise(path, 'a.png', imageKinds), 'image/png')
  })
})

test('ranges as of RFC 9110', () => {
  assert.deepEqual(rangeOf('bytes=0-4', 10), { from: 0, to: 4 })
  assert.deepEqual(rangeOf('bytes=4-', 10), { from: 4, to: 9 })
  assert.deepEqual(rangeOf('bytes=-3', 10), { from: 7, to: 9 })
  assert.deepEqual(rangeOf('bytes=-30', 10), { from: 0, to: 9 })
  assert.deepEqual(rangeOf('bytes=5-100', 10), { from: 5, to: 9 })
  assert.equal(rangeOf('bytes=10-', 10), 'beyond')
  assert.equal(rangeOf('bytes=-0', 10), 'beyond')
  for (const whole of [undefined, 'bytes=-', 'bytes=4-2', 'bytes=0-1,3-4', 'items=0-1']) assert.equal(rangeOf(whole, 10), undefined)
})

test('a file name cannot leave its header', () => {
  assert.equal(
    disposition('attachment', '检修 "a"\r\nx: (1)\ud800.pdf'),
    "attachment; filename*=UTF-8''%E6%A3%80%E4%BF%AE%20%22a%22%0D%0Ax%3A%20%281%29%EF%BF%BD.pdf",
  )
})
