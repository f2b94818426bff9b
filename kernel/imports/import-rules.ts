import type { ImportStatus } from '#values/import.ts'

export type ImportStep = 'take' | 'passed' | 'order' | 'finished' | 'refuse' | 'fail' | 'cancel'

/** The life of an import. `take` by a worker; a step that is not in the table is refused. */
export const importSteps: Record<ImportStatus, Partial<Record<ImportStep, ImportStatus>>> = {
  queued: { take: 'checking', cancel: 'cancelled' },
  // A worker that died at it leaves it as it is; the next one takes it anew.
  checking: { take: 'checking', passed: 'checked', refuse: 'refused', fail: 'failed', cancel: 'cancelled' },
  checked: { order: 'ordered', cancel: 'cancelled' },
  ordered: { take: 'running', cancel: 'cancelled' },
  // `refuse`: all or nothing, and a row has become wrong since the check. Nothing was written; it may be ordered again.
  running: { take: 'running', finished: 'done', refuse: 'checked', fail: 'failed', cancel: 'cancelled' },
  done: {},
  refused: {},
  failed: {},
  cancelled: {},
}

export const nextImportStatus = (status: ImportStatus, step: ImportStep): ImportStatus | undefined => importSteps[status][step]

/** A worker may be in the middle of it: it is asked to stop rather than stopped. */
export const isAtWork = (status: ImportStatus): boolean => status === 'checking' || status === 'running'
