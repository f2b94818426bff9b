import { type SqlBool, sql } from 'kysely'
import type { OrgId } from '#values/ids.ts'
import type { ConnectionWay, PartnerId } from '../contract.ts'
import type { ProgrammeSystem, ProgrammeTx } from './tables.ts'

interface StoredCount {
  partner_id: PartnerId
  way: ConnectionWay
  first_day: string | null
  window_from: string
  window_until: string
  own_calendar: boolean
  days: string[]
  workdays: string[]
}

/** What was counted of each; days as text. */
export async function connectionsOf(tx: ProgrammeTx, ids: readonly PartnerId[]): Promise<Map<PartnerId, StoredCount[]>> {
  if (ids.length === 0) return new Map()
  const rows = await tx.sql
    .selectFrom('programme.connection as c')
    .select([
      'c.partner_id',
      'c.way',
      'c.first_day',
      'c.window_from',
      'c.window_until',
      'c.own_calendar',
      sql<string[]>`c.days::text[]`.as('days'),
      sql<string[]>`c.workdays::text[]`.as('workdays'),
    ])
    .where('c.partner_id', 'in', [...ids])
    .where((eb) => eb.or([eb('c.buyer_org', '=', tx.orgId), eb('c.supplier_org', '=', tx.orgId)]))
    .execute()
  return Map.groupBy(rows, (row) => row.partner_id)
}

export interface CountedWay {
  way: ConnectionWay
  firstDay: string | null
  days: readonly string[]
}
export interface Count {
  from: string
  until: string
  workdays: readonly string[]
  ownCalendar: boolean
  ways: readonly CountedWay[]
}

/** In the supplier's own name. A first day that is known stays. */
export async function keepCount(
  tx: ProgrammeTx,
  partners: readonly { id: PartnerId; buyer_org: OrgId }[],
  count: Count,
  now: Date,
): Promise<void> {
  for (const { id, buyer_org } of partners)
    for (const { way, firstDay, days } of count.ways)
      await sql`
        insert into programme.connection as c
          (partner_id, buyer_org, supplier_org, way, first_day, window_from, window_until, days, workdays, own_calendar, checked_at)
        values (${id}, ${buyer_org}, ${tx.orgId}, ${way}, ${firstDay}, ${count.from}, ${count.until}, ${[...days]}::date[],
          ${[...count.workdays]}::date[], ${count.ownCalendar}, ${now})
        on conflict (partner_id, way) do update set first_day = least(c.first_day, excluded.first_day), window_from = excluded.window_from,
          window_until = excluded.window_until, days = excluded.days, workdays = excluded.workdays, own_calendar = excluded.own_calendar,
          checked_at = excluded.checked_at`.execute(tx.sql)
}

/** Suppliers in a programme whose days have not been counted since then; over all organisations, by the system role. */
export async function suppliersToCount(system: ProgrammeSystem, before: Date, limit: number): Promise<OrgId[]> {
  const rows = await system.inSystem((tx) =>
    tx
      .selectFrom('programme.partner as p')
      .select('p.supplier_org')
      .distinct()
      .where('p.supplier_org', 'is not', null)
      .where('p.state', 'in', ['admitted', 'suspended'])
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom('programme.connection as c')
              .select(sql<SqlBool>`true`.as('one'))
              .whereRef('c.partner_id', '=', 'p.id')
              .where('c.checked_at', '>=', before),
          ),
        ),
      )
      .limit(limit)
      .execute(),
  )
  return rows.flatMap((row) => row.supplier_org ?? [])
}
