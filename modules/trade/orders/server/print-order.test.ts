import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { openPrinter } from '#kernel/printer.ts'
import { translator } from '#kernel/words.ts'
import en from '../en.json' with { type: 'json' }
import zh from '../zh.json' with { type: 'json' }
import { createOrder } from './create-order.ts'
import { printOrder } from './print-order.ts'
import { agreedOrder, draftOf, failsWith, person, testRooms } from './test-rooms.ts'

const bed = await testRooms({ after })
const printing = { printer: openPrinter(), translate: translator({ orders: { zh, en } }) }
const pagesOf = (bytes: unknown): number =>
  (
    Buffer.from(bytes as Uint8Array)
      .toString('latin1')
      .match(/\/Type \/Page\b(?!s)/g) ?? []
  ).length

test('both sides print what they have agreed on, in their language and on their paper; nobody else does', async () => {
  const { rooms, actors, otherSupplier } = bed
  const id = await agreedOrder(bed)
  const a4 = await printOrder(rooms, printing, actors.buyer, id, 'a4')
  assert.match(a4.fileName, /^PO-202611-\d{5}\.pdf$/)
  assert.equal(a4.as, 'pdf')
  assert.equal(pagesOf(a4.bytes), 1)
  const english = await printOrder(rooms, printing, { ...actors.supplier, locale: 'en-US' }, id, 'continuous241')
  assert.ok(pagesOf(english.bytes) >= 1)
  assert.notDeepEqual(english.bytes, a4.bytes)
  await assert.rejects(printOrder(rooms, printing, person(otherSupplier, '外人'), id, 'a4'), failsWith('orders.notFound'))
})

test('a draft is printed by the buyer alone', async () => {
  const { rooms, actors, supplier } = bed
  const id = await createOrder(rooms, actors.buyer, draftOf(supplier))
  assert.equal(pagesOf((await printOrder(rooms, printing, actors.buyer, id, 'a4')).bytes), 1)
  await assert.rejects(printOrder(rooms, printing, actors.supplier, id, 'a4'), failsWith('orders.notFound'))
})
