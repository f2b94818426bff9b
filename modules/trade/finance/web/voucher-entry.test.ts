import { expect, test } from 'vitest'
import { balanceOf, emptyEntry, filled, minorOf, problemOf } from './voucher-entry.ts'

const entry = (key: number, debit: string, credit: string) => ({ ...emptyEntry(key), summary: '运费', accountId: 'a', debit, credit })

test('amounts are read as they are typed, and nothing that money cannot be', () => {
  expect(['1,234.5', '-12', '0.01', '1.005', 'abc', '', '12345678901234'].map(minorOf)).toEqual([
    123450n,
    -1200n,
    1n,
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})

test('a line has a summary, an account and an amount on one side', () => {
  expect(problemOf({ ...entry(1, '1', ''), summary: ' ' })).toBe('summary')
  expect(problemOf({ ...entry(1, '1', ''), accountId: undefined })).toBe('account')
  expect([entry(1, '', ''), entry(1, '0', ''), entry(1, '1', '1'), entry(1, '', '-1')].map(problemOf)).toEqual([
    'amount',
    'amount',
    'bothSides',
    undefined,
  ])
})

test('the balance follows the typing, and = fills what lacks on its side', () => {
  const entries = [entry(1, '100.10', ''), entry(2, '', '40'), entry(3, '5', '')]
  expect(balanceOf(entries)).toEqual({ debit: 10510n, credit: 4000n, difference: 6510n })
  const balanced = filled(entries, 3, 'credit')
  expect(balanced[2]).toMatchObject({ debit: '', credit: '60.10' })
  expect(balanceOf(balanced).difference).toBe(0n)
  expect(filled(entries, 2, 'debit')[1]).toMatchObject({ debit: '-105.10', credit: '' })
})
