import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import { openPrinter } from '#kernel/printer.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { decimal } from '#values/decimal.ts'
import { testContext } from '../../../../tests/context.ts'
import { consignedApi } from '../consigned-contract.ts'
import type { LocationId } from '../contract.ts'
import { documentApi } from '../document-contract.ts'
import { stockApi } from '../stock-contract.ts'
import { StocktakeAction, StocktakeState } from '../stocktake-contract.ts'
import { agreeConsigned, changeConsigned, readConsigned, useConsigned } from './consigned.ts'
import { levelOf, refillOf } from './consigned-rules.ts'
import { listItems, readItem } from './list-items.ts'
import { listStock } from './list-stock.ts'
import { postDocument } from './post-document.ts'
import { documentSheet, printDocument, printStocktake, type Sheet, stocktakeSheet } from './print-stock.ts'
import { readPick } from './propose-pick.ts'
import { readAgeing, readTurnover } from './read-analysis.ts'
import { readCard } from './read-card.ts'
import { readDocument } from './read-document.ts'
import { inventorySearches } from './searches.ts'
import { nextState } from './stocktake-rules.ts'
import { addLine, cancelStocktake, countLine, createStocktake, decideStocktake, readStocktake, submitStocktake } from './stocktakes.ts'
import { failsWith, moveOf, type TestHouse, testHouse, testStock } from './test-stock.ts'
import { inventoryTodos } from './todos.ts'
import { verifyStock } from './verify-stock.ts'

const stock = await testStock({ after })
const { rooms } = stock
const { db } = rooms
const all = ['inventory.readValue', 'inventory.account', 'inventory.move']
const house = (change: Partial<Context> = {}) =>
  testHouse(stock, { scopes: { permissions: new Set(all), sites: 'all' }, actor: { kind: 'user', id: 'u1', name: '王保管' }, ...change })
const isSound = async (at: TestHouse) => assert.deepEqual((await db.inTenant(at.ctx, verifyStock)).problems, [])
const items = (query: object = {}) => stockApi.items.query.parse(query)
const rowsAt = (query: object = {}) => stockApi.stock.query.parse(query)

const line = (materialId: MaterialId, quantity: string, locationId: LocationId, change: object = {}) => ({
  materialId,
  quantity,
  locationId,
  toId: null,
  lot: null,
  serial: null,
  owner: null,
  override: null,
  ...change,
})
const post = (at: TestHouse, kind: 'transfer' | 'production' | 'scrap' | 'back', lines: ReturnType<typeof line>[], change: object = {}) =>
  postDocument(rooms, at.ctx, documentApi.post.body.parse({ kind, day: '2026-11-20', reason: '', lines, ...change }))

test('an issue takes what expires first, or says why not; transfer, taking back and scrapping stand on the stock card', async () => {
  const at = await house()
  const material = stock.material({ control: 'lot' })
  const comes = (lot: string, expires: string, quantity: string, day: string) =>
    moveOf(at, { materialId: material, quantity, lot, expires, day, from: at.supplier, to: at.bin, unitCost: '10' })
  await at.post(
    comes('L2', '2027-03-01', '10', '2026-11-01'),
    comes('L1', '2026-12-15', '5', '2026-11-03'),
    comes('L0', '2026-11-10', '2', '2026-11-02'),
  )
  const pick = await readPick(db, at.ctx, { materialId: material, warehouseId: at.warehouse, quantity: '8' })
  assert.deepEqual(
    [pick.picks.map((one) => [one.lot, one.quantity]), pick.missing, pick.expired],
    [
      [
        ['L1', '5'],
        ['L2', '3'],
      ],
      '0',
      '2',
    ],
  )

  await assert.rejects(post(at, 'production', [line(material, '1', at.bin, { lot: 'L2' })]), failsWith('inventory.notOldest'))
  await assert.rejects(post(at, 'production', [line(material, '1', at.bin, { lot: 'L0' })]), failsWith('inventory.expired'))
  await post(at, 'production', [line(material, '1', at.bin, { lot: 'L2', override: '客户指定批次' })])
  const { id, number } = await post(at, 'production', [
    line(material, '5', at.bin, { lot: 'L1' }),
    line(material, '2', at.bin, { lot: 'L2' }),
  ])
  assert.match(number, /^SI-202611-0000\d$/)
  const paper = await readDocument(rooms, at.ctx, id)
  assert.deepEqual(
    [paper.kind, paper.number, paper.lines.map((one) => [one.lot, one.quantity, one.from.code, one.to.kind, one.owner])],
    [
      'production',
      number,
      [
        ['L1', '5', 'A-01', 'production', null],
        ['L2', '2', 'A-01', 'production', null],
      ],
    ],
  )
  await assert.rejects(readDocument(rooms, (await house()).ctx, id), failsWith('inventory.documentNotFound'))
  await post(at, 'transfer', [line(material, '4', at.bin, { lot: 'L2', toId: at.second })])
  await assert.rejects(post(at, 'transfer', [line(material, '1', at.bin, { lot: 'L2' })]), failsWith('inventory.targetNeeded'))
  await assert.rejects(post(at, 'scrap', [line(material, '1', at.bin, { lot: 'L0' })]), failsWith('inventory.reasonNeeded'))
  await post(at, 'scrap', [line(material, '2', at.bin, { lot: 'L0' })], { reason: '过期' })
  await post(at, 'back', [line(material, '1', at.bin, { lot: 'L1' })])

  const card = (change: object = {}) =>
    readCard(rooms, at.ctx, material, stockApi.card.query.parse({ from: '2026-11-02', until: '2026-11-20', ...change }))
  const whole = await card()
  assert.deepEqual(whole.sums, { opening: '10', closing: '8', total: 7, totalCapped: false })
  assert.deepEqual(
    whole.items.map((one) => [one.in, one.out, one.balance]),
    [
      ['1', null, '8'],
      [null, '2', '7'],
      [null, '2', '9'],
      [null, '5', '11'],
      [null, '1', '16'],
      ['5', null, '17'],
      ['2', null, '12'],
    ],
  )
  assert.deepEqual(
    [whole.items[3]?.document.number, whole.items[3]?.value?.amount, whole.items[4]?.reason],
    [number, '50.00', '客户指定批次'],
  )
  const second = await card({ locationId: at.second })
  assert.deepEqual([second.items.map((one) => one.in), second.sums?.closing], [['4'], '4'])
  const first = await card({ limit: 3 })
  const rest = await card({ limit: 10, after: first.next ?? undefined })
  assert.deepEqual([...first.items, ...rest.items], whole.items)
  assert.deepEqual([rest.next, rest.sums], [null, null])
  // A period that ended: what came behind it is taken off.
  const early = await card({ from: '2026-11-01', until: whole.items[5]?.day })
  assert.equal(early.sums?.closing, early.items[0]?.balance)
  await assert.rejects(
    readCard(rooms, testContext(), material, stockApi.card.query.parse({ from: '2026-11-01', until: '2026-11-20' })),
    failsWith('inventory.materialNotFound'),
  )
  await isSound(at)
})

test('the lists: by material with reserved and value, by place with expiry; another organisation sees nothing', async () => {
  const at = await house()
  const a = stock.material({ code: 'AL-380', name: '铝锭' })
  const b = stock.material({ code: 'BRG-6204', name: '轴承', control: 'lot' })
  await at.post(
    moveOf(at, { materialId: a, quantity: '100.5', from: at.supplier, to: at.warehouse, unitCost: '20', day: '2026-05-01' }),
    moveOf(at, { materialId: b, quantity: '10', from: at.supplier, to: at.bin, unitCost: '3', lot: 'X', expires: '2026-12-01' }),
    moveOf(at, { materialId: b, quantity: '3', from: at.supplier, to: at.quarantine, unitCost: '3', lot: 'Y', expires: '2026-11-01' }),
  )
  await at.inTenant((tx) =>
    stock.stock.reserve(tx, at.ctx, [
      { materialId: b, warehouse: at.warehouse, quantity: decimal('4'), for: { entity: 't', id: '1', line: '1' } },
    ]),
  )
  const list = await listItems(db, at.ctx, items())
  assert.deepEqual(
    list.items.map((one) => [one.code, one.onHand, one.reserved, one.available, one.value?.amount, one.idleDays]),
    [
      ['AL-380', '100.5', '0', '100.5', '2010.00', 203],
      ['BRG-6204', '13', '4', '6', '39.00', 0],
    ],
  )
  assert.deepEqual(
    (await listItems(db, at.ctx, items({ idleDays: 90 }))).items.map((one) => one.code),
    ['AL-380'],
  )
  assert.deepEqual(
    (await listItems(db, at.ctx, items({ search: '轴承 brg' }))).items.map((one) => one.code),
    ['BRG-6204'],
  )
  const plain = { ...at.ctx, scopes: { permissions: new Set<string>(), sites: 'all' as const } }
  assert.equal((await readItem(db, plain, a)).value, null)
  const found = async (query: object) => (await listStock(rooms, at.ctx, rowsAt(query))).items.map((one) => [one.code, one.lot, one.expiry])
  assert.deepEqual(await found({ expiry: 'soon' }), [['BRG-6204', 'X', 'soon']])
  assert.deepEqual(await found({ expiry: 'expired' }), [['BRG-6204', 'Y', 'expired']])
  assert.deepEqual((await found({ locationId: at.warehouse })).length, 2)
  assert.deepEqual(await found({ search: 'y' }), [['BRG-6204', 'Y', 'expired']])
  const stranger = testContext()
  assert.deepEqual([(await listItems(db, stranger, items())).total, (await listStock(rooms, stranger, rowsAt())).total], [0, 0])
  await assert.rejects(readItem(db, stranger, a), failsWith('inventory.materialNotFound'))
})

test('turnover and age: the figures by hand', async () => {
  const at = await house()
  const material = stock.material()
  const comes = (day: string, quantity: string, unitCost: string) =>
    moveOf(at, { materialId: material, quantity, unitCost, day, from: at.supplier, to: at.warehouse })
  await at.post(comes('2025-06-01', '10', '10'), comes('2026-10-01', '10', '20'))
  await at.post(moveOf(at, { materialId: material, quantity: '8', day: '2026-11-01', from: at.warehouse, to: at.production }))
  await at.post(moveOf(at, { materialId: material, quantity: '2', day: '2026-11-02', from: at.warehouse, to: at.loss }))
  const found = await readTurnover(db, at.ctx, { from: '2026-01-01', until: '2026-12-31' })
  // Average 15.00: 8 out = 120.00, 2 lost = 30.00; 100.00 at first, 150.00 at last, mean 125.00.
  assert.deepEqual(
    [found.opening.amount, found.closing.amount, found.issued.amount, found.average.amount, found.turns, found.days, found.daysOfStock],
    ['100.00', '150.00', '120.00', '125.00', '0.96', 365, '380.2'],
  )
  const ageing = await readAgeing(db, at.ctx, '2026-11-20')
  assert.deepEqual(
    ageing.buckets.map((one) => one.value.amount),
    ['0.00', '150.00', '0.00', '0.00', '0.00'],
  )
  const empty = await readTurnover(db, testContext(), { from: '2026-01-01', until: '2026-12-31' })
  assert.deepEqual([empty.turns, empty.daysOfStock], [null, null])
})

test('every (state, action) of a stocktake is decided', () => {
  const table = Object.fromEntries(
    StocktakeState.options.map((state) => [state, StocktakeAction.options.map((action) => nextState(state, action) ?? '—').join(' ')]),
  )
  assert.deepEqual(table, {
    counting: 'counting submitted — — cancelled',
    submitted: '— — posted counting cancelled',
    posted: '— — — — —',
    cancelled: '— — — — —',
  })
})

test('a stocktake: what moves meanwhile is no difference, the rest is posted once somebody else approves', async () => {
  const at = await house()
  const other: Context = { ...at.ctx, actor: { kind: 'user', id: 'u2', name: '李会计' } }
  const [a, b, c] = [stock.material(), stock.material(), stock.material({ control: 'lot' })]
  const comes = (materialId: MaterialId, quantity: string) =>
    moveOf(at, { materialId, quantity, unitCost: '2', from: at.supplier, to: at.bin })
  await at.post(comes(a, '10'), comes(b, '20'))
  const sheet = await createStocktake(rooms, at.ctx, at.bin)
  await assert.rejects(createStocktake(rooms, at.ctx, at.bin), failsWith('inventory.stocktakeOpen'))
  await assert.rejects(createStocktake(rooms, testContext(), at.bin), failsWith('inventory.locationNotFound'))
  const read = () => readStocktake(rooms, at.ctx, sheet.id)
  const lineOf = async (materialId: MaterialId) => {
    const row = (await read()).rows.find((one) => one.materialId === materialId)
    assert.ok(row)
    return row
  }
  assert.equal((await lineOf(a)).expected, null, 'who counts does not see the books')
  // Three go out before a is counted, four more after it: neither is a difference.
  await at.post(moveOf(at, { materialId: a, quantity: '3', from: at.bin, to: at.production }))
  const counted = await countLine(rooms, at.ctx, { id: sheet.id, lineId: (await lineOf(a)).id }, '6')
  assert.deepEqual([counted.expected, counted.difference], ['7', '-1'])
  await at.post(moveOf(at, { materialId: a, quantity: '4', from: at.bin, to: at.production }))
  await assert.rejects(submitStocktake(rooms, at.ctx, sheet.id, 1), failsWith('inventory.notAllCounted'))
  await countLine(rooms, at.ctx, { id: sheet.id, lineId: (await lineOf(b)).id }, '20.5')
  await assert.rejects(
    addLine(rooms, at.ctx, sheet.id, { materialId: c, lot: null, serial: null, counted: '2' }),
    failsWith('inventory.lotNeeded'),
  )
  await addLine(rooms, at.ctx, sheet.id, { materialId: c, lot: 'F1', serial: null, counted: '2' })
  await submitStocktake(rooms, at.ctx, sheet.id, 1)
  await assert.rejects(countLine(rooms, at.ctx, { id: sheet.id, lineId: (await lineOf(b)).id }, '1'), failsWith('inventory.notAllowedNow'))
  await assert.rejects(decideStocktake(rooms, at.ctx, sheet.id, { version: 2, approve: true }), failsWith('inventory.ownCount'))
  await assert.rejects(decideStocktake(rooms, other, sheet.id, { version: 1, approve: true }), failsWith('inventory.changedMeanwhile'))
  await assert.rejects(
    decideStocktake(rooms, testContext(), sheet.id, { version: 2, approve: true }),
    failsWith('inventory.stocktakeNotFound'),
  )
  assert.deepEqual([(await read()).mayApprove, (await readStocktake(rooms, other, sheet.id)).mayApprove], [false, true])
  const done = await decideStocktake(rooms, other, sheet.id, { version: 2, approve: true })
  assert.deepEqual([done.state, done.different, done.decidedBy], ['posted', 3, '李会计'])
  const onHand = Object.fromEntries((await listItems(db, at.ctx, items())).items.map((one) => [one.materialId, one.onHand]))
  assert.deepEqual([onHand[a], onHand[b], onHand[c]], ['2', '20.5', '2'])
  await isSound(at)
  const again = await createStocktake(rooms, at.ctx, at.bin)
  assert.equal((await cancelStocktake(rooms, at.ctx, again.id, again.version)).state, 'cancelled')
})

test('consigned goods: the supplier sees his own and nobody else’s, below the minimum a refill is proposed, what is taken is billed', async () => {
  const at = await house()
  const [one, two] = [testContext(), testContext()]
  const material = stock.material({ code: 'CS-1' })
  const side = (ctx: Context, which: 'buyer' | 'supplier', change: object = {}) =>
    readConsigned(rooms, ctx, consignedApi.consigned.query.parse({ side: which, ...change }))
  const agreed = await agreeConsigned(rooms, at.ctx, { supplierId: one.orgId, materialId: material, min: '50', max: '200' })
  await assert.rejects(
    agreeConsigned(rooms, at.ctx, { supplierId: one.orgId, materialId: material, min: '1', max: '2' }),
    failsWith('inventory.consignedAlready'),
  )
  await assert.rejects(
    changeConsigned(rooms, at.ctx, agreed.id, { version: agreed.version, min: '3', max: '2' }),
    failsWith('inventory.boundsCrossed'),
  )
  await assert.rejects(
    changeConsigned(rooms, one, agreed.id, { version: agreed.version, min: '1', max: '2' }),
    failsWith('inventory.consignmentNotFound'),
  )
  const comes = (owner: Context['orgId'], quantity: string) =>
    moveOf(at, { materialId: material, quantity, owner, from: at.supplier, to: at.bin })
  await at.post(comes(one.orgId, '60'), comes(two.orgId, '7'))
  assert.deepEqual(
    (await side(at.ctx, 'buyer')).items.map((row) => [row.quantity, row.level]),
    [
      ['60', 'within'],
      ['7', null],
    ],
  )
  assert.deepEqual(
    (await side(one, 'supplier')).items.map((row) => [row.code, row.quantity, row.refill]),
    [['CS-1', '60', null]],
  )
  assert.deepEqual(
    (await side(two, 'supplier')).items.map((row) => row.quantity),
    ['7'],
  )
  assert.deepEqual([(await side(one, 'buyer')).total, (await side(testContext(), 'supplier')).total], [0, 0])
  // Not even by SQL does the supplier write the buyer's row.
  const changed = await db.inTenant(one, (tx) => sql`update inventory.consignment set quantity = 1`.execute(tx.sql))
  assert.equal(Number(changed.numAffectedRows), 0)

  const use = (quantity: string) =>
    useConsigned(rooms, at.ctx, agreed.id, { locationId: at.bin, quantity, lot: null, serial: null, day: '2026-11-20', reason: '' })
  await assert.rejects(use('61'), failsWith('inventory.notEnough'))
  const { number } = await use('20')
  assert.match(number, /^SU-/)
  assert.deepEqual(
    (await side(one, 'supplier', { level: 'below' })).items.map((row) => [row.quantity, row.level, row.refill]),
    [['40', 'below', '160']],
  )
  const { rows } = await stock.rooms.db.inTenant(at.ctx, (tx) =>
    sql<{
      value: number
      direction: number
    }>`select value, direction from inventory.cost where org_id = ${tx.orgId} order by direction`.execute(tx.sql),
  )
  assert.deepEqual(
    rows.map((row) => row.value),
    [5000, 5000],
  )
  await isSound(at)
})

test('bounds by table', () => {
  const kept = (quantity: bigint, min: bigint | null, max: bigint | null) => ({ quantity, min, max })
  const cases: [ReturnType<typeof kept>, ReturnType<typeof levelOf>, bigint | null][] = [
    [kept(5n, null, null), null, null],
    [kept(5n, 6n, 10n), 'below', 5n],
    [kept(5n, 6n, null), 'below', 1n],
    [kept(6n, 6n, 10n), 'within', null],
    [kept(11n, 6n, 10n), 'above', null],
    [kept(0n, null, 10n), 'within', null],
  ]
  for (const [given, level, refill] of cases) assert.deepEqual([levelOf(given), refillOf(given)], [level, refill])
})

test('on paper: a count sheet tells nobody what the books say before all is counted, a document says from where to where', async () => {
  const at = await house()
  const material = stock.material({ control: 'lot' })
  await at.post(
    moveOf(at, { materialId: material, quantity: '12', lot: 'L1', day: '2026-11-01', from: at.supplier, to: at.bin, unitCost: '10' }),
  )
  const sheet: Sheet = { issuer: '整车厂', english: false, word: (key) => key }
  const { id } = await createStocktake(rooms, at.ctx, at.bin)
  const counted = async () => stocktakeSheet(await readStocktake(rooms, at.ctx, id), sheet)
  const code = (await readStocktake(rooms, at.ctx, id)).rows[0]?.code ?? ''
  assert.deepEqual((await counted()).rows, [['1', code, (await counted()).rows[0]?.[2], 'L1', '件', '', '']])
  const lineId = (await readStocktake(rooms, at.ctx, id)).rows[0]?.id as never
  await countLine(rooms, at.ctx, { id, lineId }, '11')
  assert.deepEqual((await counted()).rows[0]?.slice(3), ['L1', '件', '', ''])
  const { version } = await readStocktake(rooms, at.ctx, id)
  await submitStocktake(rooms, at.ctx, id, version)
  assert.deepEqual((await counted()).rows[0]?.slice(3), ['L1', '件', '12', '11', '-1'])

  const waits = (who: Context) => db.inTenant(who, (tx) => inventoryTodos[0]!.list(who, opaque(tx), 5))
  assert.equal((await waits(at.ctx)).total, 0, 'who handed it in does not approve it')
  const other: Context = { ...at.ctx, actor: { kind: 'user', id: 'u2', name: '李主管' } }
  assert.deepEqual(
    (await waits(other)).items.map(({ path }) => path),
    [`/inventory/stocktakes/${id}`],
  )

  const handedIn = await readStocktake(rooms, other, id)
  await decideStocktake(rooms, other, id, { version: handedIn.version, approve: true })
  assert.equal((await waits(other)).total, 0, 'what is decided does not wait')
  const issued = await post(at, 'production', [line(material, '3', at.bin, { lot: 'L1' })])
  const printed = documentSheet(await readDocument(rooms, at.ctx, issued.id), sheet)
  assert.equal(printed.title, 'print.titles.production')
  assert.deepEqual(printed.rows[0]?.slice(3), ['L1', printed.rows[0]?.[4], 'kinds.production', '3', '件'])

  const finds = async (ctx: Context, text: string) =>
    (await Promise.all(inventorySearches.map((kind) => db.inTenant(ctx, (tx) => kind.find(ctx, opaque(tx), text, 5))))).flat()
  const { number } = await readStocktake(rooms, at.ctx, id)
  assert.deepEqual(
    [...(await finds(at.ctx, number)), ...(await finds(at.ctx, issued.number))].map(({ path }) => path),
    [`/inventory/stocktakes/${id}`, `/inventory/documents/${issued.id}`],
  )
  for (const text of [number, issued.number]) assert.deepEqual(await finds(testContext(), text), [])

  const printing = { printer: openPrinter(), translate: (_: unknown, key: string) => key }
  assert.equal((await printDocument(rooms, printing, at.ctx, issued.id)).fileName, `${issued.number}.pdf`)
  await assert.rejects(printDocument(rooms, printing, testContext(), issued.id), failsWith('inventory.documentNotFound'))
  await assert.rejects(printStocktake(rooms, printing, testContext(), id), failsWith('inventory.stocktakeNotFound'))
})
