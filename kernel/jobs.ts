import { EventEmitter, once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { type JobHelpers, Logger, type Runner, run, type TaskList, type WorkerEvents } from 'graphile-worker'
import pg from 'pg'
import type { Log } from './log.ts'
import type { Delivered, Subscription } from './outbox-reader.ts'

const CONNECTION_NAME = 'lianshu-jobs'
const BEGIN_AGAIN_MS = 1_000
const ENDED_WITHIN_MS = 5_000
/** Of every process that runs jobs: an advisory lock of this class for its pool of workers, for as long as the process lives. */
const LIFE_CLASS = 4713

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
  { unlockEveryMs = 20_000 } = {},
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
  const life = lifeline(systemUrl)
  const begin = async (): Promise<Begun> => {
    life.forget()
    // Of this runner alone: what an earlier one tells late is not of it.
    const events = new EventEmitter() as WorkerEvents
    // A job is locked by the pool of its worker, not by the worker (graphile-worker 0.18).
    events.on('pool:create', ({ workerPool }) => {
      life.add(workerPool.id)
      life.keep().catch((error: Error) => log.warn({ error: error.message }, 'jobs: no sign of life'))
    })
    const inVain = asksInVain(events)
    const runner = await run({
      pgPool: pool,
      concurrency: 3,
      noHandleSignals: true,
      pollInterval: 1_000,
      taskList,
      logger,
      parsedCronItems: [],
      // Without a batch a finished job that cannot be told so (the connection is gone) is nobody's rejection, and ends the process.
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
      events,
    })
    return { runner, ended: Promise.race([ended(runner), inVain]) }
  }
  let begun = await begin()
  const stopping = new AbortController()
  // A runner whose connection is cut while it asks for work gives up for good; without another no event would be told any more.
  const again = async () => {
    for (;;) {
      const reason = await begun.ended
      if (stopping.signal.aborted) return
      log.warn({ reason }, 'jobs: the runner is begun again')
      // One that does not end by itself still has its clock; of one that has ended this is an error.
      void begun.runner.stop().catch(() => undefined)
      begun = await begunAgain(begin, stopping.signal, log)
      if (stopping.signal.aborted) return void (await begun.runner.stop().catch(() => undefined))
    }
  }
  const kept = again().catch(() => undefined)
  // Without a sign of one's own life nobody is taken for dead: it would be oneself.
  const unlock = () =>
    life
      .keep()
      .then(() => unlockDead(pool, unlockEveryMs))
      .catch((error: Error) => log.warn({ error: error.message }, 'jobs: what the dead had begun was not freed'))
  await unlock()
  const unlocking = setInterval(unlock, unlockEveryMs)
  return {
    stop: async () => {
      clearInterval(unlocking)
      stopping.abort()
      await begun.runner.stop().catch(() => undefined)
      await kept
      await life.end()
      await pool.end()
    },
  }
}

interface Begun {
  runner: Runner
  /** Why it works no more. */
  ended: Promise<string>
}

/**
 * A runner whose first question failed asks it never again and fails with its old answer for ever (graphile-worker 0.18 keeps the rejected
 * look-up of its tasks).
 */
const asksInVain = (events: WorkerEvents): Promise<string> =>
  new Promise((tell) => {
    const failed = ({ error }: { error: unknown }) => tell(`its first question failed: ${(error as Error).message}`)
    const answered = () => void events.off('worker:getJob:error', failed)
    events.once('worker:getJob:error', failed).once('worker:getJob:empty', answered).once('job:start', answered)
  })

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

async function begunAgain(begin: () => Promise<Begun>, signal: AbortSignal, log: Log): Promise<Begun> {
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
 * That this process's workers live, for other processes to see: advisory locks on a connection of its own, which go with the process however
 * it ends. A connection that was cut is opened again at the next sign.
 */
function lifeline(url: string) {
  const ids = new Set<string>()
  let held = new Set<string>()
  let client: pg.Client | undefined
  const open = async (): Promise<pg.Client> => {
    const opened = new pg.Client({ connectionString: url, application_name: CONNECTION_NAME })
    const lost = () => {
      if (client === opened) client = undefined
    }
    opened.on('error', lost).on('end', lost)
    await opened.connect()
    held = new Set()
    return opened
  }
  const sign = async () => {
    client ??= await open()
    for (const id of held.difference(ids)) {
      await client.query('select pg_advisory_unlock($1, hashtext($2))', [LIFE_CLASS, id])
      held.delete(id)
    }
    for (const id of ids.difference(held)) {
      await client.query('select pg_advisory_lock_shared($1, hashtext($2))', [LIFE_CLASS, id])
      held.add(id)
    }
  }
  let last = Promise.resolve()
  const keep = (): Promise<void> => {
    last = last.catch(() => undefined).then(sign)
    return last
  }
  return {
    add: (id: string) => void ids.add(id),
    /** Pools of a runner that works no more: what they hold may be taken from them. */
    forget: () => ids.clear(),
    keep,
    end: async () => {
      await last.catch(() => undefined)
      await client?.end().catch(() => undefined)
    },
  }
}

/**
 * What a worker had begun when it was killed stays locked for four hours, and with it all later events of its key. A lock is of one that is
 * gone where its worker shows no sign of life, and had the time to show one: some while, or since before every connection of workers.
 * Should one live all the same, its job runs twice, as every job may.
 */
async function unlockDead(pool: pg.Pool, silentForMs: number): Promise<void> {
  await pool.query(
    `select graphile_worker.force_unlock_workers(array_agg(distinct locked_by)) from (
       select locked_by, locked_at from graphile_worker._private_jobs where locked_by is not null
       union all select locked_by, locked_at from graphile_worker._private_job_queues where locked_by is not null
     ) as locked
     where (locked_at < now() - make_interval(secs => $2)
         or locked_at < (select min(backend_start) from pg_stat_activity where application_name = $1 and datname = current_database()))
       and not exists (select from pg_locks l where l.locktype = 'advisory' and l.classid = $3 and l.granted
         and l.database = (select oid from pg_database where datname = current_database())
         and l.objid::bigint = hashtext(locked_by)::bigint & 4294967295)
     having count(*) > 0`,
    [CONNECTION_NAME, silentForMs / 1_000, LIFE_CLASS],
  )
}

/** A lane is serial, but a failed job steps aside until it is tried again: later events of its key must not pass it meanwhile. */
async function waitForEarlier({ job, query }: JobHelpers): Promise<void> {
  if (job.job_queue_id === null) return
  const { rowCount } = await query(
    `select from graphile_worker._private_jobs where job_queue_id = $1 and id < $2 and attempts > 0 and attempts < max_attempts
       and payload->>'key' = $3 limit 1`,
    [job.job_queue_id, job.id, (job.payload as { key: string }).key],
  )
  if (rowCount) throw new Error('waits for an earlier event of its key')
}
