import type { Log } from '#kernel/log.ts'
import { refusedSamples } from '../retention/retention-store.ts'
import type { TelemetrySystem } from '../tables.ts'

/**
 * Before which instant an organisation's samples are refused, because those of that time are deleted or about to be. Nothing is taken in
 * before it is known once; PostgreSQL away later, what was known goes on.
 */
export class Horizons {
  readonly #system: TelemetrySystem
  readonly #log: Log
  #known: ReadonlyMap<number, number> | undefined
  #loading: Promise<void> | undefined

  constructor({ system, log }: { system: TelemetrySystem; log: Log }) {
    this.#system = system
    this.#log = log
  }

  get isKnown(): boolean {
    return this.#known !== undefined
  }

  of(orgNo: number): number {
    return this.#known?.get(orgNo) ?? Number.NEGATIVE_INFINITY
  }

  /** Errors: PostgreSQL's, where nothing is known yet. */
  async known(): Promise<void> {
    if (this.isKnown) return
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined
    })
    await this.#loading
  }

  async refresh(): Promise<void> {
    await this.#load().catch((error: Error) => this.#log.debug({ error: error.message }, 'retention horizons were not read'))
  }

  async #load(): Promise<void> {
    this.#known = await this.#system.inSystem(refusedSamples)
  }
}
