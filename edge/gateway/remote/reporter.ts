import { gatewaysApi, type WireStatus, wireLimits } from '#modules/shopfloor/gateways/contract.ts'
import type { Clock } from '../../clock.ts'
import type { EventLog } from '../event-log.ts'
import type { WireClient } from '../wire-client.ts'
import type { PlatformTime } from './platform-time.ts'

export interface ReporterParts {
  wire: WireClient
  log: EventLog
  clock: Clock
  time: PlatformTime
  statusNow(clockSkewMs: number | null): Promise<WireStatus>
  /** Each report is also values of the gateway's own device. */
  said(status: WireStatus): void
}

const SOON_MS = 200
const SKEW_TOLD_MS = 5_000

/** Tells the platform how things are: every ten seconds, and soon after a change; the log with it. */
export class Reporter {
  readonly #parts: ReporterParts
  readonly #stopping = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #skewMs: number | null = null
  #skewTold = false
  #reporting: Promise<void> | undefined
  #nextMs = 0
  #changed = false

  constructor(parts: ReporterParts) {
    this.#parts = parts
    this.#later(SOON_MS)
  }

  /** Something changed: not for the next report to wait. */
  soon(): void {
    this.#later(SOON_MS)
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer)
    this.#stopping.abort()
    await this.#reporting
  }

  #later(ms: number): void {
    const atMs = performance.now() + ms
    if (this.#stopping.signal.aborted || (this.#timer && this.#nextMs <= atMs)) return
    clearTimeout(this.#timer)
    this.#nextMs = atMs
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      if (this.#reporting) {
        this.#changed = true
        return
      }
      this.#changed = false
      this.#reporting = this.#report().finally(() => {
        this.#reporting = undefined
        this.#later(this.#changed ? SOON_MS : wireLimits.statusEveryMs)
      })
    }, ms)
  }

  async #report(): Promise<void> {
    const { wire, clock, time, statusNow, said } = this.#parts
    const { signal } = this.#stopping
    try {
      const body = await statusNow(this.#skewMs)
      said(body)
      const asked = time.asked()
      const { nowMs } = await wire.call(gatewaysApi.wireStatus, { body, signal })
      time.answered(asked, nowMs)
      // The answer was written somewhere between sending and receiving.
      this.#measured((asked.wallMs + clock.nowMs()) / 2 - nowMs)
      await this.#sendLog(signal)
    } catch {
      // The remote control tells when the platform is away.
    }
  }

  async #sendLog(signal: AbortSignal): Promise<void> {
    const { wire, log } = this.#parts
    for (let entries = log.take(wireLimits.logEntries); entries.length > 0; entries = log.take(wireLimits.logEntries)) {
      try {
        await wire.call(gatewaysApi.wireLog, { body: entries, signal })
      } catch (error) {
        log.giveBack(entries)
        throw error
      }
    }
  }

  #measured(skewMs: number): void {
    this.#skewMs = Math.round(skewMs)
    const isFar = Math.abs(skewMs) >= SKEW_TOLD_MS
    if (isFar && !this.#skewTold) this.#parts.log.add('warning', 'gateways.clockSkewed', { seconds: Math.round(skewMs / 1_000) })
    this.#skewTold = isFar
  }
}
