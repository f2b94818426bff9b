import { expect, test } from 'vitest'
import type { Returning } from '../transit-contract.ts'
import { linesOf, rowsOf } from './take-back-form.tsx'

const of = (change: Partial<Returning>): Returning => ({
  cause: 'refused',
  id: '0195e7a4-0000-7000-8000-000000000001',
  number: 'CL-1',
  lineNo: 1,
  materialCode: 'M',
  materialName: '箱体',
  unit: 'C62',
  quantity: '5',
  cameBack: '0',
  forgone: '0',
  left: '5',
  names: [
    { lot: 'A', serial: null, quantity: '3' },
    { lot: 'B', serial: null, quantity: '2' },
  ],
  control: 'lot',
  ...change,
})

test('each lot that the buyer wrote down has a field of its own; of what is left in part there is one', () => {
  expect(rowsOf([of({})]).map((row) => [row.most, row.entry.name])).toEqual([
    ['3', 'A'],
    ['2', 'B'],
  ])
  expect(rowsOf([of({ cameBack: '1', left: '4' })]).map((row) => row.most)).toEqual(['4'])
  expect(rowsOf([of({ control: 'none' })]).map((row) => row.entry.name)).toEqual([undefined, undefined])
})

test('the rest is given up once for each claim, and what is empty is not sent', () => {
  const rows = rowsOf([of({}), of({ id: '0195e7a4-0000-7000-8000-000000000002', number: 'CL-2' })])
  const [a, b, c] = rows.map((row) => row.key)
  const entries = { [`${a}`]: { quantity: '2', name: ' A ' }, [`${b}`]: { quantity: '' }, [`${c}`]: {} }
  const sent = (rest: boolean) => linesOf(rows, { entries, rest }).map((line) => [line.id.at(-1), line.quantity, line.forgone, line.lot])
  expect(sent(false)).toEqual([['1', '2', '0', 'A']])
  expect(sent(true)).toEqual([
    ['1', '2', '0', 'A'],
    ['1', '0', '3', null],
    ['2', '0', '5', null],
  ])
})
