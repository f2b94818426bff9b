import { type Selectable, sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { nextNumber } from '#kernel/numbering.ts'
import { publish } from '#kernel/outbox.ts'
import { readPage } from '#kernel/page.ts'
import { opaque } from '#kernel/postgres.ts'
import { type Decimal, decimal, sumOf, writeDecimal, ZERO } from '#values/decimal.ts'
import { chinaDay } from '#values/instant.ts'
import type { ListQuery, Page } from '#values/list.ts'
import { claimMoves } from '../claim-rules.ts'
import { logisticsEvents, type ShipmentId, type Side } from '../contract.ts'
import { logisticsErrors } from '../errors.ts'
import type { Claim, ClaimAction, ClaimId, ClaimKind, ClaimState, Settlement } from '../receiving-contract.ts'
import { newsOf } from './issue-shipment.ts'
import { keepGoods } from './keep-goods.ts'
import { buyerView, supplierView } from './parties.ts'
import type { ReceiptRow } from './receipt-store.ts'
import type { TakenLine } from './receive-goods.ts'
import type { Rooms } from './rooms.ts'
import { type LineRow, lockShipment, type ShipmentRow, sideOf } from './shipment-store.ts'
import { shortest } from './shipment-view.ts'
import type { ClaimTable, LogisticsTx } from './tables.ts'

/** What the receipt found: one claim per line and kind. A shortage within the order's tolerance is none. */
export async function openClaims(
  tx: LogisticsTx,
  ctx: Context,
  shipment: ShipmentRow,
  receipt: ReceiptRow,
  lines: readonly TakenLine[],
  finish: boolean,
): Promise<void> {
  for (const taken of lines) {
    const { line, rows, counted, missing, whole } = taken
    const note = [...new Set(rows.map((row) => row.input.note).filter((text) => text !== ''))].join('; ')
    const found: [ClaimKind, Decimal][] = [
      ['damaged', sumOf(rows.map((row) => decimal(row.input.damaged)))],
      ['wrong', sumOf(rows.map((row) => decimal(row.input.wrong)))],
      ['over', counted.excess],
      ['short', finish && !whole ? missing : ZERO],
    ]
    for (const [kind, quantity] of found) if (quantity > ZERO) await openClaim(tx, ctx, shipment, receipt, { line, note, kind, quantity })
  }
}

interface NewClaim {
  line: LineRow
  note: string
  kind: ClaimKind
  quantity: Decimal
}

/** Its number. */
export async function openClaim(
  tx: LogisticsTx,
  ctx: Context,
  shipment: ShipmentRow,
  receipt: ReceiptRow,
  { line, note, kind, quantity }: NewClaim,
): Promise<string> {
  const number = await nextNumber(opaque(tx), 'CL', chinaDay(ctx.now))
  const claim = await tx.sql
    .insertInto('logistics.claim')
    .values({
      buyer_org: shipment.buyer_org,
      supplier_org: shipment.supplier_org,
      buyer_name: shipment.buyer_name,
      buyer_name_en: shipment.buyer_name_en,
      supplier_name: shipment.supplier_name,
      supplier_name_en: shipment.supplier_name_en,
      number,
      shipment_id: shipment.id,
      shipment_number: shipment.number ?? '',
      receipt_id: receipt.id,
      line_id: line.id,
      order_number: line.order_number,
      material_code: line.material_code,
      material_name: line.material_name,
      unit: line.unit,
      kind,
      quantity: writeDecimal(quantity),
      note,
      state: 'open',
      settlement: null,
      opened_at: ctx.now,
    })
    .returning(['id'])
    .executeTakeFirstOrThrow()
  await publish(tx, ctx, logisticsEvents.claimOpened, claim.id, { ...newsOf(shipment), claimId: claim.id, claimNumber: number, kind })
  return number
}

type Row = Selectable<ClaimTable>

async function views(tx: LogisticsTx, rows: readonly Row[]): Promise<Claim[]> {
  if (rows.length === 0) return []
  const steps = await tx.sql
    .selectFrom('logistics.claim_step')
    .selectAll()
    .where(
      'claim_id',
      'in',
      rows.map((row) => row.id),
    )
    .orderBy('at')
    .orderBy('id')
    .execute()
  const byClaim = Map.groupBy(steps, (one) => one.claim_id)
  return rows.map((row) => ({
    id: row.id,
    number: row.number,
    shipmentId: row.shipment_id,
    shipmentNumber: row.shipment_number,
    buyer: buyerView(row),
    supplier: supplierView(row),
    side: sideOf(tx, row),
    kind: row.kind,
    state: row.state,
    orderNumber: row.order_number,
    materialCode: row.material_code,
    materialName: row.material_name,
    unit: row.unit,
    quantity: shortest(row.quantity),
    note: row.note,
    settlement: row.settlement,
    openedAt: row.opened_at.toISOString(),
    steps: (byClaim.get(row.id) ?? []).map(({ at, side, action, note, settlement }) => ({
      at: at.toISOString(),
      side,
      action,
      note,
      settlement,
    })),
    version: row.version,
  }))
}

interface Filter extends ListQuery {
  side: Side
  state?: ClaimState | undefined
  shipmentId?: ShipmentId | undefined
}

export const listClaims = ({ db }: Rooms, ctx: Context, filter: Filter): Promise<Page<Claim>> =>
  db.inTenant(ctx, async (tx) => {
    const other = filter.side === 'buyer' ? 'supplier' : 'buyer'
    let query = tx.sql.selectFrom('logistics.claim as c').selectAll('c').where(`c.${filter.side}_org`, '=', tx.orgId)
    for (const word of (filter.search ?? '').toLowerCase().split(/\s+/).filter(Boolean))
      query = query.where(
        sql<boolean>`strpos(lower(c.number || ' ' || c.shipment_number || ' ' || c.order_number || ' ' || c.material_code || ' ' || c.material_name || ' ' || c.buyer_name || ' ' || c.supplier_name), ${word}) > 0`,
      )
    if (filter.state) query = query.where('c.state', '=', filter.state)
    if (filter.shipmentId) query = query.where('c.shipment_id', '=', filter.shipmentId)
    const order = {
      sorts: {
        openedAt: { by: 'c.opened_at', type: 'timestamptz' as const },
        number: { by: 'c.number', type: 'text' as const },
        partner: { by: `c.${other}_name collate "zh-x-icu"`, type: 'text' as const },
      },
      id: 'c.id',
    }
    const page = await readPage(tx, query, filter, order, (row) => row)
    return { ...page, items: await views(tx, page.items) }
  })

const claimOf = (tx: LogisticsTx, id: ClaimId) =>
  tx.sql
    .selectFrom('logistics.claim')
    .selectAll()
    .where('id', '=', id)
    .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))

/** Errors: logistics.notFound. */
export const readClaim = ({ db }: Pick<Rooms, 'db'>, ctx: Context, id: ClaimId): Promise<Claim> =>
  db.inTenant(ctx, async (tx) => {
    const row = await claimOf(tx, id).executeTakeFirst()
    const [view] = row ? await views(tx, [row]) : []
    if (!view) throw logisticsErrors.notFound({ id })
    return view
  })

interface Move {
  version: number
  action: ClaimAction
  note: string
  settlement: Settlement | null
}

/** Errors: see the contract. */
export const moveClaim = (rooms: Rooms, ctx: Context, id: ClaimId, { version, action, note, settlement }: Move): Promise<Claim> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const find = claimOf(tx, id)
    const known = await find.executeTakeFirst()
    // The notice first, as whoever receives, returns or takes back does.
    const shipment = known && (await lockShipment(tx, known.shipment_id))
    const row = await find.forUpdate().executeTakeFirst()
    if (!row || !shipment) throw logisticsErrors.notFound({ id })
    const side = sideOf(tx, row)
    const move = claimMoves[row.state][action]
    if (!move) throw logisticsErrors.notAllowedNow({ state: row.state })
    if (move.by !== side) throw logisticsErrors.notYourSide({ state: row.state })
    if (row.version !== version) throw logisticsErrors.changedMeanwhile({ id, version: row.version })
    if (action === 'settle' && settlement === null) throw logisticsErrors.settlementMissing()
    const how = action === 'settle' ? settlement : null
    const moved = await tx.sql
      .updateTable('logistics.claim')
      .set((eb) => ({ state: move.to, settlement: how, version: eb('version', '+', 1) }))
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
    if (how === 'keep') await keepGoods(rooms, tx, ctx, shipment, row)
    const { buyer_org, supplier_org } = row
    await tx.sql
      .insertInto('logistics.claim_step')
      .values({ claim_id: id, buyer_org, supplier_org, at: ctx.now, side, action, note, settlement: how })
      .execute()
    await publish(tx, ctx, logisticsEvents.claimMoved, id, {
      ...newsOf(shipment),
      claimId: id,
      claimNumber: row.number,
      state: move.to,
      by: side,
    })
    const [view] = await views(tx, [moved])
    if (!view) throw new Error('A claim without its row.')
    return view
  })
