import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testContext } from '../../../../tests/context.ts'
import { samplePng } from '../../../../tests/sample-files.ts'
import { materialsApi } from '../contract.ts'
import { BarcodeText, detailApi, type MaterialDocumentId } from '../detail-contract.ts'
import { materialsErrors } from '../errors.ts'
import { addBarcode, addEquipment, addSubstitute, readDetails, removePart } from './details.ts'
import { currentDrawings } from './document-rules.ts'
import { addDocument, documentContent, removeDocument } from './documents.ts'
import { findMaterials, listMaterials } from './list-materials.ts'
import { materialsPublic } from './materials-public.ts'
import { newMaterial, PRESS, testRooms } from './test-rooms.ts'

const fails = (type: { code: string }) => ({ code: type.code })
const now = new Date('2026-11-26T02:00:00Z')

test('a barcode of a GTIN’s form has its check digit', () => {
  assert.ok(BarcodeText.safeParse('6901234567892').success)
  assert.ok(!BarcodeText.safeParse('6901234567890').success)
  assert.ok(BarcodeText.safeParse('BZ-0001').success)
})

test('the revision that holds: the last one that has begun', () => {
  const drawing = (id: string, effective_from: string, name = 'Z-100') => ({ id, kind: 'drawing', name, effective_from })
  const documents = [
    drawing('a', '2026-01-01'),
    drawing('b', '2026-11-26'),
    drawing('c', '2026-12-01'),
    drawing('d', '2026-05-01', 'Z-200'),
  ]
  assert.deepEqual([...currentDrawings(documents, '2026-11-26')], ['b', 'd'])
  assert.deepEqual([...currentDrawings(documents, '2026-11-25')], ['a', 'd'])
  assert.deepEqual([...currentDrawings(documents, '2025-11-25')], [])
})

test('barcodes, substitutes and machines: once each, of one’s own, and gone when taken away', async (t) => {
  const { rooms } = await testRooms(t)
  const [ours, theirs] = [testContext({ now }), testContext({ now })]
  const id = await newMaterial(rooms, ours, { units: [{ unit: 'XBX', factor: '50' }] })
  const other = await newMaterial(rooms, ours, { categoryId: (await categoryOf(rooms, ours, id)) as never, name: '圆锥滚子轴承' })
  const foreign = await newMaterial(rooms, theirs)
  const details = () => readDetails(rooms, ours, id)

  await addBarcode(rooms, ours, id, { code: '6901234567892', unit: 'XBX' })
  await assert.rejects(addBarcode(rooms, ours, other, { code: '6901234567892', unit: 'H87' }), fails(materialsErrors.barcodeTaken))
  await assert.rejects(addBarcode(rooms, ours, id, { code: 'X', unit: 'KGM' }), fails(materialsErrors.unitUnknown))
  await addBarcode(rooms, theirs, foreign, { code: '6901234567892', unit: 'H87' })

  const substitute = { substituteId: other, bothWays: true, note: '加垫片' }
  await addSubstitute(rooms, ours, id, substitute)
  await assert.rejects(addSubstitute(rooms, ours, id, substitute), fails(materialsErrors.substituteWrong))
  await assert.rejects(addSubstitute(rooms, ours, other, { ...substitute, substituteId: id }), fails(materialsErrors.substituteWrong))
  await assert.rejects(addSubstitute(rooms, ours, id, { ...substitute, substituteId: id }), fails(materialsErrors.substituteWrong))
  await assert.rejects(addSubstitute(rooms, ours, id, { ...substitute, substituteId: foreign }), fails(materialsErrors.notFound))
  assert.equal((await readDetails(rooms, ours, other)).substitutes[0]?.code, 'BRG-000001')

  const part = { deviceId: PRESS, thingModelCode: null, quantity: '2', position: '主轴' }
  await addEquipment(rooms, ours, id, part)
  await addEquipment(rooms, ours, id, { ...part, deviceId: null, thingModelCode: 'die-casting' })
  await assert.rejects(addEquipment(rooms, ours, id, part), fails(materialsErrors.equipmentWrong))
  await assert.rejects(
    addEquipment(rooms, ours, id, { ...part, deviceId: null, thingModelCode: 'none' }),
    fails(materialsErrors.equipmentWrong),
  )
  const shown = await details()
  assert.deepEqual(
    shown.equipment.map((one) => [one.code, one.name, one.quantity]),
    [
      ['DC-01', '1 号压铸机', '2'],
      ['die-casting', '压铸机', '2'],
    ],
  )
  const barcode = shown.barcodes[0]?.id as never
  await assert.rejects(removePart(rooms, theirs, 'materials.barcode', { id, partId: barcode }), fails(materialsErrors.notFound))
  await removePart(rooms, ours, 'materials.barcode', { id, partId: barcode })
  await removePart(rooms, ours, 'materials.substitute', { id: other, partId: shown.substitutes[0]?.id as never })
  await removePart(rooms, ours, 'materials.equipment', { id, partId: shown.equipment[0]?.id as never })
  const left = await details()
  assert.deepEqual([left.barcodes.length, left.substitutes.length, left.equipment.length], [0, 0, 1])
  await assert.rejects(readDetails(rooms, theirs, id), fails(materialsErrors.notFound))
})

test('a material is found by its barcode, whole, and by what a supplier calls it, its beginning; by nobody else', async (t) => {
  const { rooms } = await testRooms(t)
  const [ours, theirs] = [testContext({ now }), testContext({ now })]
  const id = await newMaterial(rooms, ours, { name: '箱体' })
  const categoryId = (await categoryOf(rooms, ours, id)) as never
  const other = await newMaterial(rooms, ours, { categoryId, name: '油封' })
  const supplier = testContext().orgId
  await addBarcode(rooms, ours, id, { code: '036000291452', unit: 'H87' })
  const sources = [
    { materialId: id, supplier, supplierCode: 'YL-CK162-L', validFrom: '2026-01-01' },
    { materialId: other, supplier, supplierCode: 'YL-CK163', validFrom: '2026-01-01' },
  ]
  await materialsPublic(rooms).createSources(ours, sources)
  const found = async (search: string, ctx = ours) =>
    (await listMaterials(rooms, ctx, materialsApi.list.query.parse({ search }))).items.map((one) => one.id)
  assert.deepEqual(await found('0036000291452'), [id], 'as a scanner may read it')
  assert.deepEqual(await found('03600029145'), [], 'a part of a barcode is none')
  assert.deepEqual(new Set(await found('yl-ck16')), new Set([id, other]))
  assert.deepEqual(await found('YL-CK162-L'), [id])
  assert.deepEqual(await found('CK162'), [], 'its beginning')
  assert.deepEqual(await found('yl%'), [])
  for (const code of ['036000291452', 'yl-ck162-l']) assert.deepEqual(await found(code, theirs), [])
  const first = await rooms.db.inTenant(ours, (tx) => findMaterials(tx, '36000291452'.padStart(14, '0'), 1))
  assert.deepEqual(
    first.map((one) => one.id),
    [id],
  )
})

test('drawings with revisions and images, as files of their own', async (t) => {
  const { rooms } = await testRooms(t)
  const [ours, theirs] = [testContext({ now }), testContext({ now })]
  const id = await newMaterial(rooms, ours)
  const upload = (bytes: Uint8Array) => ({
    stream: async function* () {
      yield Buffer.from(bytes)
    },
    whole: async () => Buffer.from(bytes),
  })
  const text = (content: string) => new TextEncoder().encode(content)
  const add = (query: object, bytes: Uint8Array, ctx = ours) =>
    addDocument(rooms, ctx, id, { query: detailApi.addDocument.query.parse(query), upload: upload(bytes) })
  const drawing = { kind: 'drawing', fileName: 'z-100.txt', name: 'Z-100' }
  await assert.rejects(add(drawing, text('a')), fails(materialsErrors.revisionNeeded))
  await add({ ...drawing, revision: 'a', effectiveFrom: '2026-01-01' }, text('revision a'))
  await add({ ...drawing, revision: 'B', effectiveFrom: '2026-11-01' }, text('revision b'))
  await add({ ...drawing, revision: 'C', effectiveFrom: '2027-01-01' }, text('revision c'))
  await assert.rejects(
    add({ ...drawing, revision: 'C', effectiveFrom: '2027-02-01' }, text('another c')),
    fails(materialsErrors.revisionTaken),
  )
  await assert.rejects(add({ ...drawing, revision: 'D', effectiveFrom: '2027-02-01' }, text('revision a')), fails(materialsErrors.sameFile))
  await add({ kind: 'image', fileName: 'photo.png' }, samplePng)
  await assert.rejects(add({ kind: 'image', fileName: 'photo.png' }, text('no image')), { code: 'request.fileNotAsNamed' })
  await assert.rejects(add({ kind: 'other', fileName: 'x.txt' }, text('x'), theirs), fails(materialsErrors.notFound))
  const { documents } = await readDetails(rooms, ours, id)
  assert.deepEqual(
    documents.map((one) => [one.name, one.revision, one.current]),
    [
      ['Z-100', 'C', false],
      ['Z-100', 'B', true],
      ['Z-100', 'A', false],
      ['photo.png', null, false],
    ],
  )
  const partId = documents[1]?.id as MaterialDocumentId
  assert.ok(await documentContent(rooms, ours, { id, partId }, true))
  await assert.rejects(documentContent(rooms, theirs, { id, partId }, true), fails(materialsErrors.notFound))
  await removeDocument(rooms, ours, { id, partId })
  assert.deepEqual(
    (await readDetails(rooms, ours, id)).documents.filter((one) => one.current).map((one) => one.revision),
    ['A'],
  )
})

const categoryOf = async (rooms: Awaited<ReturnType<typeof testRooms>>['rooms'], ctx: ReturnType<typeof testContext>, id: string) =>
  (
    await rooms.db.inTenant(ctx, (tx) =>
      tx.sql
        .selectFrom('materials.material')
        .select('category_id')
        .where('org_id', '=', tx.orgId)
        .where('id', '=', id as never)
        .executeTakeFirstOrThrow(),
    )
  ).category_id
