import { expect, test } from 'vitest'
import type { OpenLine } from '../invoice-contract.ts'
import { contentOf, reckoned, sums, typedLine } from './invoice-content.ts'

const of = {
  id: '01970000-0000-7000-8000-000000000001',
  open: '10',
  netPrice: '12.345678',
  taxRate: '0.13',
} as OpenLine
const head = { code: '', number: '25500000000000000001', day: '2026-11-25', net: '123.46', tax: '16.05', note: '' }

test('a line is worth its quantity at the agreed price, to the cent, and what is not a number yet changes nothing', () => {
  const line = typedLine('CNY', of)
  expect([line.quantity, line.net, line.tax]).toEqual(['10', '123.46', '16.05'])
  expect(reckoned('CNY', line, '3.5')).toMatchObject({ net: '43.21', tax: '5.62' })
  expect(reckoned('CNY', line, '3.')).toMatchObject({ quantity: '3.', net: '123.46' })
  expect(sums('CNY', [{ ...line, chosen: true }, line])).toEqual({
    net: { currency: 'CNY', amount: '123.46' },
    tax: { currency: 'CNY', amount: '16.05' },
  })
})

test('what is sent is complete, or the reason is said', () => {
  const lines = [{ ...typedLine('CNY', of), chosen: true }]
  expect(contentOf('CNY', head, lines)).toMatchObject({ content: { code: null, gross: { amount: '139.51' }, lines: [{ quantity: '10' }] } })
  expect(contentOf('CNY', { ...head, number: '123' }, lines)).toEqual({ wrong: 'entry.wrong.number' })
  expect(contentOf('CNY', { ...head, number: '12345678' }, lines)).toEqual({ wrong: 'entry.wrong.code' })
  expect(contentOf('CNY', { ...head, tax: '1,5' }, lines)).toEqual({ wrong: 'entry.wrong.amount' })
  expect(contentOf('CNY', head, [{ ...lines[0]!, chosen: false }])).toEqual({ wrong: 'entry.wrong.noLines' })
  expect(contentOf('CNY', head, [{ ...lines[0]!, quantity: '0' }])).toEqual({ wrong: 'entry.wrong.line' })
})
