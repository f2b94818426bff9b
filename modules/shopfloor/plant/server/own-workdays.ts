import { sql } from 'kysely'
import type { Workdays } from '#kernel/connections.ts'
import { dayKind, type HolidayKind } from '../work-calendar.ts'
import type { PlantDatabase } from './tables.ts'

/** Days on which at least one site in use works; undefined where the organisation has none. */
export const ownWorkdays =
  (db: PlantDatabase): Workdays =>
  (ctx, from, until) =>
    db.inTenant(ctx, async (tx) => {
      const { rows } = await sql<{ day: string; entries: (HolidayKind | null)[] }>`
        select to_char(d.day, 'YYYY-MM-DD') as day, array_agg(h.kind) as entries
        from generate_series(${from}::timestamp, ${until}::timestamp, interval '1 day') as d (day)
        cross join plant.node n
        left join plant.holiday h on h.org_id = n.org_id and h.site_id = n.id and h.date = d.day::date
        where n.org_id = ${tx.orgId} and n.level = 'site' and n.retired_at is null
        group by d.day order by d.day`.execute(tx.sql)
      if (rows.length === 0) return undefined
      const works = (day: string, entry: HolidayKind | null) => ['work', 'makeUpWork'].includes(dayKind(day, entry ?? undefined))
      return rows.filter(({ day, entries }) => entries.some((entry) => works(day, entry))).map(({ day }) => day)
    })
