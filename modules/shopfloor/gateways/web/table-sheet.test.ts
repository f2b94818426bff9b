import { expect, test } from 'vitest'
import { modbus } from '#edge/drivers/modbus/config.ts'
import { draftOf, FILE_ROW, gridColumns, rowsOf } from './table-draft.ts'
import { fromSheet, sheetColumns, sheetRows } from './table-sheet.ts'

const columns = gridColumns(modbus)
const property = {
  name: 'voltage',
  label: '电压',
  labelEn: 'Voltage',
  valueType: 'number' as const,
  unit: 'V',
  kind: 'instant' as const,
  decimals: 1,
}
const known = new Map([['voltage', property]])
const row = {
  name: 'voltage',
  place: { address: '400101.03', dataType: 'bool', order: 'CDAB', encoding: 'ascii' },
  scale: 1,
  offset: 0,
  periodMs: 1000,
  deadband: 0.5,
  access: 'rw' as const,
}
interface SheetRow {
  rowNo: number
  cells: string[]
}

const file = (language: 'zh' | 'en'): SheetRow[] => [
  { rowNo: 1, cells: sheetColumns(columns).map((column) => column[language]) },
  // The second line of the file was empty.
  ...sheetRows(columns, [draftOf(row, columns)], known, language).map((cells) => ({ rowNo: 3, cells })),
]

test('what was exported, in either language, is read as the very same rows', () => {
  for (const language of ['zh', 'en'] as const) {
    const read = fromSheet(file(language), columns, known)
    if ('missing' in read) throw new Error(read.missing.join())
    expect(rowsOf(modbus, columns, read.drafts, known).rows).toEqual([row])
    expect(read.properties).toEqual([])
    expect(read.drafts[0]?.[FILE_ROW]).toBe('3')
  }
})

test('names that the thing model lacks come with what the file says of them; columns may stand in any order', () => {
  const [head, body] = file('zh') as [SheetRow, SheetRow]
  const turned = [head, body].map(({ rowNo, cells }) => ({ rowNo, cells: [...cells].reverse() }))
  const read = fromSheet(turned, columns, new Map())
  expect('missing' in read ? read : read.properties).toMatchObject([property])
})

test('a file without the columns that every row needs says which they are', () => {
  expect(fromSheet([{ rowNo: 1, cells: ['标识', '倍率'] }], columns, known)).toEqual({ missing: ['地址', '数据类型'] })
  expect(fromSheet([], columns, known)).toEqual({ missing: ['标识', '地址', '数据类型'] })
})
