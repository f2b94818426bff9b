import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { ScheduleLineId } from '#modules/trade/orders/contract.ts'
import type { OrgId } from '#values/ids.ts'
import type { OpenNotice, Owed } from '../without-notice-contract.ts'
import { goodsCodesOf } from './expected.ts'
import { agreedView } from './read-shipments.ts'
import type { Rooms } from './rooms.ts'
import { shortest } from './shipment-view.ts'
import type { LogisticsTx } from './tables.ts'

interface Filter {
  supplierId?: OrgId | undefined
  search?: string | undefined
}

export const listOwed = (rooms: Rooms, ctx: Context, { supplierId, search }: Filter): Promise<{ lines: Owed[] }> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const found = await rooms.orders.shippable(opaque(tx), {
      buyer: ctx.orgId,
      ...(supplierId ? { supplier: supplierId } : {}),
      ...(search ? { search } : {}),
    })
    const names = await rooms.organisations.labels(opaque(tx), [...new Set(found.map((line) => line.supplier))])
    const facts = await rooms.materials.facts(opaque(tx), [...new Set(found.map((line) => line.materialId))])
    const ids = found.map((line) => line.id)
    const notices = await openNotices(tx, ids)
    const codes = Map.groupBy(await goodsCodesOf(rooms, opaque(tx), found), ({ line }) => line.id)
    const lines = found.map((line): Owed => {
      const supplier = names.get(line.supplier)
      const material = facts.get(line.materialId)
      return {
        ...agreedView(line),
        supplier: { orgId: line.supplier, name: supplier?.name ?? '', nameEn: supplier?.nameEn ?? null },
        control: material?.control ?? 'none',
        inspected: material?.inspectedOnReceipt ?? false,
        codes: (codes.get(line.id) ?? []).map(({ code, quantity }) => ({ code, quantity })),
        notices: notices.get(line.id) ?? [],
      }
    })
    return { lines }
  })

/** As the buyer: what suppliers have notified of these lines and nobody has received yet, the next to arrive first. */
export async function openNotices(tx: LogisticsTx, ids: readonly ScheduleLineId[]): Promise<Map<ScheduleLineId, OpenNotice[]>> {
  if (ids.length === 0) return new Map()
  const rows = await tx.sql
    .selectFrom('logistics.line as l')
    .innerJoin('logistics.shipment as s', 's.id', 'l.shipment_id')
    .select(['l.schedule_line_id', 's.id', 's.number', sql<string>`l.quantity - l.accepted - l.rejected`.as('left')])
    .where('l.buyer_org', '=', tx.orgId)
    .where('s.buyer_org', '=', tx.orgId)
    .where(sql<boolean>`l.schedule_line_id = any(${[...ids]}::uuid[])`)
    .where('s.state', 'in', ['issued', 'inTransit', 'arrived', 'receiving'])
    .where(sql<boolean>`l.quantity > l.accepted + l.rejected`)
    .orderBy('s.arrival_at')
    .orderBy('s.id')
    .execute()
  const notices = rows.map((row) => ({
    line: row.schedule_line_id,
    notice: { shipmentId: row.id, number: row.number ?? '', quantity: shortest(row.left) },
  }))
  return new Map([...Map.groupBy(notices, ({ line }) => line)].map(([line, of]) => [line, of.map(({ notice }) => notice)]))
}
