import type { Context } from '#kernel/context.ts'
import { nextNumber } from '#kernel/numbering.ts'
import { publish } from '#kernel/outbox.ts'
import { opaque, violatedUnique } from '#kernel/postgres.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { decimal, writeDecimal, ZERO } from '#values/decimal.ts'
import { chinaDay } from '#values/instant.ts'
import { inventoryEvents, type LocationId } from '../contract.ts'
import { inventoryErrors } from '../errors.ts'
import type { NewMove } from '../public.ts'
import { MAX_SHEET_LINES, type StocktakeAction, type StocktakeId, type StocktakeLine, type StocktakeLineId } from '../stocktake-contract.ts'
import { lockItems, lockKnownItems } from './item-store.ts'
import { locationKinds } from './location-kinds.ts'
import { lockLocation, systemLocation } from './location-store.ts'
import { postMoves } from './post-moves.ts'
import type { Rooms } from './rooms.ts'
import { nextState } from './stocktake-rules.ts'
import {
  amount,
  findStocktake,
  insertLine,
  insertStocktake,
  type LineRow,
  lockStocktake,
  readLine,
  readLines,
  updateStocktake,
  writeCount,
  writeSheet,
} from './stocktake-store.ts'
import type { InventoryTx } from './tables.ts'

async function found(tx: InventoryTx, id: StocktakeId) {
  const sheet = await findStocktake(tx, id)
  if (!sheet) throw inventoryErrors.stocktakeNotFound({ id })
  return sheet
}

type Step = 'stocktakeStarted' | 'stocktakeSubmitted' | 'stocktakeSentBack' | 'stocktakePosted' | 'stocktakeCancelled'

/** The sheet as it stands now, and the news of it. */
async function told(tx: InventoryTx, ctx: Context, step: Step, id: StocktakeId) {
  const sheet = await found(tx, id)
  await publish(tx, ctx, inventoryEvents[step], id, { stocktakeId: id, number: sheet.number })
  return sheet
}

async function step(tx: InventoryTx, id: StocktakeId, action: StocktakeAction, version?: number) {
  const sheet = await lockStocktake(tx, id)
  if (!sheet) throw inventoryErrors.stocktakeNotFound({ id })
  if (version !== undefined && sheet.version !== version) throw inventoryErrors.changedMeanwhile({ id, version: sheet.version })
  const state = nextState(sheet.state, action)
  if (!state) throw inventoryErrors.notAllowedNow({ id, state: sheet.state })
  return { sheet, state }
}

export const createStocktake = ({ db }: Rooms, ctx: Context, locationId: LocationId) =>
  db
    .inTenant(ctx, async (tx) => {
      const location = await lockLocation(tx, locationId)
      if (!location || locationKinds[location.kind].outside) throw inventoryErrors.locationNotFound({ id: locationId })
      if (location.kind === 'transit') throw inventoryErrors.transitByNotice()
      if (location.closed_at) throw inventoryErrors.locationClosed({ code: location.code })
      const number = await nextNumber(opaque(tx), 'SC', chinaDay(ctx.now))
      const by = ctx.actor.name ?? ''
      const id = await insertStocktake(tx, { number, location_id: locationId, created_at: ctx.now, created_by: by })
      if ((await writeSheet(tx, id, locationId)) > MAX_SHEET_LINES) throw inventoryErrors.sheetTooLong({ max: MAX_SHEET_LINES })
      return told(tx, ctx, 'stocktakeStarted', id)
    })
    .catch((error: unknown) => {
      throw violatedUnique(error) === 'stocktake_open' ? inventoryErrors.stocktakeOpen() : error
    })

/** Whoever counts does not see what the books say before he has. */
function lineView(row: LineRow, owners: ReadonlyMap<string, { name: string }>, orgId: string): StocktakeLine {
  const difference = row.counted === null || row.expected === null ? null : decimal(row.counted) - decimal(row.expected)
  return {
    id: row.id,
    materialId: row.material_id,
    code: row.code,
    name: row.name,
    specification: row.specification,
    unit: row.unit,
    owner: row.owner_org === orgId ? null : (owners.get(row.owner_org)?.name ?? ''),
    lot: row.lot,
    serial: row.serial,
    expected: amount(row.expected),
    counted: amount(row.counted),
    difference: difference === null ? null : writeDecimal(difference),
    countedBy: row.counted_by,
  }
}

async function viewLines({ organisations }: Rooms, tx: InventoryTx, rows: readonly LineRow[]): Promise<StocktakeLine[]> {
  const others = [...new Set(rows.map((row) => row.owner_org))].filter((id) => id !== tx.orgId)
  const owners = await organisations.labels(opaque(tx), others)
  return rows.map((row) => lineView(row, owners, tx.orgId))
}

const hadAHand = (ctx: Context, sheet: { submitted_by_id: string | null }, rows: readonly LineRow[]): boolean =>
  sheet.submitted_by_id === ctx.actor.id || rows.some((row) => row.counted_by_id === ctx.actor.id)

export const readStocktake = (rooms: Rooms, ctx: Context, id: StocktakeId) =>
  rooms.db.inTenant(ctx, async (tx) => {
    const sheet = await found(tx, id)
    const locked = await lockStocktake(tx, id)
    const rows = await readLines(tx, id)
    const allowed = ctx.scopes.permissions.has('inventory.account')
    return {
      ...sheet,
      rows: await viewLines(rooms, tx, rows),
      mayApprove: allowed && sheet.state === 'submitted' && locked !== undefined && !hadAHand(ctx, locked, rows),
    }
  })

async function countOne(rooms: Rooms, tx: InventoryTx, ctx: Context, id: StocktakeId, lineId: StocktakeLineId, counted: string) {
  const { sheet } = await step(tx, id, 'count')
  const line = await readLine(tx, id, lineId)
  if (!line) throw inventoryErrors.stocktakeNotFound({ id: lineId })
  if (line.serial !== '' && decimal(counted) !== ZERO && decimal(counted) !== decimal('1'))
    throw inventoryErrors.serialNeeded({ material: line.code })
  await lockKnownItems(tx, [line.material_id])
  const by = { at: ctx.now, by: ctx.actor.name ?? '', byId: ctx.actor.id }
  await writeCount(tx, { id: lineId, stocktakeId: id, locationId: sheet.location_id }, { counted, ...by })
  const [view] = await viewLines(rooms, tx, [(await readLine(tx, id, lineId)) as LineRow])
  return view as StocktakeLine
}

export const countLine = (rooms: Rooms, ctx: Context, { id, lineId }: { id: StocktakeId; lineId: StocktakeLineId }, counted: string) =>
  rooms.db.inTenant(ctx, (tx) => countOne(rooms, tx, ctx, id, lineId, counted))

/** What lies there and is not on the sheet: one's own goods. */
export const addLine = (
  rooms: Rooms,
  ctx: Context,
  id: StocktakeId,
  { materialId, lot, serial, counted }: { materialId: MaterialId; lot: string | null; serial: string | null; counted: string },
) =>
  rooms.db.inTenant(ctx, async (tx) => {
    await step(tx, id, 'count')
    const facts = (await rooms.materials.facts(opaque(tx), [materialId])).get(materialId)
    if (!facts) throw inventoryErrors.materialNotFound({ id: materialId })
    const at = { material: facts.code }
    if (facts.control === 'lot' && !lot) throw inventoryErrors.lotNeeded(at)
    if (facts.control === 'serial' && !serial) throw inventoryErrors.serialNeeded(at)
    if (facts.control !== 'serial' && serial) throw inventoryErrors.serialNotKept(at)
    if ((await readLines(tx, id)).length >= MAX_SHEET_LINES) throw inventoryErrors.sheetTooLong({ max: MAX_SHEET_LINES })
    await lockItems(tx, [facts])
    const lineId = await insertLine(tx, id, { materialId, owner: tx.orgId, lot: lot ?? '', serial: serial ?? '' })
    return countOne(rooms, tx, ctx, id, lineId, counted)
  })

export const submitStocktake = ({ db }: Rooms, ctx: Context, id: StocktakeId, version: number) =>
  db.inTenant(ctx, async (tx) => {
    const { state } = await step(tx, id, 'submit', version)
    const { lines, counted } = await found(tx, id)
    if (counted < lines) throw inventoryErrors.notAllCounted({ n: lines - counted })
    await updateStocktake(tx, id, { state, submitted_by: ctx.actor.name ?? '', submitted_by_id: ctx.actor.id })
    return told(tx, ctx, 'stocktakeSubmitted', id)
  })

export const cancelStocktake = ({ db }: Rooms, ctx: Context, id: StocktakeId, version: number) =>
  db.inTenant(ctx, async (tx) => {
    const { state } = await step(tx, id, 'cancel', version)
    await updateStocktake(tx, id, { state, decided_at: ctx.now, decided_by: ctx.actor.name ?? '' })
    return told(tx, ctx, 'stocktakeCancelled', id)
  })

/** By somebody who had no hand in the counting. The differences go to or come from the place of losses. */
export const decideStocktake = (rooms: Rooms, ctx: Context, id: StocktakeId, { version, approve }: { version: number; approve: boolean }) =>
  rooms.db.inTenant(ctx, async (tx) => {
    const { sheet, state } = await step(tx, id, approve ? 'approve' : 'sendBack', version)
    const rows = await readLines(tx, id)
    if (hadAHand(ctx, sheet, rows)) throw inventoryErrors.ownCount()
    if (approve) {
      const loss = await systemLocation(tx, 'loss')
      await postMoves(rooms, tx, ctx, differences(ctx, sheet.location_id, loss, id, sheet.number, rows))
      await updateStocktake(tx, id, { state, decided_at: ctx.now, decided_by: ctx.actor.name ?? '' })
    } else await updateStocktake(tx, id, { state, submitted_by: null, submitted_by_id: null })
    return told(tx, ctx, approve ? 'stocktakePosted' : 'stocktakeSentBack', id)
  })

function differences(ctx: Context, at: LocationId, loss: LocationId, id: StocktakeId, number: string, rows: readonly LineRow[]): NewMove[] {
  return rows.flatMap((row): NewMove[] => {
    const difference = decimal(row.counted ?? '0') - decimal(row.expected ?? '0')
    if (difference === ZERO) return []
    const more = difference > ZERO
    return [
      {
        materialId: row.material_id,
        quantity: more ? difference : -difference,
        from: more ? loss : at,
        to: more ? at : loss,
        owner: row.owner_org,
        lot: row.lot || null,
        serial: row.serial || null,
        expires: null,
        day: chinaDay(ctx.now),
        unitCost: null,
        reason: number,
        source: { entity: 'inventory.stocktake', id, line: row.id },
      },
    ]
  })
}
