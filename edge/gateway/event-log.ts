import type { WireLogEntry } from '#modules/shopfloor/gateways/contract.ts'
import type { Clock } from '../clock.ts'

type Level = WireLogEntry['level']
export type Details = WireLogEntry['details']

const KEPT = 2_000
const TEXT = 500
const TROUBLES_KEPT = 20
/** As pino's, which the supervisor reads. */
const levels = { info: 30, warning: 40, error: 50 } as const

/** What happened, as JSON lines on stderr and, as far as it waits, for the platform. */
export class EventLog {
  readonly #clock: Clock
  readonly #write: (line: string) => void
  #waiting: WireLogEntry[] = []
  #troubles: WireLogEntry[] = []

  constructor(clock: Clock, write: (line: string) => void = (line) => process.stderr.write(line)) {
    this.#clock = clock
    this.#write = write
  }

  add(
    level: Level,
    code: string,
    details: Details = {},
    about: { link?: WireLogEntry['link']; device?: WireLogEntry['device'] } = {},
  ): void {
    const short = Object.fromEntries(Object.entries(details).map(([k, v]) => [k, typeof v === 'string' ? v.slice(0, TEXT) : v]))
    const entry: WireLogEntry = { atMs: this.#clock.nowMs(), level, code, details: short, ...about }
    this.#write(`${JSON.stringify({ level: levels[level], time: entry.atMs, name: 'gateway', msg: code, ...about, ...short })}\n`)
    this.#waiting.push(entry)
    if (this.#waiting.length > KEPT) this.#waiting.shift()
    if (level !== 'info') this.#troubles = [entry, ...this.#troubles].slice(0, TROUBLES_KEPT)
  }

  /** The last warnings and errors, the newest first. */
  troubles(): readonly WireLogEntry[] {
    return this.#troubles
  }

  /** Takes up to `count` entries to be sent; `giveBack` puts them where they were. */
  take(count: number): WireLogEntry[] {
    return this.#waiting.splice(0, count)
  }

  giveBack(entries: readonly WireLogEntry[]): void {
    this.#waiting = [...entries, ...this.#waiting].slice(-KEPT)
  }
}
