import { Worker } from 'node:worker_threads'
import { importErrors } from '#values/import.ts'
import type { SheetRow, ThreadAnswer, ThreadTask } from './spreadsheet-thread.ts'
import { zipEntries } from './zip-directory.ts'

export type { SheetRow } from './spreadsheet-thread.ts'

/** 100,000 rows of a dozen columns unpack to some 90 MB; a bomb of 20 MB would to 20 GB. */
const MAX_UNPACKED_BYTES = 256 * 1024 * 1024
const MAX_ENTRIES = 1_000
const MAX_COLUMNS = 200
const THREAD_HEAP_MB = 768
/** A thread that answers nothing for this long is ended. */
const ANSWER_MS = 60_000

/**
 * What a file is by its content, whatever it is called.
 * Errors: imports.emptyFile, imports.oldExcel, imports.notSpreadsheet, imports.damaged, imports.unpacksTooLarge.
 */
export function spreadsheetFormat(bytes: Uint8Array): 'xlsx' | 'csv' {
  if (bytes.length === 0) throw importErrors.emptyFile()
  if (startsWith(bytes, [0xd0, 0xcf, 0x11, 0xe0])) throw importErrors.oldExcel()
  if (startsWith(bytes, [0x50, 0x4b])) return checkedWorkbook(bytes)
  if (startsWith(bytes, [0x25, 0x50, 0x44, 0x46])) throw importErrors.notSpreadsheet()
  const isUtf16 = startsWith(bytes, [0xff, 0xfe]) || startsWith(bytes, [0xfe, 0xff])
  const head = bytes.subarray(0, 64 * 1024)
  if (!isUtf16 && head.includes(0)) throw importErrors.notSpreadsheet()
  // Many a ledger “exports to Excel” by naming a web page .xls.
  if (/^\s*<(!doctype|html|table|\?xml)/i.test(new TextDecoder().decode(head.subarray(0, 200)))) throw importErrors.notSpreadsheet()
  return 'csv'
}

function checkedWorkbook(bytes: Uint8Array): 'xlsx' {
  const entries = zipEntries(bytes)
  if (!entries) throw importErrors.damaged()
  if (!entries.some(({ name }) => name === '[Content_Types].xml') || !entries.some(({ name }) => name.startsWith('xl/')))
    throw importErrors.notSpreadsheet()
  const unpacked = entries.reduce((sum, entry) => sum + entry.unpackedBytes, 0)
  if (entries.length > MAX_ENTRIES || unpacked > MAX_UNPACKED_BYTES)
    throw importErrors.unpacksTooLarge({ limitMb: MAX_UNPACKED_BYTES / 1024 / 1024 })
  return 'xlsx'
}

const startsWith = (bytes: Uint8Array, head: number[]): boolean => head.every((byte, i) => bytes[i] === byte)

/**
 * The rows of the first sheet, or of a text file, that hold something, as texts, by the thousand; read in a thread of its own.
 * Errors: those of `spreadsheetFormat`, imports.tooManyColumns.
 */
export async function* readSpreadsheet(bytes: Uint8Array): AsyncGenerator<SheetRow[]> {
  const task: ThreadTask = { bytes, format: spreadsheetFormat(bytes), maxColumns: MAX_COLUMNS }
  const thread = new Worker(new URL('./spreadsheet-thread.ts', import.meta.url), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: THREAD_HEAP_MB },
    env: {},
  })
  try {
    while (true) {
      const answer = await ask(thread)
      if ('failed' in answer) throw importErrors[answer.failed]({ limit: MAX_COLUMNS })
      if ('done' in answer) return
      yield answer.rows
    }
  } finally {
    await thread.terminate()
  }
}

async function ask(thread: Worker): Promise<ThreadAnswer> {
  const waiting = new AbortController()
  try {
    return await new Promise<ThreadAnswer>((resolve, reject) => {
      const options = { signal: waiting.signal }
      on(thread, 'message', (answer) => resolve(answer as ThreadAnswer), options)
      on(
        thread,
        'error',
        (error) => reject(isOutOfMemory(error) ? importErrors.unpacksTooLarge({ limitMb: THREAD_HEAP_MB }) : error),
        options,
      )
      const timer = setTimeout(() => reject(importErrors.damaged()), ANSWER_MS)
      waiting.signal.addEventListener('abort', () => clearTimeout(timer))
      thread.postMessage('next')
    })
  } finally {
    waiting.abort()
  }
}

function on(thread: Worker, event: 'message' | 'error', listener: (value: unknown) => void, { signal }: { signal: AbortSignal }): void {
  thread.on(event, listener)
  signal.addEventListener('abort', () => thread.off(event, listener))
}

const isOutOfMemory = (error: unknown): boolean => (error as { code?: string }).code === 'ERR_WORKER_OUT_OF_MEMORY'
