import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { opaque } from '#kernel/postgres.ts'
import { createOrder } from './create-order.ts'
import { lineImportDefinition } from './import-lines.ts'
import { getOrder } from './read-order.ts'
import { agreedOrder, draftOf, failsWith, person, testRooms } from './test-rooms.ts'

const bed = await testRooms({ after })
const { rooms, actors, supplier, buyer } = bed
const definition = lineImportDefinition(rooms)
const row = (change: object = {}) => ({
  materialCode: 'hs-01',
  quantity: '20',
  unit: null,
  day: '2026-12-20',
  netPrice: null,
  taxRate: null,
  ...change,
})
const resolve = (target: string, rows: object[], ctx = actors.buyer) =>
  rooms.db.inTenant(ctx, (tx) => definition.resolve(ctx, opaque(tx), rows as never, { target, writing: false }))
const codes = async (target: string, rows: object[], ctx = actors.buyer) =>
  (await resolve(target, rows, ctx)).map((one) =>
    'ready' in one ? 'ready' : one.problems.map((p) => `${p.column} ${p.code.split('.').at(-1)}`).join(),
  )

test('rows are held against catalogue, sources, units, prices and the calendar', async () => {
  const id = await createOrder(rooms, actors.buyer, draftOf(supplier))
  const rows = [
    row(),
    row({ materialCode: 'XX' }),
    row({ day: '2026-11-25' }),
    row({ unit: '托' }),
    row({ netPrice: '9.99', taxRate: '0.13' }),
  ]
  assert.deepEqual(await codes(id, rows), ['ready', 'materialCode unknownMaterial', 'day dayPassed', 'unit unknownUnit', 'ready'])
  const clerk = person(buyer, '录入员', { permissions: ['orders.manage'] })
  assert.deepEqual(await codes(id, [row({ netPrice: '9.99' })], clerk), ['netPrice priceNotAllowed'])
})

test('several rows of one material are deliveries of one line of the draft', async () => {
  const id = await createOrder(rooms, actors.buyer, draftOf(supplier))
  const ready = (await resolve(id, [row(), row({ day: '2026-12-28' }), row({ netPrice: '9.99', taxRate: '0.13' })])).flatMap((one) =>
    'ready' in one ? [one.ready] : [],
  )
  await rooms.db.inTenant(actors.buyer, (tx) => definition.apply(actors.buyer, opaque(tx), ready, { target: id, writing: true }))
  const { content, gross } = await getOrder(rooms, actors.buyer, id)
  assert.deepEqual(
    content.lines.slice(2).map((line) => [line.no, line.netPrice, line.schedule.length]),
    [
      [3, '48.5', 2],
      [4, '9.99', 1],
    ],
  )
  assert.ok(Number(gross.amount) > 9645.94)
})

test('only a draft of one’s own takes rows', async () => {
  const agreed = await agreedOrder(bed)
  const check = (ctx: typeof actors.buyer, target: string) =>
    rooms.db.inTenant(ctx, async (tx) => definition.checkTarget?.(ctx, opaque(tx), target))
  await assert.rejects(check(actors.buyer, agreed), failsWith('orders.notAllowedNow'))
  const draft = await createOrder(rooms, actors.buyer, draftOf(supplier))
  await check(actors.buyer, draft)
  await assert.rejects(check(actors.supplier, draft), failsWith('orders.notFound'))
})

test('numbers are read exactly, a share as per cent too', () => {
  const read = (column: 'quantity' | 'netPrice' | 'taxRate', text: string) => {
    const answer = definition.columns[column].cell.read(text, () => undefined)
    return 'value' in answer ? answer.value : answer.problem.code.split('.').at(-1)
  }
  assert.deepEqual(
    [
      read('quantity', '1,234.5'),
      read('quantity', '０'),
      read('netPrice', '¥126.123456'),
      read('netPrice', '1.1234567'),
      read('taxRate', '13%'),
      read('taxRate', '1.5'),
      read('quantity', '1e3'),
    ],
    ['1234.5', 'positive', '126.123456', 'decimal', '0.13', 'decimal', 'decimal'],
  )
})
