import { AppError } from '#values/errors.ts'
import type { Loop } from '../background.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Translate } from '../words.ts'
import { carryOutAll, carryOutRightRows } from './carry-out.ts'
import { checkImport } from './check-import.ts'
import type { AnyImportDefinition } from './definition.ts'
import {
  changeImport,
  dropExpired,
  type ImportDatabase,
  type ImportRecord,
  type ImportSystem,
  type ImportTx,
  leaseNext,
  lockLeased,
  renewLease,
} from './import-store.ts'
import { contextOf, endBy, leaseUntil, newLease, Stopped, type Work } from './worker.ts'

export interface ImportWorkerParts {
  db: ImportDatabase
  system: ImportSystem
  definitions: readonly AnyImportDefinition[]
  translate: Translate
  clock: Clock
  log: Log
}

const LOOK_MS = 500
const RETRY_MS = 5_000
/** A batch may take longer than the lease: 500 devices of some hundred points each. */
const BEAT_MS = 15_000
const EXPIRY_MS = 600_000
/** An import that ended this many workers is ended itself. */
const MAX_ATTEMPTS = 4
/** Imports that one process works on at a time: a small one need not wait for a large one. */
const WORKERS = 2

/** Checks and carries out imports, for the worker role. */
export const importLoops = (parts: ImportWorkerParts): Loop[] => [
  ...Array.from({ length: WORKERS }, (_, i) => ({
    name: `imports ${i + 1}`,
    intervalMs: LOOK_MS,
    run: async (signal: AbortSignal) => {
      while (!signal.aborted && (await workOnNext(parts, signal)));
    },
  })),
  { name: 'expired imports', intervalMs: EXPIRY_MS, run: () => dropExpired(parts.system, parts.clock.now()) },
]

/** False where nothing waits. */
export async function workOnNext(parts: ImportWorkerParts, signal: AbortSignal): Promise<boolean> {
  const { definitions, clock, db, translate, log } = parts
  const lease = newLease()
  const kinds = definitions.map(({ kind }) => kind)
  const row = await leaseNext(parts.system, { kinds, lease, now: clock.now(), until: leaseUntil(clock) })
  if (!row) return false
  const definition = definitions.find(({ kind }) => kind === row.kind)
  if (!definition) throw new Error(`nobody takes ${row.kind}`)
  const work: Work = {
    db,
    clock,
    translate,
    definition,
    ctx: contextOf(row, clock.now()),
    id: row.id,
    about: { target: row.target, writing: row.status === 'running' },
    known: row.known ?? 'skip',
    lease,
    signal,
  }
  const beat = setInterval(() => void renewLease(parts.system, { ...work, until: leaseUntil(clock) }).catch(() => undefined), BEAT_MS)
  try {
    if (row.attempts > MAX_ATTEMPTS) throw new Error('several workers died at it')
    await workOn(work, row)
  } catch (error) {
    await settle(work, error, log)
  } finally {
    clearInterval(beat)
  }
  return true
}

function workOn(work: Work, row: ImportRecord): Promise<void> {
  if (row.status === 'checking') return checkImport(work)
  return row.mode === 'all' ? carryOutAll(work) : carryOutRightRows(work)
}

/** Writes down why the work ended. What only went wrong this once is left for another try, behind what is committed already. */
async function settle(work: Work, error: unknown, log: Log): Promise<void> {
  await work.db.inTenant(work.ctx, async (tx) => {
    const row = await lockLeased(tx, work.id, work.lease)
    if (!row) return
    if (error instanceof Stopped) return row.cancel_asked ? endBy(work, tx, row, 'cancel') : letGo(work, tx, 0)
    if (error instanceof AppError && row.status === 'checking')
      return endBy(work, tx, row, 'refuse', { code: error.code, details: error.details })
    log.error({ import: work.id, error: (error as Error).message, attempt: row.attempts }, 'an import failed')
    if (row.attempts < MAX_ATTEMPTS) return letGo(work, tx, RETRY_MS)
    await endBy(work, tx, row, 'fail', { code: 'imports.gaveUp', details: {} })
  })
}

const letGo = async (work: Work, tx: ImportTx, pauseMs: number): Promise<void> => {
  await changeImport(tx, work.id, { lease: null, lease_until: new Date(work.clock.nowMs() + pauseMs) }, work.lease)
}
