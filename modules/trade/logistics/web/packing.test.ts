import { expect, test } from 'vitest'
import { boxesOf, packingOf } from './packing.ts'

const line = (quantity: string, perBox: string, lot = '') => ({ quantity, perBox, lot, producedOn: null, expiresOn: null })

test('so many pieces, so many a box', () => {
  expect(boxesOf('240', '100')).toEqual(['100', '100', '40'])
  expect(boxesOf('2.5', '1')).toEqual(['1', '1', '0.5'])
  expect(boxesOf('240', '0')).toBeUndefined()
  expect(boxesOf('', '5')).toBeUndefined()
  expect(boxesOf('1000000', '1')).toBeUndefined()
})

test('boxes on pallets, the rest loose', () => {
  const { packs, loose } = packingOf([line('5', '2', 'L1'), line('7', ''), line('3', '', 'L9')], 2)
  expect(packs.map((pack) => [pack.kind, pack.within, pack.contents.map((content) => content.quantity)])).toEqual([
    ['pallet', null, []],
    ['box', 0, ['2']],
    ['box', 0, ['2']],
    ['pallet', null, []],
    ['box', 3, ['1']],
  ])
  expect(loose.map((content) => [content.line, content.quantity, content.lot])).toEqual([[2, '3', 'L9']])
  expect(packingOf([line('5', '2')], 0).packs).toHaveLength(3)
})
