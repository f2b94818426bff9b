import { sql } from 'kysely'
import type { UsageSource } from '#kernel/usages.ts'
import type { OrgId } from '#values/ids.ts'
import type { TelemetrySystem } from './tables.ts'

const HOUR_MS = 3_600_000

/** From the ingest's counters: how much was stored in the last whole hour, and when something was stored last. */
export const valueUsages = (system: TelemetrySystem): UsageSource[] => [
  {
    name: 'valuesPerS',
    read: async (orgIds, now) => {
      const hour = new Date((Math.floor(now.getTime() / HOUR_MS) - 1) * HOUR_MS)
      const rows = await system.inSystem((tx) =>
        tx
          .selectFrom('telemetry.ingest_counter')
          .select(['org_id', sql<number>`sum(n)::float8`.as('n')])
          .where('org_id', 'in', [...orgIds])
          .where('hour', '=', hour)
          .where('count_of', '=', 'accepted')
          .groupBy('org_id')
          .execute(),
      )
      return new Map(rows.map((row) => [row.org_id, row.n / 3_600]))
    },
  },
  {
    name: 'lastValueMs',
    read: async (orgIds) => {
      // Along the key: only the newest hour of each is read.
      const { rows } = await system.inSystem((tx) =>
        sql<{ org_id: OrgId; at: Date }>`
          select o.org_id, n.at from unnest(${[...orgIds]}::uuid[]) as o (org_id) cross join lateral (
            select max(c.last_at) as at from telemetry.ingest_counter c
            where c.org_id = o.org_id and c.count_of = 'accepted' and c.hour = (
              select h.hour from telemetry.ingest_counter h where h.org_id = o.org_id and h.count_of = 'accepted' order by h.hour desc limit 1
            )
          ) n where n.at is not null`.execute(tx),
      )
      return new Map(rows.map((row) => [row.org_id, row.at.getTime()]))
    },
  },
]
