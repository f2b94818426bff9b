import { expect, test } from 'vitest'
import type { Expected } from '../receiving-contract.ts'
import type { Owed } from '../without-notice-contract.ts'
import { addLot, balance, countOn, countScan, receivedLines, startCounting } from './counting.ts'
import { goodsOf, knownOf, noticesOf, notifiedBy, searchOf } from './owed-goods.ts'

const owed = (n: number, more: Partial<Owed> = {}) =>
  ({
    scheduleLineId: `s${n}`,
    orderNumber: `PO-${n}`,
    orderLineNo: n,
    materialId: `m${n}`,
    materialCode: `M-${n}`,
    materialName: '箱体',
    supplierCode: null,
    unit: 'C62',
    left: '40',
    supplier: { orgId: 'o', name: '压铸厂', nameEn: null },
    control: 'none',
    inspected: false,
    codes: [],
    notices: [],
    ...more,
  }) as unknown as Owed
const goods = (lines: Owed[]) => {
  const made = goodsOf({ lines, besides: [] })
  if (!made) throw new Error('nothing chosen')
  return made
}

test('chosen lines are counted like those of a notice, by hand or by scan, and know their schedule line', () => {
  const of = goods([owed(1), owed(2)])
  const scanned = countScan(of, startCounting(of), { kind: 'goods', values: { material: 'M-2', quantity: '45', lot: 'L1' } })
  if (scanned.kind !== 'counted') throw new Error(scanned.kind)
  expect(receivedLines(scanned.counting)).toMatchObject([{ lineId: 's2', accepted: '45', lot: 'L1' }])
  expect(balance(scanned.counting)).toEqual({ counted: 1, whole: false, over: true })
  const lots = addLot(addLot(scanned.counting, 's1'), 's1')
  expect(lots.rows.map((row) => [row.lineId, row.expected])).toEqual([
    ['s1', '40'],
    ['s1', '0'],
    ['s1', '0'],
    ['s2', '40'],
  ])
  // Chosen anew with a line more: what was counted stays.
  expect(receivedLines(countOn(goods([owed(3), owed(2)]), scanned.counting))).toMatchObject([{ lineId: 's2', accepted: '45' }])
  expect(goodsOf({ lines: [], besides: [] })).toBeUndefined()
})

test('lots, inspection and notices are those of the chosen lines', () => {
  const notice = { shipmentId: 'n', number: 'SN-1', quantity: '5' } as never
  const lines = [owed(1, { control: 'lot', notices: [notice] }), owed(2, { inspected: true, notices: [notice] })]
  const { controls, inspected } = knownOf({ controls: [], inspected: [] } as unknown as Expected, { lines, besides: [] })
  expect([controls, inspected]).toEqual([[{ materialId: 'm1', control: 'lot' }], ['m2']])
  expect(noticesOf(lines)).toEqual([notice])
})

test('the code printed on the goods finds their line, and one scan of it is as much as the catalogue says', () => {
  const lines = [owed(1), owed(2, { codes: [{ code: '4006381333931', quantity: '12' }] } as never)]
  const find = (text: string) => searchOf(text, { barcodes: [] }, lines, '2026-11-28')
  expect([find('4006381333931'), find(' PO-1 '), find('(241)M-9(10)L1')]).toEqual(['M-2', ' PO-1 ', 'M-9'])
  const { goodsCodes } = knownOf({} as Expected, { lines, besides: [] })
  const scan = { kind: 'goods', values: { gtin: '04006381333931' } } as const
  const scanned = countScan(goods(lines), startCounting(goods(lines)), scan, goodsCodes)
  if (scanned.kind !== 'counted') throw new Error(scanned.kind)
  expect(receivedLines(scanned.counting)).toMatchObject([{ lineId: 's2', accepted: '12' }])
})

test('what is searched for may have been notified', () => {
  const shipment = {
    number: 'SN-7',
    supplier: { name: '压铸厂' },
    lines: [{ orderNumber: 'PO-1', materialCode: 'HS-01', materialName: '左箱体', supplierCode: null }],
  }
  const expected = { shipments: [shipment] } as unknown as Expected
  expect(notifiedBy(expected, 'hs-01 压铸')).toHaveLength(1)
  expect(notifiedBy(expected, 'hs-01 电机')).toHaveLength(0)
  expect(notifiedBy(expected, ' ')).toHaveLength(0)
})
