import { run, type TaskList } from 'graphile-worker'
import { sql } from 'kysely'
import pg from 'pg'
import type { Log } from './log.ts'
import type { Delivered, Subscription } from './outbox-reader.ts'
import type { Tx } from './postgres.ts'

/** A module's background task; the payload is what `enqueue` was given. */
export interface Job {
  name: string
  run: (payload: unknown) => Promise<void>
}

/** Puts a job into the caller's transaction: it runs after the commit, or not at all. */
export async function enqueue<Tables>(tx: Tx<Tables>, name: string, payload: unknown): Promise<void> {
  await sql`select kernel.enqueue(${name}, ${JSON.stringify(payload)}::jsonb)`.execute(tx.sql)
}

/** Runs jobs and event reactions as the system role until stopped; graphile-worker retries a failed one with growing pauses. */
export async function startJobs(
  systemUrl: string,
  { jobs, subscriptions }: { jobs: readonly Job[]; subscriptions: readonly Subscription[] },
  log: Log,
): Promise<{ stop(): Promise<void> }> {
  const pool = new pg.Pool({ connectionString: systemUrl, max: 4, application_name: 'lianshu-jobs' })
  pool.on('error', (error) => log.warn({ error: error.message }, 'jobs: connection lost'))
  const taskList: TaskList = {}
  for (const job of jobs) taskList[job.name] = (payload) => job.run(payload)
  for (const subscription of subscriptions) taskList[subscription.name] = (event) => subscription.handle(event as Delivered<unknown>)
  const runner = await run({ pgPool: pool, concurrency: 3, noHandleSignals: true, pollInterval: 1_000, taskList })
  return {
    stop: async () => {
      await runner.stop()
      await pool.end()
    },
  }
}
