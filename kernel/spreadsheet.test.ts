import assert from 'node:assert/strict'
import { test } from 'node:test'
import { writeXlsx } from 'hucre/xlsx'
import { readSpreadsheet, type SheetRow, spreadsheetFormat } from './spreadsheet.ts'
import { cellText } from './spreadsheet-cells.ts'
import { streamWorkbook, workbook } from './spreadsheet-writer.ts'
import { zipEntries } from './zip-directory.ts'

const failsWith = (code: string) => (error: unknown) => (error as { code?: string }).code === code

async function read(bytes: Uint8Array): Promise<SheetRow[]> {
  const rows: SheetRow[] = []
  for await (const batch of readSpreadsheet(bytes)) rows.push(...batch)
  return rows
}
const cellsOf = async (bytes: Uint8Array) => (await read(bytes)).map((row) => row.cells)
const csv = (text: string) => new TextEncoder().encode(text)

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts)
}

test('a workbook’s numbers, dates, blanks and long codes come as a person reads them', async () => {
  const bytes = await writeXlsx({
    sheets: [
      {
        name: '设备',
        columns: [{}, {}, { numFmt: 'yyyy-mm-dd' }],
        rows: [
          ['设备台账', null, null],
          [null, null, null],
          ['编码', '数值', '日期', '是否'],
          [' DC-01　', 1234.5, new Date(Date.UTC(2026, 10, 22)), true],
          ['0012', 0.1 + 0.2, new Date(Date.UTC(2026, 10, 22, 14, 5, 30)), false],
          [20240001, 6.02e-8, null, '\u200bx\ufeff'],
          [Number('123456789012345678'), 1e15],
        ],
      },
      { name: '说明', rows: [['不读']] },
    ],
  })
  const rows = await read(bytes)
  assert.deepEqual(
    rows.map((row) => [row.rowNo, ...row.cells]),
    [
      [1, '设备台账'],
      [3, '编码', '数值', '日期', '是否'],
      [4, 'DC-01', '1234.5', '2026-11-22', 'TRUE'],
      [5, '0012', '0.3', '2026-11-22 14:05:30', 'FALSE'],
      [6, '20240001', '0.0000000602', '', 'x'],
      [7, '123456789012346000', '1000000000000000'],
    ],
  )
  assert.deepEqual(rows.at(-1)?.approximate, [0, 1])
})

test('a text file is read in UTF-8 with and without mark, GB18030 and UTF-16, by comma, tab or semicolon', async () => {
  const expected = [
    ['编码', '名称'],
    ['A-1', '压铸机，一号'],
  ]
  assert.deepEqual(await cellsOf(csv('编码,名称\r\nA-1,压铸机，一号\r\n')), expected)
  assert.deepEqual(await cellsOf(csv('\ufeff编码;名称\nA-1;压铸机，一号')), expected)
  const gb18030 = Uint8Array.from([0xb1, 0xe0, 0xc2, 0xeb, 0x2c, 0xc3, 0xfb, 0xb3, 0xc6, 0x0a, 0x41, 0x2c, 0xd1, 0xb9])
  assert.deepEqual(await cellsOf(gb18030), [
    ['编码', '名称'],
    ['A', '压'],
  ])
  assert.deepEqual(await cellsOf(Buffer.from('\ufeff编码\t名称\r\nA-1\t压铸机，一号\r\n', 'utf16le')), expected)
  assert.deepEqual(
    (await read(csv('编码,备注\n\nA-1,"两行\n一格"\n,\nA-2,x\n'))).map((row) => row.rowNo),
    [1, 3, 5],
  )
})

test('what looks like a formula is written as words and read back as it was', async () => {
  const words = ['=1+1', '+A1', '-1', '@SUM(A1)', "'=x", '=HYPERLINK("http://x")', 'a\u0000b']
  const small = await workbook([{ name: 'a/b', columns: [{ title: '列' }], rows: words.map((w) => [w]) }])
  const long = await bytesOf(
    streamWorkbook(
      '设备',
      [{ title: '列' }],
      words.map((w) => [w]),
    ),
  )
  for (const bytes of [small, long]) {
    assert.deepEqual(
      (await cellsOf(bytes)).map(([cell]) => cell),
      ['列', ...words.slice(0, -1), 'ab'],
    )
    assert.ok(!Buffer.from(bytes).includes('<f>'))
  }
  assert.deepEqual(await cellsOf(csv("列\r\n'=1+1\r\n'abc\r\n")), [['列'], ['=1+1'], ["'abc"]])
})

test('a name such as u_xFF1e_c came back with the sign that its letters are the escape of', async () => {
  const names = ['u_xFF1e_c', 'a_x005F_xFF1e_', '_x005f_x0041_', '_x0041_x0042_', 'x_y_x12_', '_x005F_', '_x000a_']
  const columns = [{ title: 'a' }]
  const rows = names.map((name) => [name])
  assert.deepEqual((await cellsOf(await workbook([{ name: 's', columns, rows }]))).slice(1).flat(), names)
  assert.deepEqual((await cellsOf(await bytesOf(streamWorkbook('s', columns, rows)))).slice(1).flat(), names)
})

test('a file is what its content says: old Excel, PDF, web page, other archive, nothing', async () => {
  const formats: [Uint8Array, string][] = [
    [new Uint8Array(), 'imports.emptyFile'],
    [Uint8Array.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), 'imports.oldExcel'],
    [csv('%PDF-1.7\n'), 'imports.notSpreadsheet'],
    [csv('<html><table><tr><td>编码</td></tr></table>'), 'imports.notSpreadsheet'],
    [Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 13]), 'imports.notSpreadsheet'],
    [csv('PK not a zip at all'), 'imports.damaged'],
  ]
  for (const [bytes, code] of formats) assert.throws(() => spreadsheetFormat(bytes), failsWith(code), code)
  await assert.rejects(cellsOf(Uint8Array.from([0x41, 0x81, 0x20, 0xff, 0xff])), failsWith('imports.notSpreadsheet'))
  const bytes = await workbook([{ name: 'x', columns: [{ title: 'a' }], rows: [] }])
  await assert.rejects(cellsOf(bytes.subarray(0, bytes.length - 200)), failsWith('imports.damaged'))
  const torn = Uint8Array.from(bytes)
  torn.fill(0, 100, 400)
  await assert.rejects(cellsOf(torn), failsWith('imports.damaged'))
})

/** The place of an entry's unpacked size in the archive's directory. */
function sizeFieldOf(bytes: Uint8Array, name: string): number {
  const at = Buffer.from(bytes).lastIndexOf(name)
  assert.ok(at > 0, name)
  return at - 46 + 24
}

test('a workbook that unpacks to too much is refused by what it declares, and stopped where it lies', async () => {
  const many = { name: 'x', columns: [{ title: 'a' }], rows: Array.from({ length: 20_000 }, () => ['x'.repeat(500)]) }
  const honest = Uint8Array.from(await workbook([many]))
  const entries = zipEntries(honest) ?? []
  const largest = entries.reduce((a, b) => (a.unpackedBytes > b.unpackedBytes ? a : b))
  const tooMuch = Uint8Array.from(honest)
  new DataView(tooMuch.buffer).setUint32(sizeFieldOf(tooMuch, largest.name), 300 * 1024 * 1024, true)
  assert.throws(() => spreadsheetFormat(tooMuch), failsWith('imports.unpacksTooLarge'))
  const lying = Uint8Array.from(honest)
  new DataView(lying.buffer).setUint32(sizeFieldOf(lying, largest.name), 5_000, true)
  assert.equal(spreadsheetFormat(lying), 'xlsx')
  await assert.rejects(cellsOf(lying), failsWith('imports.damaged'))
  const silent = Uint8Array.from(honest)
  new DataView(silent.buffer).setUint32(sizeFieldOf(silent, largest.name), 0, true)
  assert.throws(() => spreadsheetFormat(silent), failsWith('imports.damaged'))
})

test('100,000 rows are written and read by the thousand, and a reader that leaves early leaves no thread behind', async () => {
  function* rows() {
    for (let i = 0; i < 100_000; i++) yield [`DC-${i}`, `压铸机 ${i}`, 'die-casting', '力劲', '重庆厂/压铸一线', i]
  }
  const bytes = await bytesOf(
    streamWorkbook(
      '设备',
      'abcdef'.split('').map((title) => ({ title })),
      rows(),
    ),
  )
  let [count, batches] = [0, 0]
  for await (const batch of readSpreadsheet(bytes)) {
    count += batch.length
    batches++
  }
  assert.deepEqual([count, batches], [100_001, 101])
  for await (const [first] of readSpreadsheet(bytes)) {
    assert.deepEqual(first?.cells, ['a', 'b', 'c', 'd', 'e', 'f'])
    break
  }
})

test('too many columns and a cell far out on the right are told', async () => {
  await assert.rejects(cellsOf(csv(`${'x,'.repeat(300)}x\n`)), failsWith('imports.tooManyColumns'))
})

test('a number keeps its digits without an exponent', () => {
  assert.deepEqual([1e21, 1234567.891, -0.5, 1e-7, Number.NaN, 100, 2 ** 40].map(cellText), [
    '1e+21',
    '1234567.891',
    '-0.5',
    '0.0000001',
    '',
    '100',
    '1099511627776',
  ])
})
