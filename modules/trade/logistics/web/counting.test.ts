import { expect, test } from 'vitest'
import type { Shipment } from '../contract.ts'
import { balance, changeRow, countAll, countScan, receivedLines, rowFault, startCounting } from './counting.ts'

const content = (lineNo: number, quantity: string, lot: string | null) => ({
  lineNo,
  quantity,
  lot,
  serial: null,
  producedOn: null,
  expiresOn: null,
})
const line = (lineNo: number, quantity: string, accepted = '0') => ({
  id: `line${lineNo}`,
  lineNo,
  materialCode: `M-${lineNo}`,
  supplierCode: `S-${lineNo}`,
  orderNumber: 'PO-1',
  quantity,
  accepted,
  rejected: '0',
  excess: '0',
})
const pack = (packNo: number, withinNo: number | null, ...contents: ReturnType<typeof content>[]) => ({
  packNo,
  withinNo,
  sscc: `code${packNo}`,
  contents,
})
const shipment = {
  lines: [line(1, '60'), line(2, '5', '2')],
  packs: [pack(1, null), pack(2, 1, content(1, '30', 'A')), pack(3, 1, content(1, '30', 'B'))],
  loose: [],
} as unknown as Shipment
const scan = (sscc: string) => ({ kind: 'pack', sscc, values: {} }) as const
const accepted = (counting: ReturnType<typeof startCounting>) => counting.rows.map((row) => `${row.lot}:${row.accepted}`)

test('rows come from the notice by lot, less what came before', () => {
  const { rows } = startCounting(shipment)
  expect(rows.map((row) => [row.lot, row.expected])).toEqual([
    ['A', '30'],
    ['B', '30'],
    ['', '3'],
  ])
})

test('a pallet counts what stands on it, a box within it no more', () => {
  const start = startCounting(shipment)
  const box = countScan(shipment, start, scan('code2'))
  if (box.kind !== 'counted') throw new Error(box.kind)
  expect(accepted(box.counting)).toEqual(['A:30', 'B:0', ':0'])
  expect(countScan(shipment, box.counting, scan('code2')).kind).toBe('again')
  const pallet = countScan(shipment, box.counting, scan('code1'))
  if (pallet.kind !== 'counted') throw new Error(pallet.kind)
  expect(accepted(pallet.counting)).toEqual(['A:30', 'B:30', ':0'])
  expect(countScan(shipment, pallet.counting, scan('code1')).kind).toBe('again')
  expect(countScan(shipment, start, scan('other')).kind).toBe('elsewhere')
})

test('goods by the code that is printed on them: what one scan of it is, on the line that still waits', () => {
  const codes = [
    { lineId: 'line1', code: '4006381333931', quantity: '12' },
    { lineId: 'line2', code: '4006381333931', quantity: '1' },
  ] as never
  const scanned = { kind: 'goods', values: { gtin: '04006381333931' } } as const
  const one = countScan(shipment, startCounting(shipment), scanned, codes)
  if (one.kind !== 'counted') throw new Error(one.kind)
  expect([one.quantity, accepted(one.counting)]).toEqual(['12', ['A:12', 'B:0', ':0']])
  const full = countAll(startCounting(shipment))
  const rest = { ...full, rows: full.rows.map((row) => (row.lineId === 'line2' ? { ...row, accepted: '0' } : row)) }
  const two = countScan(shipment, rest, scanned, codes)
  if (two.kind !== 'counted') throw new Error(two.kind)
  expect(accepted(two.counting)).toEqual(['A:30', 'B:30', ':1'])
  expect(countScan(shipment, full, scanned, []).kind).toBe('elsewhere')
  expect(countScan(shipment, full, scanned, undefined).kind).toBe('elsewhere')
})

test('goods by material or the supplier’s number, with lot and quantity', () => {
  const start = startCounting(shipment)
  const one = countScan(shipment, start, { kind: 'goods', values: { material: 'M-2', quantity: '2', lot: 'X' } })
  if (one.kind !== 'counted') throw new Error(one.kind)
  expect(accepted(one.counting)).toEqual(['A:0', 'B:0', 'X:2'])
  const two = countScan(shipment, one.counting, { kind: 'goods', values: { supplierMaterial: 'S-2', lot: 'Y' } })
  if (two.kind !== 'counted') throw new Error(two.kind)
  expect(accepted(two.counting)).toEqual(['A:0', 'B:0', 'X:2', 'Y:1'])
  expect(countScan(shipment, start, { kind: 'goods', values: { material: 'M-9' } }).kind).toBe('elsewhere')
  expect(countScan(shipment, start, { kind: 'goods', values: { lot: 'A' } }).kind).toBe('elsewhere')
  expect(countScan(shipment, start, { kind: 'unknown' }).kind).toBe('unknown')
})

test('what is sent, and what keeps it from being sent', () => {
  const all = countAll(startCounting(shipment))
  expect(balance(all)).toEqual({ counted: 3, whole: true, over: false })
  const less = changeRow(all, 0, { accepted: '20', damaged: '4', note: ' 破损 ' })
  expect(balance(less)).toEqual({ counted: 3, whole: false, over: false })
  expect(receivedLines(less)[0]).toMatchObject({ accepted: '20', damaged: '4', lot: 'A', note: '破损' })
  expect(balance(changeRow(all, 2, { accepted: '4' })).over).toBe(true)
  const row = less.rows[2]!
  expect(rowFault(row, 'lot')).toBe('lotMissing')
  expect(rowFault({ ...row, lot: 'L' }, 'lot')).toBeUndefined()
  expect(rowFault({ ...row, accepted: '1,5' }, undefined)).toBe('notANumber')
  expect(rowFault({ ...row, serial: 'S1' }, 'serial')).toBe('serialOne')
  expect(rowFault({ ...row, serial: 'S1', accepted: '1' }, 'serial')).toBeUndefined()
  expect(receivedLines(startCounting(shipment))).toEqual([])
})
