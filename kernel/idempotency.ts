import { sql } from 'kysely'
import { requestErrors } from '#values/errors.ts'
import type { Context } from './context.ts'
import type { ModuleDatabase } from './postgres.ts'

interface Tables {
  'kernel.idempotency': {
    org_id: string
    key: string
    actor: string
    request_hash: Buffer
    status: number | null
    response: unknown
    created_at: Date
  }
}

interface Answer {
  status: number
  body: unknown
}

/** Runs a request once per Idempotency-Key, actor and 24 h; a repetition gets the first answer again. */
export interface Idempotency {
  once(ctx: Context, key: string, requestHash: Buffer, run: () => Promise<Answer>): Promise<Answer>
}

const MAX_KEY = 200
/** A first request that has not answered after this long died with its process; the key is free again. */
const STALE_MS = 60_000

/** Errors: request.keyReused, request.stillRunning. A failed request frees its key. */
export function idempotencyIn(db: unknown): Idempotency {
  const database = db as ModuleDatabase<Tables>
  return {
    once: async (ctx, key, requestHash, run) => {
      if (key.length > MAX_KEY) throw requestErrors.invalid({ field: 'Idempotency-Key' })
      const actor = `${ctx.actor.kind}:${ctx.actor.id}`
      const earlier = await database.inTenant(ctx, async (tx) => {
        const stale = new Date(ctx.now.getTime() - STALE_MS)
        const claimed = await sql`insert into kernel.idempotency (org_id, key, actor, request_hash, created_at)
          values (${tx.orgId}, ${key}, ${actor}, ${requestHash}, ${ctx.now})
          on conflict (org_id, actor, key) do update set created_at = excluded.created_at
          where idempotency.status is null and idempotency.created_at < ${stale} and idempotency.request_hash = excluded.request_hash`.execute(
          tx.sql,
        )
        if (claimed.numAffectedRows === 1n) return undefined
        return tx.sql
          .selectFrom('kernel.idempotency')
          .selectAll()
          .where('org_id', '=', tx.orgId)
          .where('actor', '=', actor)
          .where('key', '=', key)
          .executeTakeFirst()
      })
      if (earlier) {
        if (!earlier.request_hash.equals(requestHash)) throw requestErrors.keyReused()
        if (earlier.status === null) throw requestErrors.stillRunning()
        return { status: earlier.status, body: earlier.response }
      }
      const mine = (sqlOf: { orgId: string }) => sql`org_id = ${sqlOf.orgId} and actor = ${actor} and key = ${key}`
      let answer: Answer
      try {
        answer = await run()
      } catch (error) {
        await database.inTenant(ctx, (tx) => sql`delete from kernel.idempotency where ${mine(tx)}`.execute(tx.sql))
        throw error
      }
      // Should this fail, the work is done all the same: the key stays taken rather than free for a second run.
      await database.inTenant(ctx, (tx) =>
        sql`update kernel.idempotency set status = ${answer.status}, response = ${JSON.stringify(answer.body)}::jsonb where ${mine(tx)}`.execute(
          tx.sql,
        ),
      )
      return answer
    },
  }
}
