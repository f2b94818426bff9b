import { type Insertable, type Selectable, sql, type Updateable } from 'kysely'
import type { OrderId } from '../contract.ts'
import type { OrderContent } from '../order-content.ts'
import type { OrdersTables, OrdersTx } from './tables.ts'

export type SettingRow = Selectable<OrdersTables['orders.setting']>
export type DraftRow = Selectable<OrdersTables['orders.draft']>

const json = (content: OrderContent) => sql<OrderContent>`${JSON.stringify(content)}::jsonb`

export const readDraft = (tx: OrdersTx, orderId: OrderId) =>
  tx.sql.selectFrom('orders.draft').selectAll().where('org_id', '=', tx.orgId).where('order_id', '=', orderId).executeTakeFirst()

export const insertDraft = (
  tx: OrdersTx,
  orderId: OrderId,
  draft: { content: OrderContent; note: string; person: string; personId: string },
) =>
  tx.sql
    .insertInto('orders.draft')
    .values({
      org_id: tx.orgId,
      order_id: orderId,
      content: json(draft.content),
      note: draft.note,
      prepared_by: draft.person,
      hands: [draft.personId],
    })
    .execute()

type DraftChange = Omit<Updateable<OrdersTables['orders.draft']>, 'content' | 'hands'> & { content?: OrderContent; hand?: string }

/** `hand`: who has worked on it and so does not approve it. */
export const changeDraft = (tx: OrdersTx, orderId: OrderId, { content, hand, ...change }: DraftChange) =>
  tx.sql
    .updateTable('orders.draft')
    .set({
      ...change,
      ...(content && { content: json(content) }),
      ...(hand !== undefined && { hands: sql<string[]>`case when ${hand} = any(hands) then hands else hands || ${hand}::text end` }),
    })
    .where('org_id', '=', tx.orgId)
    .where('order_id', '=', orderId)
    .execute()

export const readSetting = (tx: OrdersTx) =>
  tx.sql.selectFrom('orders.setting').selectAll().where('org_id', '=', tx.orgId).executeTakeFirst()

export const writeSetting = (
  tx: OrdersTx,
  version: number,
  setting: Omit<Insertable<OrdersTables['orders.setting']>, 'org_id' | 'version'>,
) =>
  tx.sql
    .insertInto('orders.setting')
    .values({ ...setting, org_id: tx.orgId })
    .onConflict((conflict) =>
      conflict
        .column('org_id')
        .doUpdateSet((eb) => ({ ...setting, version: eb('orders.setting.version', '+', 1) }))
        .where('orders.setting.version', '=', version),
    )
    .returningAll()
    .executeTakeFirst()

export const readAnnex = (tx: OrdersTx, orderId: OrderId) =>
  tx.sql.selectFrom('orders.annex').selectAll().where('org_id', '=', tx.orgId).where('order_id', '=', orderId).executeTakeFirst()

/** Undefined where somebody changed it meanwhile; version 0 stands for none yet. */
export const writeAnnex = (
  tx: OrdersTx,
  orderId: OrderId,
  version: number,
  annex: { note: string; cost_object: string; own_number: string },
) =>
  tx.sql
    .insertInto('orders.annex')
    .values({ ...annex, org_id: tx.orgId, order_id: orderId })
    .onConflict((conflict) =>
      conflict
        .columns(['org_id', 'order_id'])
        .doUpdateSet((eb) => ({ ...annex, version: eb('orders.annex.version', '+', 1) }))
        .where('orders.annex.version', '=', version),
    )
    .returningAll()
    .executeTakeFirst()
