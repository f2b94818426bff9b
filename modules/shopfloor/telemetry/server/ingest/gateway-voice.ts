import type { KnownDevice } from './device-directory.ts'

/** Batch numbers remembered of a gateway, so that one that comes again is known; live and backfilled ones come in no common order. */
const NUMBERS_KEPT = 4_096

/** Which devices a gateway speaks for, as the ingest knows them. */
export class GatewayVoice {
  /** Codes, its own among them. */
  codes: ReadonlySet<string>
  loadedMs: number
  /** Those of them that sent something already, as they were read last. */
  readonly devices = new Map<string, KnownDevice>()
  readonly #numbers = new Set<number>()

  constructor(codes: ReadonlySet<string>, loadedMs: number) {
    this.codes = codes
    this.loadedMs = loadedMs
  }

  isRepeated(batch: number): boolean {
    return this.#numbers.has(batch)
  }

  stored(batch: number): void {
    if (this.#numbers.size >= NUMBERS_KEPT) for (const oldest of this.#numbers.values().take(1)) this.#numbers.delete(oldest)
    this.#numbers.add(batch)
  }
}
