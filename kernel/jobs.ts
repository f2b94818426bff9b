import { type JobHelpers, Logger, run, type TaskList } from 'graphile-worker'
import pg from 'pg'
import type { Log } from './log.ts'
import type { Delivered, Subscription } from './outbox-reader.ts'

/** A module's background task. */
export interface Job {
  name: string
  run: (payload: unknown) => Promise<void>
}

/** Runs jobs and event reactions as the system role until stopped; graphile-worker retries a failed one with growing pauses. */
export async function startJobs(
  systemUrl: string,
  { jobs, subscriptions }: { jobs: readonly Job[]; subscriptions: readonly Subscription[] },
  log: Log,
): Promise<{ stop(): Promise<void> }> {
  const pool = new pg.Pool({ connectionString: systemUrl, max: 4, application_name: 'lianshu-jobs' })
  pool.on('error', (error) => log.warn({ error: error.message }, 'jobs: connection lost'))
  pool.on('connect', (client) => client.on('error', (error) => log.warn({ error: error.message }, 'jobs: connection lost')))
  const taskList: TaskList = {}
  for (const job of jobs) taskList[job.name] = (payload) => job.run(payload)
  for (const subscription of subscriptions)
    taskList[subscription.name] = async (event, helpers) => {
      await waitForEarlier(helpers)
      await subscription.handle(event as Delivered<unknown>)
    }
  const logger = new Logger(() => (level, message) => {
    if (level === 'error') log.error(message)
    else if (level === 'warning') log.warn(message)
    else log.debug(message)
  })
  const runner = await run({
    pgPool: pool,
    concurrency: 3,
    noHandleSignals: true,
    pollInterval: 1_000,
    taskList,
    logger,
    parsedCronItems: [],
  })
  return {
    stop: async () => {
      await runner.stop()
      await pool.end()
    },
  }
}

/** A queue is serial, but a failed job steps aside until it is tried again: later events of its key must not pass it meanwhile. */
async function waitForEarlier({ job, query }: JobHelpers): Promise<void> {
  if (job.job_queue_id === null) return
  const { rowCount } = await query(
    'select from graphile_worker._private_jobs where job_queue_id = $1 and id < $2 and attempts > 0 and attempts < max_attempts limit 1',
    [job.job_queue_id, job.id],
  )
  if (rowCount) throw new Error('waits for an earlier event of its key')
}
