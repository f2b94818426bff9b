import type { Clock } from '#kernel/clock.ts'
import type { Log } from '#kernel/log.ts'
import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'

/** An organisation that sends in spurts, or more after an outage, is not held up for it. */
const BURST_S = 60

interface Bucket {
  perS: number
  /** Values that may come at once; below nought: a debt. */
  left: number
  atMs: number
  /** First come, first served. */
  waiting: (() => void)[]
  timer: NodeJS.Timeout | undefined
}

/**
 * How many values a second an organisation may send, in this process. Beyond it its messages wait, and with them the connections that they
 * come by: nothing is lost that its devices and gateways keep, and nobody else is slowed. Whoever has no quota never waits.
 */
export class Quotas {
  readonly #organisations: Pick<OrganisationsPublic, 'valueQuotas'>
  readonly #clock: Clock
  readonly #log: Log
  readonly #buckets = new Map<number, Bucket>()

  constructor({ organisations, clock, log }: { organisations: Pick<OrganisationsPublic, 'valueQuotas'>; clock: Clock; log: Log }) {
    this.#organisations = organisations
    this.#clock = clock
    this.#log = log
  }

  /** Whether a message of the organisation may be read at once. */
  mayCome(orgNo: number): boolean {
    const bucket = this.#buckets.get(orgNo)
    return bucket === undefined || (bucket.waiting.length === 0 && this.#fill(bucket) > 0)
  }

  /** Resolves when it is the next message's turn. */
  async turn(orgNo: number): Promise<void> {
    if (this.mayCome(orgNo)) return
    const bucket = this.#buckets.get(orgNo)!
    await new Promise<void>((resolve) => {
      bucket.waiting.push(resolve)
      this.#serve(bucket)
    })
  }

  /** What a message came to, refused pieces too: they were work. */
  count(orgNo: number, values: number): void {
    const bucket = this.#buckets.get(orgNo)
    if (bucket) bucket.left = this.#fill(bucket) - values
  }

  async refresh(): Promise<void> {
    try {
      this.#take(await this.#organisations.valueQuotas())
    } catch (error) {
      this.#log.debug({ error: (error as Error).message }, 'quotas were not read')
    }
  }

  /** Nobody waits any more. */
  close(): void {
    this.#take(new Map())
  }

  #take(quotas: ReadonlyMap<number, number>): void {
    for (const [orgNo, bucket] of this.#buckets) {
      if (quotas.has(orgNo)) continue
      this.#buckets.delete(orgNo)
      clearTimeout(bucket.timer)
      for (const go of bucket.waiting.splice(0)) go()
    }
    for (const [orgNo, perS] of quotas) {
      const known = this.#buckets.get(orgNo)
      if (known) {
        this.#fill(known)
        known.perS = perS
        known.left = Math.min(known.left, perS * BURST_S)
        clearTimeout(known.timer)
        known.timer = undefined
        this.#serve(known)
      } else this.#buckets.set(orgNo, { perS, left: perS * BURST_S, atMs: this.#clock.nowMs(), waiting: [], timer: undefined })
    }
  }

  #fill(bucket: Bucket): number {
    const nowMs = this.#clock.nowMs()
    // A clock that was set back fills nothing and takes nothing.
    const passedS = Math.max(0, nowMs - bucket.atMs) / 1_000
    bucket.left = Math.min(bucket.perS * BURST_S, bucket.left + passedS * bucket.perS)
    bucket.atMs = nowMs
    return bucket.left
  }

  /** One goes as soon as the debt is paid; what it comes to decides when the next one goes. */
  #serve(bucket: Bucket): void {
    if (bucket.timer || bucket.waiting.length === 0) return
    const debt = 1 - this.#fill(bucket)
    bucket.timer = setTimeout(
      () => {
        bucket.timer = undefined
        if (this.#fill(bucket) > 0) bucket.waiting.shift()?.()
        // After whoever went has counted.
        setImmediate(() => this.#serve(bucket))
      },
      Math.min(60_000, Math.max(1, (debt / bucket.perS) * 1_000)),
    )
  }
}
