import { v7 as uuidv7 } from 'uuid'
import type { ImportId, ImportKnown } from '#values/import.ts'
import type { Clock } from '../clock.ts'
import type { Context } from '../context.ts'
import type { Translate } from '../words.ts'
import type { About, AnyImportDefinition } from './definition.ts'
import { isAtWork, nextImportStatus } from './import-rules.ts'
import { changeImport, type ImportDatabase, type ImportRecord, type ImportTx, lockLeased } from './import-store.ts'

/** What a worker has at hand while it is at one import. */
export interface Work {
  db: ImportDatabase
  clock: Clock
  translate: Translate
  definition: AnyImportDefinition
  /** In whose name, with what he might do when he asked for it. */
  ctx: Context
  id: ImportId
  about: About
  /** What was ordered for records that are there already. */
  known: ImportKnown
  lease: string
  /** The process is about to end: what is committed stays, the rest is taken up by the next worker. */
  signal: AbortSignal
}

/** Stops the work without a word of its own: the row says why already. */
export class Stopped extends Error {}

const LEASE_MS = 60_000

export const leaseUntil = (clock: Clock): Date => new Date(clock.nowMs() + LEASE_MS)
export const newLease = (): string => uuidv7()

export const contextOf = (row: ImportRecord, now: Date): Context => ({
  orgId: row.org_id as Context['orgId'],
  orgNo: row.acting.orgNo,
  actor: row.acting.actor,
  locale: row.acting.locale,
  traceId: row.acting.traceId,
  address: row.acting.address,
  userAgent: '',
  now,
  scopes: { permissions: new Set(row.acting.permissions), sites: row.acting.sites },
})

/**
 * Locks the import in this transaction and lengthens the lease. Stops where the process ends, where another worker has taken it over, and
 * where somebody asked to cancel.
 */
export async function holdOn(work: Work, tx: ImportTx): Promise<ImportRecord> {
  if (work.signal.aborted) throw new Stopped('the process ends')
  const row = await lockLeased(tx, work.id, work.lease)
  if (!row || !isAtWork(row.status)) throw new Stopped('it is another worker’s')
  if (row.cancel_asked) throw new Stopped('cancelled')
  await changeImport(tx, work.id, { lease_until: leaseUntil(work.clock) }, work.lease)
  return row
}

/** Ends the work at this import by a step of the table, in the transaction that made it so. */
export async function endBy(
  work: Work,
  tx: ImportTx,
  row: Pick<ImportRecord, 'status'>,
  step: 'passed' | 'finished' | 'refuse' | 'fail' | 'cancel',
  refusal: { code: string; details: Record<string, unknown> } | null = null,
): Promise<void> {
  const status = nextImportStatus(row.status, step)
  if (!status) throw new Error(`an import that is ${row.status} cannot ${step}`)
  const over = status === 'checked' ? null : work.clock.now()
  const held = await changeImport(
    tx,
    work.id,
    { status, refusal, lease: null, lease_until: null, cancel_asked: false, attempts: 0, finished_at: over, file: null },
    work.lease,
  )
  if (!held) throw new Stopped('it is another worker’s')
}
