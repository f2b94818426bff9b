import { Worker } from 'node:worker_threads'
import { requestErrors } from '#values/errors.ts'
import type { Translate } from './words.ts'

/** `continuous241`: three-part paper of dot-matrix printers, 241 mm × 139.7 mm. */
export type Paper = 'a4' | 'a4Landscape' | 'continuous241'

export interface PrintedColumn {
  title: string
  /** In points, as wide as its content (default), or what is left. */
  width?: number | 'auto' | '*'
  align?: 'left' | 'right' | 'center'
}

/** A business document on paper: whose, what, its facts, its lines, who signs. All texts are in the reader's language already. */
export interface PrintedDocument {
  paper: Paper
  issuer: string
  title: string
  number: string
  /** What a scanner reads. */
  qr?: string
  facts: readonly (readonly [label: string, value: string])[]
  columns: readonly PrintedColumn[]
  rows: readonly (readonly string[])[]
  totals?: readonly (readonly [label: string, value: string])[]
  notes?: readonly string[]
  /** Who signs by hand below. */
  signatures?: readonly string[]
  /** `第 {page} 页，共 {pages} 页` */
  pageWords: string
}

/** Sheets of eight, or rolls of one size. */
export type LabelSize = 'a4' | '100x150' | '100x50'

/** The square code of a label: QR is read by every telephone, Data Matrix takes half the room. */
export type LabelCode = 'qr' | 'matrix'

/** What is stuck on a box or a pallet; every text is as printed, cut where it is longer than its line. */
export interface PrintedLabel {
  head: readonly string[]
  big: string
  name: string
  quantity: string
  details: readonly string[]
  /** What the square code says. */
  qr: string
  /** 18 digits, printed as GS1-128. */
  sscc: string
}

export interface PrintedLabels {
  size: LabelSize
  code: LabelCode
  title: string
  labels: readonly PrintedLabel[]
}

export type Printed = { document: PrintedDocument } | { labels: PrintedLabels }

export interface Printer {
  /** The PDF. Errors: request.unavailable when too many wait. */
  print(document: PrintedDocument): Promise<Uint8Array>
  printLabels(labels: PrintedLabels): Promise<Uint8Array>
}

/** What a module needs to put a document on paper in the reader's words. */
export interface Printing {
  printer: Printer
  translate: Translate
}

interface Waiting {
  wanted: Printed
  resolve: (bytes: Uint8Array) => void
  reject: (error: Error) => void
}
type Answer = { id: number } & ({ bytes: Uint8Array } | { failed: string })

const MAX_WAITING = 50
/** 5,000 lines take some 5 s on one core. */
const PRINT_MS = 60_000
/** 500 labels take some 5 s; a shipment has 2,000 packing units at most. */
const LABELS_MS = 180_000

/** One thread that is started by the first print and prints one document at a time; it keeps no process alive. */
export function openPrinter({ maxWaiting = MAX_WAITING }: { maxWaiting?: number } = {}): Printer {
  const queue: Waiting[] = []
  let thread: Worker | undefined
  let busy = false
  let prints = 0

  const next = async (): Promise<void> => {
    const task = queue.shift()
    if (!task) return
    busy = true
    try {
      task.resolve(await printed(task.wanted))
    } catch (error) {
      // Whatever state it is in, the next document gets a new one.
      void thread?.terminate()
      thread = undefined
      task.reject(error as Error)
    } finally {
      busy = false
      void next()
    }
  }

  async function printed(wanted: Printed): Promise<Uint8Array> {
    thread ??= new Worker(new URL('./printer-thread.ts', import.meta.url), { env: {} })
    const worker = thread
    const id = ++prints
    const done = new AbortController()
    worker.ref()
    try {
      return await new Promise<Uint8Array>((resolve, reject) => {
        const heard = (answer: Answer) => {
          if (answer.id !== id) return
          if ('bytes' in answer) resolve(answer.bytes)
          else reject(new Error(`The document could not be printed: ${answer.failed}`))
        }
        worker.on('message', heard)
        worker.once('error', reject)
        const limitMs = 'labels' in wanted ? LABELS_MS : PRINT_MS
        const timer = setTimeout(() => reject(new Error(`A print took longer than ${limitMs} ms`)), limitMs)
        done.signal.addEventListener('abort', () => {
          clearTimeout(timer)
          worker.off('message', heard)
          worker.off('error', reject)
        })
        worker.postMessage({ id, wanted })
      })
    } finally {
      done.abort()
      worker.unref()
    }
  }

  const enqueue = (wanted: Printed) =>
    new Promise<Uint8Array>((resolve, reject) => {
      if (queue.length >= maxWaiting) return reject(requestErrors.unavailable())
      queue.push({ wanted, resolve, reject })
      if (!busy) void next()
    })
  return { print: (document) => enqueue({ document }), printLabels: (labels) => enqueue({ labels }) }
}
