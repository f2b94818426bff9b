import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { type JobHelpers, Logger, type Runner, run, type TaskList } from 'graphile-worker'
import pg from 'pg'
import type { Log } from './log.ts'
import type { Delivered, Subscription } from './outbox-reader.ts'

const CONNECTION_NAME = 'lianshu-jobs'
const BEGIN_AGAIN_MS = 1_000
const ENDED_WITHIN_MS = 5_000
const UNLOCK_EVERY_MS = 20_000

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
  const pool = new pg.Pool({ connectionString: systemUrl, max: 4, application_name: CONNECTION_NAME })
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
  const begin = () =>
    run({
      pgPool: pool,
      concurrency: 3,
      noHandleSignals: true,
      pollInterval: 1_000,
      taskList,
      logger,
      parsedCronItems: [],
      // Without a batch a finished job that cannot be told so (the connection is gone) is nobody's rejection, and ends the process.
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    })
  let runner = await begin()
  const stopping = new AbortController()
  // A runner whose connection is cut while it asks for work gives up for good; without another no event would be told any more.
  const again = async () => {
    for (;;) {
      const reason = await ended(runner)
      if (stopping.signal.aborted) return
      log.warn({ reason }, 'jobs: the runner is begun again')
      // One that does not end by itself still has its clock; of one that has ended this is an error.
      void runner.stop().catch(() => undefined)
      runner = await begunAgain(begin, stopping.signal, log)
    }
  }
  const kept = again().catch(() => undefined)
  const unlock = () =>
    unlockDead(pool).catch((error: Error) => log.warn({ error: error.message }, 'jobs: what the dead had begun was not freed'))
  await unlock()
  const unlocking = setInterval(unlock, UNLOCK_EVERY_MS)
  return {
    stop: async () => {
      clearInterval(unlocking)
      stopping.abort()
      await runner.stop().catch(() => undefined)
      await kept
      await pool.end()
    },
  }
}

/**
 * Why a runner works no more. Of two finished jobs that could not be told so, its shutdown waits for ever (graphile-worker 0.18 counts
 * them off twice); it takes no jobs from when that has begun.
 */
const ended = ({ promise, events }: Runner): Promise<string> =>
  Promise.race([
    promise.then(
      () => 'it ended',
      (error: Error) => error.message,
    ),
    once(events, 'pool:gracefulShutdown').then(() => sleep(ENDED_WITHIN_MS, 'its shutdown does not end', { ref: false })),
  ])

async function begunAgain(begin: () => Promise<Runner>, signal: AbortSignal, log: Log): Promise<Runner> {
  for (;;) {
    await sleep(BEGIN_AGAIN_MS, undefined, { signal })
    try {
      return await begin()
    } catch (error) {
      log.warn({ error: (error as Error).message }, 'jobs: no runner yet')
    }
  }
}

/**
 * What a worker had begun when it was killed stays locked for four hours, and with it all later events of its key. A lock that is older than
 * every connection of workers is of one that is gone; where one lives all the same, its job runs twice, as every job may.
 */
async function unlockDead(pool: pg.Pool): Promise<void> {
  await pool.query(
    `select graphile_worker.force_unlock_workers(array_agg(distinct locked_by)) from (
       select locked_by, locked_at from graphile_worker._private_jobs where locked_by is not null
       union all select locked_by, locked_at from graphile_worker._private_job_queues where locked_by is not null
     ) as locked
     where locked_at < (select min(backend_start) from pg_stat_activity where application_name = $1 and datname = current_database())
     having count(*) > 0`,
    [CONNECTION_NAME],
  )
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
