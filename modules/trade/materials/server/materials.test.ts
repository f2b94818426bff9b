import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decimal } from '#values/decimal.ts'
import { testContext } from '../../../../tests/context.ts'
import { type MaterialId, materialsApi } from '../contract.ts'
import { materialsErrors } from '../errors.ts'
import { createCategory, listCategories, retireCategory, updateCategory } from './categories.ts'
import { createMaterial, createMaterials, reactivateMaterial, readMaterial, retireMaterial, updateMaterial } from './change-material.ts'
import { listMaterials } from './list-materials.ts'
import { materialsPublic } from './materials-public.ts'
import { bearing, newCategory, newMaterial, testRooms } from './test-rooms.ts'

const list = (query: object = {}) => materialsApi.list.query.parse(query)
const fails = (type: { code: string }) => ({ code: type.code })

test('a material gets the next number of its category, is changed with the right version only, and is seen by no other organisation', async (t) => {
  const { rooms } = await testRooms(t)
  const [ours, theirs] = [testContext(), testContext()]
  const categoryId = await newCategory(rooms, ours)
  const first = await createMaterial(rooms, ours, bearing(categoryId))
  assert.equal(first.code, 'BRG-000001')
  const ids = await createMaterials(rooms, ours, [bearing(categoryId), bearing(categoryId, { code: 'OLD/7' }), bearing(categoryId)])
  assert.deepEqual(
    (await listMaterials(rooms, ours, list())).items.map((m) => m.code),
    ['BRG-000001', 'BRG-000002', 'BRG-000003', 'OLD/7'],
  )
  assert.equal((await readMaterial(rooms, ours, ids[1] as MaterialId)).code, 'OLD/7')

  await assert.rejects(createMaterial(rooms, ours, bearing(categoryId, { code: 'old/7' })), fails(materialsErrors.codeTaken))
  await assert.rejects(updateMaterial(rooms, theirs, first.id, { version: 1, name: 'x' }), fails(materialsErrors.notFound))
  assert.equal((await updateMaterial(rooms, ours, first.id, { version: 1, name: '圆锥滚子轴承' })).version, 2)
  await assert.rejects(updateMaterial(rooms, ours, first.id, { version: 1, name: 'x' }), fails(materialsErrors.changedMeanwhile))
  assert.deepEqual((await listMaterials(rooms, theirs, list())).items, [])
  await assert.rejects(createMaterial(rooms, theirs, bearing(categoryId)), fails(materialsErrors.categoryNotFound))

  const retired = await retireMaterial(rooms, ours, first.id, 2)
  assert.ok(retired.retired)
  await assert.rejects(updateMaterial(rooms, ours, first.id, { version: 3, name: 'x' }), fails(materialsErrors.retired))
  assert.equal((await listMaterials(rooms, ours, list())).total, 3)
  assert.equal((await listMaterials(rooms, ours, list({ state: 'retired' }))).total, 1)
  assert.equal((await reactivateMaterial(rooms, ours, first.id, 3)).retired, false)
})

test('numbers are given once under many hands', async (t) => {
  const { rooms } = await testRooms(t)
  const ctx = testContext()
  const categoryId = await newCategory(rooms, ctx)
  await Promise.all(Array.from({ length: 12 }, () => createMaterials(rooms, ctx, [bearing(categoryId), bearing(categoryId)])))
  const page = await listMaterials(rooms, ctx, list())
  assert.deepEqual(
    page.items.map((m) => m.code),
    Array.from({ length: 24 }, (_, i) => `BRG-${String(i + 1).padStart(6, '0')}`),
  )
})

test('found by part of code, Chinese word, specification in any writing, pinyin and initials', async (t) => {
  const { rooms } = await testRooms(t)
  const ctx = testContext()
  const categoryId = await newCategory(rooms, ctx)
  await createMaterials(rooms, ctx, [
    bearing(categoryId),
    bearing(categoryId, { name: '六角头螺栓', nameEn: 'Hex bolt', specification: 'M8×30 8.8级' }),
    bearing(categoryId, { name: '铝合金压铸件', specification: 'ADC12 100%' }),
    bearing(categoryId, { name: '重庆减速电机', specification: 'a_b' }),
  ])
  const found = async (search: string) => (await listMaterials(rooms, ctx, list({ search }))).items.map((m) => m.name)
  const cases: Record<string, string[]> = {
    球轴: ['深沟球轴承'],
    '6204': ['深沟球轴承'],
    sgqzc: ['深沟球轴承'],
    zhoucheng: ['深沟球轴承'],
    'm8*30': ['六角头螺栓'],
    Ｍ８: ['六角头螺栓'],
    'HEX bolt': ['六角头螺栓'],
    'ljt 8.8': ['六角头螺栓'],
    lvhejin: ['铝合金压铸件'],
    '0%': ['铝合金压铸件'],
    chongqing: ['重庆减速电机'],
    a_b: ['重庆减速电机'],
    'brg-000003': ['铝合金压铸件'],
    '轴承 没有': [],
    '%': ['铝合金压铸件'],
  }
  for (const [search, names] of Object.entries(cases)) assert.deepEqual(await found(search), names, search)
})

test('the tree: templates are inherited, categories in use stay, none stands below itself', async (t) => {
  const { rooms } = await testRooms(t)
  const ctx = testContext()
  const bore = { key: 'bore', label: '内径', labelEn: null, type: 'number' as const, unit: 'mm', choices: [], required: true }
  const seal = { key: 'seal', label: '密封', labelEn: null, type: 'choice' as const, unit: null, choices: ['2RS', 'ZZ'], required: false }
  const root = await createCategory(rooms, ctx, {
    parentId: null,
    code: 'P',
    name: '外购件',
    nameEn: null,
    prefix: 'P',
    attributes: [bore],
  })
  const child = await createCategory(rooms, ctx, {
    parentId: root.id,
    code: 'P-BRG',
    name: '轴承',
    nameEn: null,
    prefix: null,
    attributes: [seal],
  })
  await assert.rejects(createMaterial(rooms, ctx, bearing(child.id)), fails(materialsErrors.attributesWrong))
  const made = await createMaterial(rooms, ctx, bearing(child.id, { attributes: { bore: '20.0', seal: '2RS' } }))
  assert.equal(made.code, 'P-000001')
  assert.deepEqual(made.attributes, { bore: '20', seal: '2RS' })
  assert.deepEqual(
    made.template.map((a) => a.key),
    ['bore', 'seal'],
  )
  assert.equal((await listMaterials(rooms, ctx, list({ categoryId: root.id }))).total, 1)

  await assert.rejects(createCategory(rooms, ctx, { ...root, code: 'P' }), fails(materialsErrors.categoryCodeTaken))
  await assert.rejects(updateCategory(rooms, ctx, root.id, { version: 1, parentId: child.id }), fails(materialsErrors.categoryLoop))
  await assert.rejects(retireCategory(rooms, ctx, root.id, 1), fails(materialsErrors.categoryInUse))
  await assert.rejects(retireCategory(rooms, ctx, child.id, 1), fails(materialsErrors.categoryInUse))
  await retireMaterial(rooms, ctx, made.id, made.version)
  assert.ok((await retireCategory(rooms, ctx, child.id, 1)).retired)
  assert.deepEqual(
    (await listCategories(rooms, ctx)).categories.map((c) => c.code),
    ['P', 'P-BRG'],
  )
})

test('other rooms get facts, unit factors, sources and the price in force', async (t) => {
  const { rooms, inTx } = await testRooms(t)
  const [buyer, supplier] = [testContext(), testContext()]
  const materials = materialsPublic(rooms)
  const id = await newMaterial(rooms, buyer, { units: [{ unit: 'XBX', factor: '50' }] })
  const other = await newMaterial(rooms, supplier)
  await materials.createSources(buyer, [
    { materialId: id, supplier: supplier.orgId, supplierCode: 'SKF-6204', minimum: decimal('100'), validFrom: '2026-01-01' },
  ])
  const price = {
    materialId: id,
    supplier: supplier.orgId,
    currency: 'CNY' as const,
    unit: 'H87',
    taxRate: decimal('0.13'),
    validFrom: '2026-01-01',
  }
  await materials.createPrices(buyer, [
    { ...price, netPrice: decimal('8.5') },
    { ...price, netPrice: decimal('8.123456'), fromQuantity: decimal('1000') },
  ])
  await materials.createPrices(buyer, [{ ...price, netPrice: decimal('9'), validFrom: '2026-07-01' }])
  await assert.rejects(
    materials.createPrices(buyer, [{ ...price, netPrice: decimal('7'), validFrom: '2026-06-01' }]),
    fails(materialsErrors.priceOverlaps),
  )

  await inTx(buyer, async (tx) => {
    assert.deepEqual(
      [...(await materials.facts(tx, [id, other])).values()].map((m) => m.code),
      ['BRG-000001'],
    )
    assert.equal((await materials.byCodes(tx, ['brg-000001'])).get('brg-000001')?.id, id)
    const units = ['H87', 'XBX', 'C62', 'KGM'].map((unit) => ({ materialId: id, unit }))
    assert.deepEqual(await materials.unitFactors(tx, units), [decimal('1'), decimal('50'), decimal('1'), undefined])
    assert.equal((await materials.sourcesOf(tx, supplier.orgId, [id], '2026-11-26')).get(id)?.supplierCode, 'SKF-6204')
    assert.equal((await materials.sourcesOf(tx, supplier.orgId, [id], '2025-12-31')).size, 0)
    const asked = async (day: string, unit: string, quantity: string) =>
      (await materials.pricesFor(tx, supplier.orgId, day, 'CNY', [{ materialId: id, unit, quantity: decimal(quantity) }]))[0]?.netPrice
    assert.equal(await asked('2026-06-30', 'H87', '10'), decimal('8.5'))
    assert.equal(await asked('2026-06-30', 'H87', '1000'), decimal('8.123456'))
    assert.equal(await asked('2026-07-01', 'H87', '10'), decimal('9'))
    assert.equal(await asked('2026-07-01', 'XBX', '1'), decimal('450'))
    assert.equal(await asked('2026-07-01', 'XBX', '20'), decimal('406.1728'))
    assert.equal(await asked('2025-07-01', 'H87', '10'), undefined)
  })
  await inTx(supplier, async (tx) => assert.equal((await materials.facts(tx, [id])).size, 0))
})
