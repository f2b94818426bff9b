import { readXlsx } from 'hucre/xlsx'
import { expect, test } from 'vitest'
import { listWorkbook } from './workbook.ts'

test('a list comes back from its workbook: numbers as numbers, words that look like formulas as words', async () => {
  const blob = await listWorkbook(
    ['名称', '功率'],
    [
      ['1 号压铸机', 12.5],
      ['=1+1', null],
      ['a\u0000b', true],
    ],
  )
  const { sheets } = await readXlsx(new Uint8Array(await blob.arrayBuffer()))
  expect(sheets[0]?.rows).toEqual([
    ['名称', '功率'],
    ['1 号压铸机', 12.5],
    ['=1+1', null],
    ['ab', true],
  ])
})
