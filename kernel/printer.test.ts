import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inflateSync } from 'node:zlib'
import { type LabelCode, type LabelSize, openPrinter, type PrintedDocument } from './printer.ts'

const order: PrintedDocument = {
  paper: 'a4',
  issuer: '重庆白泽动力股份有限公司',
  title: '采购订单',
  number: 'PO-202611-00001',
  qr: 'https://lianshu.example/orders/PO-202611-00001',
  facts: [
    ['供方', '应龙压铸有限公司'],
    ['联系人', '陈䶮、堃𬭚'],
    ['币种', 'CNY'],
  ],
  columns: [{ title: '行', align: 'center' }, { title: '编码' }, { title: '名称', width: '*' }, { title: '数量', align: 'right' }],
  rows: Array.from({ length: 3 }, (_, i) => [String(i + 1), `M-${'1234567890'.repeat(6)}`, '铝合金压铸件·变速器壳体', '1,000.5']),
  totals: [['价税合计', '¥1,234.50']],
  notes: ['file:///etc/passwd http://127.0.0.1/ 只是文字'],
  signatures: ['采购方', '供方'],
  pageWords: '第 {page} 页，共 {pages} 页',
}
const pagesOf = (pdf: Uint8Array): { count: number; boxes: string[] } => {
  const text = Buffer.from(pdf).toString('latin1')
  return {
    count: (text.match(/\/Type \/Page\b(?!s)/g) ?? []).length,
    boxes: [...new Set([...text.matchAll(/\/MediaBox \[([^\]]*)\]/g)].map(([, box]) => box ?? ''))],
  }
}

test('a document becomes a PDF that carries its own Chinese font, on the paper it is meant for', async () => {
  const printer = openPrinter()
  const [a4, dotMatrix] = await Promise.all([printer.print(order), printer.print({ ...order, paper: 'continuous241' })])
  const text = Buffer.from(a4).toString('latin1')
  assert.match(text, /^%PDF-1\.\d/)
  assert.match(text, /FontFile3/)
  assert.deepEqual(pagesOf(a4), { count: 1, boxes: ['0 0 595.275591 841.889764'] })
  assert.deepEqual(pagesOf(dotMatrix).boxes, ['0 0 683.149606 396'])
})

/** How many signs were printed for which the font has none: glyph 0, a box. */
function boxesIn(pdf: Uint8Array): number {
  const bytes = Buffer.from(pdf)
  let boxes = 0
  for (let at = bytes.indexOf('stream\n'); at >= 0; at = bytes.indexOf('stream\n', at)) {
    const end = bytes.indexOf('endstream', at)
    const stream = bytes.subarray(at + 'stream\n'.length, end)
    const content = stream[0] === 0x78 ? inflateSync(stream).toString('latin1') : ''
    for (const [, hex = ''] of content.matchAll(/<([0-9a-f]+)>(?=[^\]]*\] TJ)/g))
      boxes += (hex.match(/.{4}/g) ?? []).filter((glyph) => glyph === '0000').length
    at = end + 'endstream'.length
  }
  return boxes
}

test('a text without a blank was printed with a box after every eighteenth sign', async () => {
  const printer = openPrinter()
  const chinese = '铝合金压铸件变速器壳体左侧精加工后表面喷砂处理'
  const rows = [
    ['1', `M-${'1234567890'.repeat(6)}`, chinese, '1'],
    ['2', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', `${chinese}（${'X'.repeat(40)}）\u200b\ufeff`, '2'],
  ]
  const notes = [chinese.repeat(9), '9'.repeat(300)]
  for (const paper of ['a4', 'continuous241'] as const) {
    const pdf = await printer.print({
      ...order,
      paper,
      rows,
      notes,
      facts: [
        ['供方', chinese],
        ['备注', 'x'.repeat(90)],
      ],
    })
    assert.equal(boxesIn(pdf), 0)
  }
  assert.ok(boxesIn(await printer.print({ ...order, notes: ['\u{1f600}'] })) > 0, 'a sign that the font has not is seen by this test')
})

test('many lines go over many pages, and what cannot be printed does not end the printer', async () => {
  const printer = openPrinter()
  const long = await printer.print({ ...order, rows: Array.from({ length: 300 }, (_, i) => [String(i + 1), 'M-1', '壳体', '1']) })
  assert.ok(pagesOf(long).count > 5)
  await assert.rejects(printer.print({ ...order, qr: 'x'.repeat(10_000) }), /could not be printed/)
  assert.equal(pagesOf(await printer.print(order)).count, 1)
})

test('labels: one on a page of a roll, eight on a sheet, and a long name stays on its line', async () => {
  const printer = openPrinter()
  const label = {
    head: ['重庆应龙压铸有限公司', '→ 重庆白泽摩托车股份有限公司 1 号收货站台'],
    big: 'DC-000001',
    name: '铝合金压铸件·变速器壳体'.repeat(9),
    quantity: '48 件',
    details: ['批次 YL2611A', 'PO-202611-00001', 'SN-202611-00001 · 1/9'],
    qr: '(00)340123450000000017(241)DC-000001(10)YL2611A(37)48',
    sscc: '340123450000000017',
  }
  const labels = Array.from({ length: 9 }, () => label)
  const print = async (size: LabelSize, code: LabelCode = 'qr') => pagesOf(await printer.printLabels({ size, code, title: '标签', labels }))
  assert.deepEqual(await print('100x150'), { count: 9, boxes: ['0 0 283.464567 425.19685'] })
  for (const code of ['qr', 'matrix'] as const)
    assert.deepEqual(await print('100x50', code), { count: 9, boxes: ['0 0 283.464567 141.732283'] })
  assert.deepEqual(await print('a4'), { count: 2, boxes: ['0 0 595.275591 841.889764'] })
})

test('more prints than may wait are refused at once', async () => {
  const printer = openPrinter({ maxWaiting: 3 })
  const prints = await Promise.allSettled(Array.from({ length: 9 }, () => printer.print({ ...order, rows: [] })))
  const refused = prints.filter((p) => p.status === 'rejected')
  assert.equal(refused.length, 5)
  for (const { reason } of refused) assert.equal(reason.code, 'request.unavailable')
})
