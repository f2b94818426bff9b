import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'
import { barsPicture, matrixPicture, qrPicture } from './label-codes.ts'

const wasm = new Uint8Array(readFileSync(createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm')))
prepareZXingModule({ overrides: { wasmBinary: wasm.buffer } })

const read = async (picture: string) =>
  (await readBarcodes(new Uint8Array(Buffer.from(picture.replace('data:image/png;base64,', ''), 'base64')))).map((found) => found.text)

test('every pair of digits as bars is read back by a reader of another hand', async () => {
  for (let from = 0; from < 100; from += 9) {
    const sscc = Array.from({ length: 9 }, (_, i) => String((from + i) % 100).padStart(2, '0')).join('')
    assert.deepEqual(await read(barsPicture(`00${sscc}`)), [`(00)${sscc}`])
  }
  assert.throws(() => barsPicture('123'), RangeError)
})

test('a Data Matrix says what it was given', async () => {
  for (const text of ['(00)340123450000000017(241)DC-000001(10)YL2611A(37)48(400)PO-202611-00042', 'A1', 'x'.repeat(400)])
    assert.deepEqual(await read(matrixPicture(text)), [text])
})

test('a QR code says what it was given, Chinese too', async () => {
  for (const text of ['(00)340123450000000017(241)DC-000001(10)YL2611A(37)48(400)PO-202611-00042', '应龙压铸·左箱体', 'x'.repeat(400)])
    assert.deepEqual(await read(qrPicture(text)), [text])
})
