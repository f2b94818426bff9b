import { expect, test } from 'vitest'
import { csvCell, csvText } from './csv.ts'

test('a text that a spreadsheet would run is made harmless, a number stays a number', () => {
  expect(['=1+1', '+A1', '-cmd', '@x', '\tx', '-12.5', '12', 'a,b', 'a"b', '链枢'].map(csvCell)).toEqual([
    "'=1+1",
    "'+A1",
    "'-cmd",
    "'@x",
    "'\tx",
    '-12.5',
    '12',
    '"a,b"',
    '"a""b"',
    '链枢',
  ])
  expect(csvCell(-3)).toBe('-3')
  expect(csvCell(null)).toBe('')
})

test('lines end by RFC 4180', () => {
  expect(
    csvText([
      ['名称', 1],
      ['a\nb', null],
    ]),
  ).toBe('名称,1\r\n"a\nb",\r\n')
})
