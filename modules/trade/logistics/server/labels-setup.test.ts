import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import { standardLabel } from '../labels/label-text.ts'
import { changeBarcode, createBarcode, listBarcodes, removeBarcode } from './barcodes.ts'
import { changeLabelFormat, createLabelFormat, listLabelFormats, removeLabelFormat } from './label-formats.ts'
import { readPackCodes, setPackCodes } from './pack-codes.ts'
import { failsWith, testRooms } from './test-rooms.ts'

const { rooms, leader, supplier, second, stranger } = await testRooms({ after })
const form = { name: '外箱标签', template: '{material}|{lot}|{quantity}', sample: 'M-1|L1|5' }

test('a supplier’s barcode is entered, changed and removed by the buyer, for partners only', async () => {
  const made = await createBarcode(rooms, leader, { supplierId: supplier.orgId, ...form })
  assert.equal(made.supplier.name, '压铸厂')
  await assert.rejects(createBarcode(rooms, leader, { supplierId: supplier.orgId, ...form }), failsWith('logistics.nameTaken'))
  await assert.rejects(createBarcode(rooms, leader, { supplierId: stranger.orgId, ...form }), failsWith('logistics.noRelation'))
  // The relation holds, but he is the supplier in it.
  await assert.rejects(createBarcode(rooms, supplier, { supplierId: leader.orgId, ...form }), failsWith('logistics.noRelation'))
  await assert.rejects(
    createBarcode(rooms, leader, { supplierId: second.orgId, ...form, template: '{lot}{serial}' }),
    failsWith('logistics.badTemplate'),
  )
  await assert.rejects(changeBarcode(rooms, stranger, made.id, { ...form, version: 1 }), failsWith('logistics.notFound'))
  const changed = await changeBarcode(rooms, leader, made.id, { ...form, template: '{material};{lot}', version: 1 })
  assert.equal(changed.version, 2)
  await assert.rejects(changeBarcode(rooms, leader, made.id, { ...form, version: 1 }), failsWith('logistics.changedMeanwhile'))
  assert.deepEqual((await listBarcodes(rooms, supplier)).barcodes, [])
  await assert.rejects(removeBarcode(rooms, supplier, made.id), failsWith('logistics.notFound'))
  await removeBarcode(rooms, leader, made.id)
  assert.deepEqual((await listBarcodes(rooms, leader)).barcodes, [])
})

test('a label format is read by its supplier, written by the buyer alone', async () => {
  const label = { name: '100×150', language: 'zpl' as const, template: standardLabel('zpl', 'qr') }
  const made = await createLabelFormat(rooms, leader, { supplierId: supplier.orgId, ...label })
  await assert.rejects(createLabelFormat(rooms, leader, { supplierId: stranger.orgId, ...label }), failsWith('logistics.noRelation'))
  await assert.rejects(
    createLabelFormat(rooms, leader, { supplierId: second.orgId, ...label, template: '^XA{{colour}}^XZ' }),
    failsWith('logistics.badTemplate'),
  )
  assert.deepEqual(
    (await listLabelFormats(rooms, supplier, 'supplier')).formats.map((format) => [format.id, format.side, format.buyer.name]),
    [[made.id, 'supplier', '整车厂']],
  )
  for (const other of [second, stranger])
    for (const side of ['buyer', 'supplier'] as const) assert.deepEqual((await listLabelFormats(rooms, other, side)).formats, [])
  await assert.rejects(changeLabelFormat(rooms, supplier, made.id, { ...label, version: 1 }), failsWith('logistics.notFound'))
  await assert.rejects(removeLabelFormat(rooms, supplier, made.id), failsWith('logistics.notFound'))
  const touched = await rooms.db.inTenant(supplier, (tx) => sql`update logistics.label_format set template = '^XA^XZ'`.execute(tx.sql))
  assert.equal(touched.numAffectedRows, 0n)
  assert.equal(
    (await changeLabelFormat(rooms, leader, made.id, { ...label, language: 'tspl', template: standardLabel('tspl', 'qr'), version: 1 }))
      .version,
    2,
  )
  await removeLabelFormat(rooms, leader, made.id)
})

test('a company prefix belongs to one organisation', async () => {
  assert.deepEqual(await readPackCodes(rooms.db, leader), { gs1Prefix: null, used: 0, version: 0 })
  const set = await setPackCodes(rooms.db, leader, { gs1Prefix: '6901234', version: 0 })
  assert.deepEqual(set, { gs1Prefix: '6901234', used: 0, version: 1 })
  await assert.rejects(setPackCodes(rooms.db, leader, { gs1Prefix: null, version: 0 }), failsWith('logistics.changedMeanwhile'))
  await assert.rejects(setPackCodes(rooms.db, supplier, { gs1Prefix: '6901234', version: 0 }), failsWith('logistics.prefixInUse'))
  assert.equal((await setPackCodes(rooms.db, leader, { gs1Prefix: null, version: 1 })).gs1Prefix, null)
})
