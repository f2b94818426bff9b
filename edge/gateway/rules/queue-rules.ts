export type JobKind = 'write' | 'scan' | 'testRead' | 'browse' | 'history'

/** What orders the jobs of one link. */
export interface Waiting {
  kind: JobKind
  /** Of a scan. */
  periodMs?: number
  /** By a clock that is never set. */
  queuedMs: number
}

/** Scans of at most this period are fast. */
const FAST_MS = 2_000
const PATIENCE_MS = { testRead: 1_000, browse: 5_000, history: 10_000 }

export const rank = { write: 0, fast: 1, slow: 2, browse: 3 } as const
export type Rank = (typeof rank)[keyof typeof rank]

/** By when a job should have begun: a scan within its own period. */
function deadlineMs({ kind, periodMs = 0, queuedMs }: Waiting): number {
  if (kind === 'write') return queuedMs
  return queuedMs + (kind === 'scan' ? periodMs : PATIENCE_MS[kind])
}

/** write > fast > slow > browse, history. A job whose deadline went by is as urgent as a fast scan: a busy link starves nobody. */
export function rankOf(job: Waiting, nowMs: number): Rank {
  if (job.kind === 'write') return rank.write
  if (job.kind === 'scan' && (job.periodMs ?? 0) <= FAST_MS) return rank.fast
  if (deadlineMs(job) <= nowMs) return rank.fast
  return job.kind === 'scan' ? rank.slow : rank.browse
}

/** Which of the waiting jobs comes next: by rank, then by deadline, then first come first served. */
export function nextJob(jobs: readonly Waiting[], nowMs: number): number {
  let best = -1
  let bestRank = Number.POSITIVE_INFINITY
  let bestDeadline = Number.POSITIVE_INFINITY
  for (let i = 0; i < jobs.length; i++) {
    const job = jobs[i] as Waiting
    const jobRank = rankOf(job, nowMs)
    if (jobRank > bestRank) continue
    const deadline = deadlineMs(job)
    if (jobRank === bestRank && deadline >= bestDeadline) continue
    best = i
    bestRank = jobRank
    bestDeadline = deadline
  }
  return best
}
