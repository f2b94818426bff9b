import { sql } from 'kysely'
import type { z } from 'zod'
import type { EventType } from '#values/event.ts'
import type { Context } from './context.ts'
import type { Tx } from './postgres.ts'

/** As `publish`, of many rows that changed in one transaction. */
export async function publishAll<Tables, P extends z.ZodType>(
  tx: Tx<Tables>,
  ctx: Context,
  type: EventType<P>,
  news: readonly { key: string; payload: z.input<P> }[],
): Promise<void> {
  await sql`insert into kernel.outbox (org_id, name, version, key, payload, actor, trace, occurred_at)
    select ${tx.orgId}, ${type.name}, ${type.version}, n.key, n.payload, ${JSON.stringify(ctx.actor)}::jsonb, ${ctx.traceId}, ${ctx.now}
    from jsonb_to_recordset(${JSON.stringify(news)}::jsonb) as n(key text, payload jsonb)`.execute(tx.sql)
}

/** Writes the news in the caller's transaction; a worker delivers it after the commit, at least once, in order per `key`. */
export async function publish<Tables, P extends z.ZodType>(
  tx: Tx<Tables>,
  ctx: Context,
  type: EventType<P>,
  key: string,
  payload: z.input<P>,
): Promise<void> {
  await sql`insert into kernel.outbox (org_id, name, version, key, payload, actor, trace, occurred_at)
    values (${tx.orgId}, ${type.name}, ${type.version}, ${key}, ${JSON.stringify(payload)}::jsonb, ${JSON.stringify(ctx.actor)}::jsonb, ${ctx.traceId}, ${ctx.now})`.execute(
    tx.sql,
  )
}
