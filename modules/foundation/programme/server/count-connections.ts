import { sql } from 'kysely'
import type { Loop } from '#kernel/background.ts'
import type { ConnectionSource } from '#kernel/connections.ts'
import type { Context } from '#kernel/context.ts'
import { chinaDay } from '#values/instant.ts'
import type { PartnerId } from '../contract.ts'
import { fiveDayWeek, windowBefore } from './connection-rules.ts'
import { type Count, connectionsOf, keepCount, suppliersToCount } from './connection-store.ts'
import { partnersOfSupplier } from './partner-store.ts'
import type { ProgrammeParts } from './parts.ts'
import type { ProgrammeDatabase } from './tables.ts'

const LOOP_MS = 15 * 60_000
/** Values that a gateway sends late change earlier days: all of the window is counted again. */
const FRESH_MS = 4 * 3_600_000
const AT_ONCE = 100

/** Counts the caller's own connected days for every programme it is in: it stands in the supplier's own name, as everything that is read here. */
export async function countConnections(parts: ProgrammeParts, ctx: Context): Promise<void> {
  const partners = await parts.db.inTenant(ctx, async (tx) => {
    const mine = (await partnersOfSupplier(tx)).filter((row) => row.state === 'admitted' || row.state === 'suspended')
    return {
      mine,
      known: await connectionsOf(
        tx,
        mine.map((row) => row.id),
      ),
    }
  })
  if (partners.mine.length === 0) return
  const { from, until } = windowBefore(chinaDay(ctx.now))
  const workdays = await parts.workdays()?.(ctx, from, until)
  const ways: Count['ways'][number][] = []
  for (const source of parts.connections()) {
    const days = await source.days(ctx, from, until)
    const known = partners.mine.map(({ id }) => firstKnown(partners.known, id, source))
    // The whole history is asked only until something was found in it.
    const firstDay = known.includes(undefined) || (known.includes(null) && days.length > 0) ? await source.firstDay(ctx) : null
    ways.push({ way: source.way, firstDay, days })
  }
  const count: Count = { from, until, workdays: workdays ?? fiveDayWeek(from, until), ownCalendar: workdays !== undefined, ways }
  await parts.db.inTenant(ctx, (tx) => keepCount(tx, partners.mine, count, ctx.now))
}

/** Undefined: never counted. */
const firstKnown = (
  known: Awaited<ReturnType<typeof connectionsOf>>,
  id: PartnerId,
  { way }: ConnectionSource,
): string | null | undefined => known.get(id)?.find((row) => row.way === way)?.first_day

/** In the worker role: every supplier of every programme some times a day. */
export const countingLoop = (parts: ProgrammeParts): Loop => ({
  name: 'programme: connected days',
  intervalMs: LOOP_MS,
  run: async (signal) => {
    const now = parts.clock.now()
    for (const orgId of await suppliersToCount(parts.system, new Date(now.getTime() - FRESH_MS), AT_ONCE)) {
      if (signal.aborted) return
      const facts = await parts.organisations.facts(orgId)
      if (!facts?.active) continue
      await countConnections(parts, {
        orgId,
        orgNo: facts.orgNo,
        actor: { kind: 'job', id: 'programme.connections' },
        now,
        locale: 'zh-CN',
        traceId: '',
        address: '',
        userAgent: '',
        scopes: { permissions: new Set(), sites: 'all' },
      })
    }
  },
})

const ZONE = 'Asia/Shanghai'

/** From the organisation's own audit: who has written or signed in leaves a row, and the audit is kept for ever. */
const auditDays = (db: ProgrammeDatabase, way: 'system' | 'portal'): ConnectionSource => {
  const actor = way === 'system' ? 'client' : 'user'
  const counts =
    way === 'system'
      ? sql`a.action in ('insert', 'update', 'delete') and a.entity not like 'access.%'`
      : sql`a.action not in ('access.logInFailed', 'access.tokenRefused')`
  const own = sql`a.actor->>'kind' = ${actor} and coalesce(a.actor->>'orgId', a.org_id::text) = a.org_id::text and ${counts}`
  return {
    way,
    days: (ctx, from, until) =>
      db.inTenant(ctx, async (tx) => {
        const { rows } = await sql<{ day: string }>`
          select to_char(d.day, 'YYYY-MM-DD') as day from generate_series(${from}::timestamp, ${until}::timestamp, interval '1 day') as d (day)
          where exists (select from kernel.audit a where a.org_id = ${tx.orgId} and a.at >= d.day at time zone ${ZONE}
            and a.at < (d.day + interval '1 day') at time zone ${ZONE} and ${own})
          order by 1`.execute(tx.sql)
        return rows.map((row) => row.day)
      }),
    firstDay: (ctx) =>
      db.inTenant(ctx, async (tx) => {
        const { rows } = await sql<{ day: string }>`
          select to_char(a.at at time zone ${ZONE}, 'YYYY-MM-DD') as day from kernel.audit a
          where a.org_id = ${tx.orgId} and ${own} order by a.at limit 1`.execute(tx.sql)
        return rows[0]?.day ?? null
      }),
  }
}

export const auditSources = (db: ProgrammeDatabase): ConnectionSource[] => [auditDays(db, 'system'), auditDays(db, 'portal')]
