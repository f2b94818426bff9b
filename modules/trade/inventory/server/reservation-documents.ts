import { type SqlBool, sql } from 'kysely'
import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { nextNumber } from '#kernel/numbering.ts'
import { readPage } from '#kernel/page.ts'
import { opaque } from '#kernel/postgres.ts'
import { decimal, writeDecimal, ZERO } from '#values/decimal.ts'
import { chinaDay } from '#values/instant.ts'
import type { Page } from '#values/list.ts'
import type { StockReservationId } from '../contract.ts'
import { inventoryErrors } from '../errors.ts'
import type { NewMove } from '../public.ts'
import type { ReservedLine, reservationApi, StockReservation } from '../reservation-contract.ts'
import { reservationsOf } from './availability-store.ts'
import { releaseReservations, reserveLines } from './reservations.ts'
import type { Rooms } from './rooms.ts'
import type { InventoryDatabase, InventoryTx } from './tables.ts'

const ENTITY = 'inventory.reservation'
const sourceOf = (id: StockReservationId) => ({ entity: ENTITY, id })

/** Errors: inventory.notFree, materialNotFound, locationNotFound, locationClosed. */
export const reserveStock = (
  { db, materials }: Pick<Rooms, 'db' | 'materials'>,
  ctx: Context,
  { warehouseId, purpose, neededOn, lines: wanted }: z.output<typeof reservationApi.reserve.body>,
): Promise<StockReservation> =>
  db.inTenant(ctx, async (tx) => {
    const facts = await materials.facts(opaque(tx), [...new Set(wanted.map((line) => line.materialId))])
    for (const { materialId } of wanted) if (!facts.has(materialId)) throw inventoryErrors.materialNotFound({ id: materialId })
    const lines = wanted.map((line, i): ReservedLine => ({ ...line, line: String(i + 1) }))
    const { id } = await tx.sql
      .insertInto('inventory.reservation_document')
      .values({
        org_id: tx.orgId,
        number: await nextNumber(opaque(tx), 'SV', chinaDay(ctx.now)),
        warehouse_id: warehouseId,
        purpose,
        needed_on: neededOn,
        lines: JSON.stringify(lines),
        created_at: ctx.now,
        created_by: ctx.actor.name ?? '',
        released_at: null,
        released_by: null,
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    const reserved = await reserveLines(
      tx,
      ctx,
      lines.map(({ line, materialId, quantity }) => ({
        materialId,
        warehouse: warehouseId,
        quantity: decimal(quantity),
        for: { ...sourceOf(id), line },
      })),
    )
    if (reserved.kind === 'short') {
      const short = reserved.lines.map(({ materialId, missing }) => ({
        material: facts.get(materialId)?.code,
        missing: writeDecimal(missing),
      }))
      throw inventoryErrors.notFree({ ...short[0], lines: short })
    }
    return reservationOf(tx, id)
  })

/** Errors: inventory.reservationNotFound, reservationEnded, changedMeanwhile. */
export const releaseStock = (db: InventoryDatabase, ctx: Context, id: StockReservationId, version: number): Promise<StockReservation> =>
  db.inTenant(ctx, async (tx) => {
    const row = await tx.sql
      .selectFrom('inventory.reservation_document')
      .select(['version', 'released_at'])
      .where('org_id', '=', tx.orgId)
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst()
    if (!row) throw inventoryErrors.reservationNotFound({ id })
    if (row.version !== version) throw inventoryErrors.changedMeanwhile({ id, version: row.version })
    if ((await reservationsOf(tx, sourceOf(id))).length === 0) throw inventoryErrors.reservationEnded({ id })
    await releaseReservations(tx, ctx, sourceOf(id))
    await tx.sql
      .updateTable('inventory.reservation_document')
      .set((eb) => ({ released_at: ctx.now, released_by: ctx.actor.name ?? '', version: eb('version', '+', 1) }))
      .where('org_id', '=', tx.orgId)
      .where('id', '=', id)
      .execute()
    return reservationOf(tx, id)
  })

/**
 * Moves that take what is reserved, as far as it is: each names the line whose promise it uses up. The document is locked first, as by who
 * releases it. Errors: inventory.reservationNotFound, notReserved (a line of another material or warehouse, or of more than is left).
 */
export async function takeReserved(
  tx: InventoryTx,
  id: StockReservationId,
  moves: readonly NewMove[],
  warehouseOf: (move: NewMove) => string,
): Promise<NewMove[]> {
  const document = await tx.sql
    .selectFrom('inventory.reservation_document')
    .select('id')
    .where('org_id', '=', tx.orgId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (!document) throw inventoryErrors.reservationNotFound({ id })
  const left = (await reservationsOf(tx, sourceOf(id))).map((one) => ({ ...one }))
  return moves.map((move, i): NewMove => {
    const from = left.find(
      (one) => one.materialId === move.materialId && one.warehouse === warehouseOf(move) && one.quantity >= move.quantity,
    )
    if (!from) throw inventoryErrors.notReserved({ line: i + 1 })
    from.quantity -= move.quantity
    return { ...move, reservedFor: from.source }
  })
}

const documents = (tx: InventoryTx) =>
  tx.sql
    .selectFrom('inventory.reservation_document as d')
    .innerJoin('inventory.location as w', (join) => join.onRef('w.org_id', '=', 'd.org_id').onRef('w.id', '=', 'd.warehouse_id'))
    .where('d.org_id', '=', tx.orgId)
    .selectAll('d')
    .select(['w.code as warehouse_code', 'w.name as warehouse_name'])
    .select(
      sql<{ line: string; code: string; name: string; unit: string; left: string }[]>`(
        select json_agg(json_build_object('line', n.line, 'code', i.code, 'name', i.name, 'unit', i.unit, 'left', coalesce(r.quantity, 0)::text) order by n.line::int)
        from jsonb_to_recordset(d.lines) as n(line text, "materialId" uuid)
        join inventory.item i on i.org_id = d.org_id and i.material_id = n."materialId"
        left join inventory.reservation r on r.org_id = d.org_id and r.source_entity = ${ENTITY} and r.source_id = d.id::text and r.source_line = n.line)`.as(
        'described',
      ),
    )
type Row = Awaited<ReturnType<ReturnType<typeof documents>['executeTakeFirstOrThrow']>>

function view(row: Row): StockReservation {
  const described = new Map(row.described.map((one) => [one.line, one]))
  const lines = row.lines.map(({ line, materialId, quantity }) => {
    const { code = '', name = '', unit = '', left = '0' } = described.get(line) ?? {}
    return { line, materialId, code, name, unit, quantity, left: writeDecimal(decimal(left)) }
  })
  const open = lines.some((line) => decimal(line.left) > ZERO)
  return {
    id: row.id,
    number: row.number,
    warehouse: { id: row.warehouse_id, code: row.warehouse_code, name: row.warehouse_name },
    purpose: row.purpose,
    neededOn: row.needed_on,
    state: row.released_at ? 'released' : open ? 'open' : 'used',
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
    releasedAt: row.released_at?.toISOString() ?? null,
    releasedBy: row.released_by,
    lines,
    version: row.version,
  }
}

/** Errors: inventory.reservationNotFound. */
async function reservationOf(tx: InventoryTx, id: StockReservationId): Promise<StockReservation> {
  const row = await documents(tx).where('d.id', '=', id).executeTakeFirst()
  if (!row) throw inventoryErrors.reservationNotFound({ id })
  return view(row)
}

/** Errors: inventory.reservationNotFound. */
export const readReservation = (db: InventoryDatabase, ctx: Context, id: StockReservationId): Promise<StockReservation> =>
  db.inTenant(ctx, (tx) => reservationOf(tx, id))

const promised = (of = sql<SqlBool>`true`) =>
  sql<SqlBool>`exists (select from inventory.reservation r where r.org_id = d.org_id and r.source_entity = ${ENTITY} and r.source_id = d.id::text and ${of})`

export const listReservations = (
  db: InventoryDatabase,
  ctx: Context,
  { state, materialId, warehouseId, ...list }: z.output<typeof reservationApi.reservations.query>,
): Promise<Page<StockReservation>> =>
  db.inTenant(ctx, (tx) => {
    let query = documents(tx)
    if (state === 'released') query = query.where('d.released_at', 'is not', null)
    if (state === 'open') query = query.where(promised())
    if (state === 'used') query = query.where('d.released_at', 'is', null).where(sql<SqlBool>`not ${promised()}`)
    if (materialId !== undefined) query = query.where(promised(sql<SqlBool>`r.material_id = ${materialId}`))
    if (warehouseId !== undefined) query = query.where('d.warehouse_id', '=', warehouseId)
    for (const word of (list.search ?? '').toLowerCase().split(/\s+/).filter(Boolean))
      query = query.where(sql<SqlBool>`strpos(lower(d.number || ' ' || d.purpose || ' ' || d.created_by), ${word}) > 0`)
    const sorts = { number: { by: 'd.number', type: 'text' } } as const
    return readPage(tx, query, list, { sorts, id: 'd.id' }, view)
  })
