import { sql } from 'kysely'
import type { z } from 'zod'
import type { EventType } from '#values/event.ts'
import type { Context } from './context.ts'
import type { Tx } from './postgres.ts'

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
