import { hostname } from 'node:os'
import { sql } from 'kysely'
import type { Clock } from '#kernel/clock.ts'
import type { Log } from '#kernel/log.ts'
import type { NotStoredReason } from '../../contract.ts'
import type { TelemetrySystem } from '../tables.ts'

export type Way = 'mqtt' | 'https'
export interface Waiting {
  sinceMs: number
  reason: NotStoredReason
}

/** Of a process that ended: long enough that nobody wonders where it went. */
const FORGOTTEN = '1 hour'
/** A process renews its state every three seconds; the stores' own restart must not make it look dead. */
const FRESH = '15 seconds'

/** Why an insert failed, as an operator must know it. */
export function notStoredReason(error: unknown): NotStoredReason {
  const { name, message } = error as Error
  if (/Code: 243\b|not enough space|No space left/i.test(message)) return 'diskFull'
  if (name === 'TimeoutError' || name === 'AbortError') return 'storeSilent'
  if (error instanceof TypeError || /ECONN|socket|network/i.test(message)) return 'storeAway'
  return 'storeRefuses'
}

/** Tells what this process does with values, for the page of the ingest's health; PostgreSQL away is no reason to stop. */
export async function tellState(
  { system, clock, log }: { system: TelemetrySystem; clock: Clock; log: Log },
  way: Way,
  waiting: Waiting | undefined,
  waitingRows: number,
): Promise<void> {
  const state = {
    process: `${hostname()}:${process.pid}:${way}`,
    way,
    at: new Date(clock.nowMs()),
    waiting_since: waiting ? new Date(waiting.sinceMs) : null,
    reason: waiting?.reason ?? null,
    waiting_rows: waiting ? waitingRows : 0,
  }
  try {
    await system.inSystem(async (tx) => {
      await tx
        .insertInto('telemetry.ingest_state')
        .values(state)
        .onConflict((on) => on.column('process').doUpdateSet(state))
        .execute()
      await tx.deleteFrom('telemetry.ingest_state').where('at', '<', sql<Date>`${state.at}::timestamptz - ${FORGOTTEN}::interval`).execute()
    })
  } catch (error) {
    log.debug({ error: (error as Error).message }, 'the ingest’s state was not told')
  }
}

export interface StoreState {
  state: 'storing' | 'waiting' | 'notRunning'
  reason: NotStoredReason | null
  since: Date | null
  waitingRows: number
}

/** Over all processes: the worst of them, and how much waits. `notRunning`: nobody takes MQTT. */
export async function readState(system: TelemetrySystem, now: Date): Promise<StoreState> {
  const rows = await system.inSystem((tx) =>
    tx.selectFrom('telemetry.ingest_state').selectAll().where('at', '>', sql<Date>`${now}::timestamptz - ${FRESH}::interval`).execute(),
  )
  const waiting = rows
    .filter(({ waiting_since }) => waiting_since !== null)
    .sort((a, b) => Number(a.waiting_since) - Number(b.waiting_since))
  const waitingRows = waiting.reduce((sum, { waiting_rows }) => sum + waiting_rows, 0)
  const [longest] = waiting
  if (longest) return { state: 'waiting', reason: longest.reason, since: longest.waiting_since, waitingRows }
  const state = rows.some(({ way }) => way === 'mqtt') ? 'storing' : 'notRunning'
  return { state, reason: null, since: null, waitingRows }
}
