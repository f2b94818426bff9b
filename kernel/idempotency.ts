import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { requestErrors } from '#values/errors.ts'
import type { Context, DoneOnce } from './context.ts'
import type { ModuleDatabase, Tx } from './postgres.ts'

interface Tables {
  'kernel.idempotency': {
    org_id: string
    key: string
    actor: string
    request_hash: Buffer
    status: number | null
    response: unknown
    created_at: Date
    run: string | null
    done_by: string | null
  }
}

interface Answer {
  status: number
  body: unknown
}

/** Runs a request once per Idempotency-Key, actor and 24 h; a repetition gets the first answer again. */
export interface Idempotency {
  once(ctx: Context, key: string, requestHash: Buffer, run: (ctx: Context) => Promise<Answer>): Promise<Answer>
}

const MAX_KEY = 200
/**
 * A first run that has not answered after this long is taken for dead with its process, and another may begin. Should it live after all,
 * only one of the two commits (`kernel.done_once`).
 */
const STALE_MS = 10_000
const OTHER_RUN_WAS_FIRST = 'LS001'

/**
 * A request that failed, or died before its commit, frees its key; one that committed keeps it, though its answer be lost.
 * Errors: request.keyReused, request.stillRunning, request.answerLost.
 */
export function idempotencyIn(db: unknown): Idempotency {
  const database = db as ModuleDatabase<Tables>
  return {
    once: async (ctx, key, requestHash, run) => {
      if (key.length > MAX_KEY) throw requestErrors.invalid({ field: 'Idempotency-Key' })
      const actor = `${ctx.actor.kind}:${ctx.actor.id}`
      const claim: DoneOnce = { orgId: ctx.orgId, key, actor, run: randomUUID() }
      const earlier = await database.inTenant(ctx, (tx) => claimKey(tx, claim, requestHash, ctx.now))
      if (earlier) {
        if (!earlier.request_hash.equals(requestHash)) throw requestErrors.keyReused()
        if (earlier.status !== null) return { status: earlier.status, body: earlier.response }
        const stale = ctx.now.getTime() - earlier.created_at.getTime() > STALE_MS
        throw earlier.done_by !== null && stale ? requestErrors.answerLost() : requestErrors.stillRunning()
      }
      // Another run that has taken the key over, but did not commit, does not take the answer away.
      const answered = sql`org_id = ${claim.orgId} and actor = ${actor} and key = ${key} and (run = ${claim.run} or done_by = ${claim.run})`
      const mine = sql`org_id = ${claim.orgId} and actor = ${actor} and key = ${key} and run = ${claim.run}`
      let answer: Answer
      try {
        answer = await run({ ...ctx, once: claim })
      } catch (error) {
        // A commit whose answer was cut off may have been one.
        await database.inTenant(ctx, (tx) => sql`delete from kernel.idempotency where ${mine} and done_by is null`.execute(tx.sql))
        throw (error as { code?: string }).code === OTHER_RUN_WAS_FIRST ? requestErrors.stillRunning() : error
      }
      await database.inTenant(ctx, (tx) =>
        sql`update kernel.idempotency set status = ${answer.status}, response = ${JSON.stringify(answer.body)}::jsonb where ${answered}`.execute(
          tx.sql,
        ),
      )
      return answer
    },
  }
}

/** The key as it is held by another run; undefined: it is ours. */
async function claimKey(tx: Tx<Tables>, { key, actor, run }: DoneOnce, requestHash: Buffer, now: Date) {
  const stale = new Date(now.getTime() - STALE_MS)
  const claimed = await sql`insert into kernel.idempotency (org_id, key, actor, request_hash, created_at, run)
    values (${tx.orgId}, ${key}, ${actor}, ${requestHash}, ${now}, ${run})
    on conflict (org_id, actor, key) do update set created_at = excluded.created_at, run = excluded.run
    where idempotency.status is null and idempotency.done_by is null and idempotency.created_at < ${stale}
      and idempotency.request_hash = excluded.request_hash`.execute(tx.sql)
  if (claimed.numAffectedRows === 1n) return undefined
  return tx.sql
    .selectFrom('kernel.idempotency')
    .selectAll()
    .where('org_id', '=', tx.orgId)
    .where('actor', '=', actor)
    .where('key', '=', key)
    .executeTakeFirst()
}
