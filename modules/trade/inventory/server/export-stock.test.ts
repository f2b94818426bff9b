import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { FileAnswer } from '#kernel/file-answer.ts'
import { readSpreadsheet } from '#kernel/spreadsheet.ts'
import { exportItems, exportStock } from './export-stock.ts'
import { moveOf, testHouse, testStock } from './test-stock.ts'

const bed = await testStock({ after })
const permissions = ['inventory.read', 'inventory.readValue']
const house = await testHouse(bed, {})
const other = await testHouse(bed, {})
const may = (of: typeof house, ...more: string[]) => ({ ...of.ctx, scopes: { ...of.ctx.scopes, permissions: new Set(more) } })

async function cellsOf(file: Promise<FileAnswer>): Promise<string[][]> {
  const chunks: Uint8Array[] = []
  for await (const chunk of (await file).bytes as AsyncIterable<Uint8Array>) chunks.push(chunk)
  const rows: string[][] = []
  for await (const some of readSpreadsheet(Buffer.concat(chunks))) rows.push(...some.map((row) => [...row.cells]))
  return rows
}
const key = (_: unknown, text: string) => text

test('stock as a file: what is filtered, of this organisation alone, its value only for those who may read it', async () => {
  const [first, second] = [bed.material(), bed.material()]
  for (const [materialId, quantity, at] of [
    [first, '12.5', house],
    [second, '3', house],
    [first, '7', other],
  ] as const)
    await at.post(moveOf(at, { materialId, quantity, from: at.supplier, to: at.warehouse, unitCost: '2' }))
  const asked = { sort: 'code', present: 'true' } as const
  const [head, ...rows] = await cellsOf(exportItems(bed.rooms, may(house, ...permissions), asked, key))
  const valueAt = head?.indexOf('inventory.value') ?? -1
  assert.deepEqual(
    rows.map((row) => [row[0], row[4], row[valueAt]]),
    [
      ['M-1', '12.5', '25'],
      ['M-2', '3', '6'],
    ],
  )
  const [less, ...one] = await cellsOf(exportItems(bed.rooms, may(house, 'inventory.read'), { ...asked, search: 'm-2' }, key))
  assert.deepEqual([less?.includes('inventory.value'), one.map((row) => row[0])], [false, ['M-2']])
  const places = await cellsOf(exportStock(bed.rooms, may(other, ...permissions), { sort: 'code' }, key))
  assert.deepEqual(
    places.slice(1).map((row) => [row[0], row[4], row[6]]),
    [['M-1', 'W1', '7']],
  )
})
