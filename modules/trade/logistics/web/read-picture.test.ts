import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import bwip from 'bwip-js/node'
import { beforeAll, expect, test } from 'vitest'
import { prepareZXingModule } from 'zxing-wasm/reader'
import { readScan } from '../labels/scan.ts'
import { readPicture } from './read-picture.ts'

// What the browser fetches from our server is read from the folder here.
beforeAll(() => {
  const wasmBinary = readFileSync(createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm'))
  prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(wasmBinary).buffer } })
})

/** A PNG file as a phone's photo is one, drawn by another library than the one that reads it. */
const picture = (bcid: string, text: string) =>
  bwip.toBuffer({ bcid, text, scale: 3, padding: 12, backgroundcolor: 'FFFFFF', rotate: 'N' } as never)
const read = async (bcid: string, text: string) => (await readPicture(new Uint8Array(await picture(bcid, text))))[0] ?? ''
const scan = (text: string) => readScan(text, [], '2026-11-26')

test('the bars of a packing unit say its SSCC', async () => {
  const text = await read('gs1-128', '(00)340123450000000017')
  expect(text).toBe(']C100340123450000000017')
  expect(scan(text)).toMatchObject({ kind: 'pack', sscc: '340123450000000017' })
})

test('the QR code of a label says goods, lot and quantity', async () => {
  const text = await read('qrcode', '(00)340123450000000017(241)DC-000001(10)YL2611A(37)48(400)PO-202611-00042')
  expect(scan(text)).toMatchObject({
    kind: 'pack',
    values: { material: 'DC-000001', lot: 'YL2611A', quantity: '48', order: 'PO-202611-00042' },
  })
})

test('a supplier’s GS1 DataMatrix keeps its separators', async () => {
  const text = await read('gs1datamatrix', '(01)09506000134352(241)DC-000001(10)A/7')
  expect(scan(text)).toMatchObject({ kind: 'goods', values: { material: 'DC-000001', lot: 'A/7' } })
})

test('a picture without a code says nothing', async () => {
  const blank = { width: 200, height: 100, data: new Uint8ClampedArray(200 * 100 * 4).fill(255), colorSpace: 'srgb' } as ImageData
  expect(await readPicture(blank)).toEqual([])
})
