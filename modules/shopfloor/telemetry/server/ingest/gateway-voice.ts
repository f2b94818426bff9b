import type { Voice } from '#modules/shopfloor/gateways/public.ts'
import type { KnownDevice } from './device-directory.ts'

/** Batch numbers remembered of a gateway, so that one that comes again is known; live and backfilled ones come in no common order. */
const NUMBERS_KEPT = 4_096

/** Which devices a gateway speaks for, and when, as the ingest knows it. */
export class GatewayVoice {
  /** Codes, its own among them. */
  codes: ReadonlySet<string> = new Set()
  loadedMs = 0
  #stampedBySource: ReadonlySet<string> = new Set()
  #turns: Voice['turns']
  /** Those of them that sent something already, as they were read last. */
  readonly devices = new Map<string, KnownDevice>()
  readonly #numbers = new Set<number>()

  constructor(voice: Voice, loadedMs: number) {
    this.know(voice, loadedMs)
  }

  know({ codes, stampedBySource, turns }: Voice, loadedMs: number): void {
    this.codes = new Set(codes)
    this.#stampedBySource = new Set(stampedBySource)
    this.#turns = turns
    this.loadedMs = loadedMs
  }

  /**
   * Whether a value with this stamp may come from this one of a pair. Each moment is one gateway's: two who read the same counter must not
   * interleave. Stamps of the machine's own clock do not say when they were read: whose turn it is tells them all; the other one's are taken
   * as far as they lie in its turns, and are the same values.
   */
  isItsTurn(code: string, atMs: number): boolean {
    const turns = this.#turns
    if (turns === undefined) return true
    if (this.#stampedBySource.has(code) && turns.at(-1)?.untilMs === Number.POSITIVE_INFINITY) return true
    return turns.some(({ fromMs, untilMs }) => atMs >= fromMs && atMs < untilMs)
  }

  isRepeated(batch: number): boolean {
    return this.#numbers.has(batch)
  }

  stored(batch: number): void {
    if (this.#numbers.size >= NUMBERS_KEPT) for (const oldest of this.#numbers.values().take(1)) this.#numbers.delete(oldest)
    this.#numbers.add(batch)
  }
}
