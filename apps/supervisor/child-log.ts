import { mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'

export interface ChildLog {
  file: string
  line(text: string): void
  /** The last lines, for the message about a death. */
  tail(): string[]
}

const rotateAtBytes = 10 * 1024 * 1024
const tailLines = 6
const errorsPerMinute = 5

/** One file per child; a large one is put aside at the start, so two are kept. Errors are passed on, a few a minute. */
export function openChildLog(dir: string, name: string, onError: (text: string) => void): ChildLog {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const file = join(dir, `${name}.log`)
  rotate(file)
  const descriptor = openSync(file, 'a', 0o600)
  const last: string[] = []
  let minute = 0
  let shown = 0
  return {
    file,
    tail: () => [...last],
    line: (text) => {
      append(descriptor, `${text}\n`)
      last.push(text.slice(0, 500))
      if (last.length > tailLines) last.shift()
      const error = errorIn(text)
      if (error === undefined) return
      const now = Math.floor(performance.now() / 60_000)
      if (now !== minute) shown = 0
      minute = now
      if (++shown <= errorsPerMinute) onError(error)
    },
  }
}

/** At once, so that the last words before an end are there. A full disk must not end the supervisor: the line is lost, no more. */
function append(descriptor: number, text: string): void {
  try {
    writeSync(descriptor, text)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
}

export function rotate(file: string): void {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > rotateAtBytes) renameSync(file, `${file}.1`)
}

/** Our programs log JSON with pino's levels: 50 is an error, 60 the last words. */
function errorIn(text: string): string | undefined {
  if (!text.startsWith('{')) return undefined
  try {
    const { level, msg, err, error } = JSON.parse(text) as { level?: number; msg?: string; err?: { message?: string }; error?: unknown }
    if (level === undefined || level < 50) return undefined
    return [msg, err?.message ?? (typeof error === 'string' ? error : undefined)].filter(Boolean).join(': ').slice(0, 300)
  } catch {
    return undefined
  }
}
