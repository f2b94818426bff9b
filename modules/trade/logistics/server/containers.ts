import type { Context } from '#kernel/context.ts'
import type { OrgId } from '#values/ids.ts'
import { chinaDay } from '#values/instant.ts'
import type { ContainerCount, Side } from '../contract.ts'
import { logisticsErrors } from '../errors.ts'
import type { ContainerAccount, ContainerMoveId } from '../receiving-contract.ts'
import { buyerView, partiesOf, supplierView } from './parties.ts'
import type { ReceiptRow } from './receipt-store.ts'
import type { Rooms } from './rooms.ts'
import { containersOf, type ShipmentRow, sideOf } from './shipment-store.ts'
import type { LogisticsTx, Parties } from './tables.ts'

const partiesIn = ({ buyer_org, supplier_org, buyer_name, buyer_name_en, supplier_name, supplier_name_en }: Parties): Parties => ({
  buyer_org,
  supplier_org,
  buyer_name,
  buyer_name_en,
  supplier_name,
  supplier_name_en,
})

/** The buyer's count at the end of a receipt. What agrees with the notice is agreed; the rest waits for the supplier's word. */
export async function countContainers(
  tx: LogisticsTx,
  ctx: Context,
  shipment: ShipmentRow,
  receipt: ReceiptRow,
  counts: readonly ContainerCount[],
): Promise<void> {
  if (counts.length === 0) return
  const notified = new Map((await containersOf(tx, shipment.id)).map((row) => [row.code, row.quantity]))
  await tx.sql
    .insertInto('logistics.container_move')
    .values(
      counts.map(({ code, name, count }) => ({
        ...partiesIn(shipment),
        code,
        name,
        quantity: count,
        shipment_id: shipment.id,
        receipt_id: receipt.id,
        day: receipt.day,
        reported_by: 'buyer' as const,
        state: notified.get(code) === count ? ('agreed' as const) : ('reported' as const),
        note: '',
        created_at: ctx.now,
      })),
    )
    .execute()
}

const moves = (tx: LogisticsTx) =>
  tx.sql
    .selectFrom('logistics.container_move')
    .selectAll()
    .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))

const MOST = 20_000

export const listContainers = ({ db }: Rooms, ctx: Context): Promise<{ accounts: ContainerAccount[] }> =>
  db.inTenant(ctx, async (tx) => {
    const rows = await moves(tx).orderBy('created_at').limit(MOST).execute()
    const signed = await tx.sql
      .selectFrom('logistics.container_balance')
      .selectAll()
      .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
      .where('signed_by_buyer', 'is not', null)
      .where('signed_by_supplier', 'is not', null)
      .orderBy('day')
      .execute()
    const accounts = [...Map.groupBy(rows, (row) => `${row.buyer_org} ${row.supplier_org} ${row.code}`).values()].flatMap((all) => {
      const last = all.at(-1)
      if (!last) return []
      const side = sideOf(tx, last)
      const agreed = all.filter((row) => row.state === 'agreed')
      const sign = signed.findLast(
        (row) => row.buyer_org === last.buyer_org && row.supplier_org === last.supplier_org && row.code === last.code,
      )
      return [
        {
          partner: side === 'buyer' ? supplierView(last) : buyerView(last),
          side,
          code: last.code,
          name: last.name,
          balance: agreed.reduce((sum, row) => sum + row.quantity, 0),
          pending: all
            .filter((row) => row.state === 'reported')
            .map((row) => ({ id: row.id, quantity: row.quantity, day: row.day, by: row.reported_by, note: row.note })),
          confirmed: sign ? { day: sign.day, balance: sign.balance } : null,
        },
      ]
    })
    return { accounts }
  })

async function balanceOf(tx: LogisticsTx, buyer: OrgId, supplier: OrgId, code: string) {
  const rows = await tx.sql
    .selectFrom('logistics.container_move')
    .selectAll()
    .where('buyer_org', '=', buyer)
    .where('supplier_org', '=', supplier)
    .where('code', '=', code)
    .where('state', '<>', 'refused')
    .orderBy('id')
    .forUpdate()
    .execute()
  const sum = (state: string) => rows.filter((row) => row.state === state).reduce((all, row) => all + row.quantity, 0)
  return {
    agreed: sum('agreed'),
    reportedBack: rows.filter((row) => row.state === 'reported' && row.quantity < 0),
    name: rows.at(-1)?.name,
  }
}

interface Back {
  supplierId: OrgId
  code: string
  count: number
  day: string
  note: string
}

/** Errors: logistics.notFound, logistics.tooMuchReturned. */
export const sendContainersBack = (
  rooms: Rooms,
  ctx: Context,
  { supplierId, code, count, day, note }: Back,
): Promise<{ id: ContainerMoveId }> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const { agreed, reportedBack, name } = await balanceOf(tx, ctx.orgId, supplierId, code)
    if (name === undefined) throw logisticsErrors.notFound({ code })
    const onTheWay = reportedBack.reduce((all, row) => all - row.quantity, 0)
    if (count > agreed - onTheWay) throw logisticsErrors.tooMuchReturned({ material: code })
    const parties = await partiesOf(rooms, tx, ctx.orgId, supplierId)
    return tx.sql
      .insertInto('logistics.container_move')
      .values({
        ...parties,
        code,
        name,
        quantity: -count,
        shipment_id: null,
        receipt_id: null,
        day,
        reported_by: 'buyer',
        state: 'reported',
        note,
        created_at: ctx.now,
      })
      .returning('id')
      .executeTakeFirstOrThrow()
  })

/** Errors: logistics.notFound, logistics.notAllowedNow. */
export const confirmContainers = ({ db }: Rooms, ctx: Context, id: ContainerMoveId, agreed: boolean): Promise<Record<string, never>> =>
  db.inTenant(ctx, async (tx) => {
    const row = await moves(tx).where('id', '=', id).where('supplier_org', '=', tx.orgId).forUpdate().executeTakeFirst()
    if (!row) throw logisticsErrors.notFound({ id })
    if (row.state !== 'reported') throw logisticsErrors.notAllowedNow({ state: row.state })
    await tx.sql
      .updateTable('logistics.container_move')
      .set({ state: agreed ? 'agreed' : 'refused' })
      .where('id', '=', id)
      .where('supplier_org', '=', tx.orgId)
      .execute()
    return {}
  })

interface Balance {
  partnerId: OrgId
  side: Side
  code: string
  balance: number
}

/** Each side signs the figure it sees; both the same is a confirmed balance. Errors: logistics.notFound, logistics.changedMeanwhile. */
export const confirmBalance = ({ db }: Rooms, ctx: Context, { partnerId, side, code, balance }: Balance): Promise<{ confirmed: boolean }> =>
  db.inTenant(ctx, async (tx) => {
    const [buyer, supplier] = side === 'buyer' ? [ctx.orgId, partnerId] : [partnerId, ctx.orgId]
    const { agreed, name } = await balanceOf(tx, buyer, supplier, code)
    if (name === undefined) throw logisticsErrors.notFound({ code })
    if (agreed !== balance) throw logisticsErrors.changedMeanwhile({ balance: agreed })
    const mine = side === 'buyer' ? 'signed_by_buyer' : 'signed_by_supplier'
    const row = await tx.sql
      .insertInto('logistics.container_balance')
      .values({
        buyer_org: buyer,
        supplier_org: supplier,
        code,
        day: chinaDay(ctx.now),
        balance,
        signed_by_buyer: side === 'buyer' ? ctx.now : null,
        signed_by_supplier: side === 'supplier' ? ctx.now : null,
      })
      .onConflict((conflict) => conflict.columns(['buyer_org', 'supplier_org', 'code', 'day', 'balance']).doUpdateSet({ [mine]: ctx.now }))
      .returningAll()
      .executeTakeFirstOrThrow()
    return { confirmed: row.signed_by_buyer !== null && row.signed_by_supplier !== null }
  })
