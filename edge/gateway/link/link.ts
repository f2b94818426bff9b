import type { BlockList } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type LinkStatus, type WireLink, wireLimits } from '#modules/shopfloor/gateways/contract.ts'
import type { Clock } from '../../clock.ts'
import { type Browsed, type Driver, LinkLost, type ReadRequest, type Sample } from '../../drivers/driver.ts'
import type { MakeDriver, Protocol } from '../../drivers/protocol.ts'
import { LastTimes } from '../../wire/last-times.ts'
import type { WireFrame } from '../../wire/traffic.ts'
import type { EventLog } from '../event-log.ts'
import { mustNotFail } from '../must-not-fail.ts'
import { backOffMs } from '../rules/back-off.ts'
import { afterRead, answered, permit, probing } from '../rules/breaker-rules.ts'
import { dueScan, gridIndex, untilNextScan } from '../rules/scan-rules.ts'
import { judgedAddress } from './declared-host.ts'
import { fillGaps, hasGaps } from './fill-gaps.ts'
import type { LinkPlan, ScanGroup, UnitPlan } from './link-plan.ts'
import { LinkQueue } from './link-queue.ts'
import { type FaultRoom, faultRoom, linkStatus } from './link-status.ts'
import { reportSamples, reportScan, reportSilence, type Sink } from './report.ts'
import type { Standstill } from './standstill.ts'

export interface LinkParts {
  link: WireLink
  plan: LinkPlan
  makeDriver: MakeDriver<Protocol>
  /** The protocol's own, for keys and certificates. */
  folder: string
  networks: BlockList
  clock: Clock
  log: EventLog
  sink: Sink
  standstill: Standstill
  /** The state of the link or of one of its units changed. */
  changed(): void
  random?: () => number
}

const BACK_OFF = { firstMs: 1_000, longestMs: 60_000 }
const CONNECT_MS = 65_000
/** A driver has time-outs of its own; this one is for what it forgot. */
const JOB_MS = 120_000
const LONGEST_TICK_MS = 1_000
const LOSS_TOLD_MS = 60_000

/** One physical link: one connection, one queue, one job at a time. A unit or the link being away is said in its points' quality. */
export class Link {
  readonly #parts: LinkParts
  readonly #queue = new LinkQueue()
  readonly #groups: ScanGroup[]
  readonly #stopping = new AbortController()
  readonly #cycles = new LastTimes()
  readonly #random: () => number
  #overruns = 0
  #state: LinkStatus['state'] = 'connecting'
  #reason: string | null = null
  #details: Record<string, string> = {}
  #sinceMs: number
  #failures = 0
  #driver: Driver | undefined
  #address: string | undefined
  #job: AbortController | undefined
  #timer: NodeJS.Timeout | undefined
  #subscribed = new AbortController()
  #connection = new AbortController()
  #filling = false
  #lossToldMs = Number.NEGATIVE_INFINITY
  readonly #running: Promise<void>

  constructor(parts: LinkParts) {
    this.#parts = parts
    this.#random = parts.random ?? Math.random
    this.#groups = parts.plan.units.flatMap(({ groups }) => groups)
    this.#sinceMs = parts.clock.nowMs()
    this.#tick()
    this.#running = mustNotFail(this.#run())
  }

  status(room: FaultRoom = faultRoom(wireLimits.faultsOfUnit)): LinkStatus {
    const { link, plan } = this.#parts
    const targetMs = Math.min(...this.#groups.map(({ periodMs }) => periodMs))
    const quantiles = this.#cycles.quantiles()
    const cycle = quantiles && { targetMs, ...quantiles, overruns: this.#overruns }
    const details = Object.keys(this.#details).length > 0 ? { details: this.#details } : {}
    const said = { state: this.#state, reason: this.#reason, ...details, sinceMs: this.#sinceMs, cycle }
    return linkStatus(link, said, this.#driver?.traffic, plan.units, room)
  }

  /** The last frames of the wire, the oldest first; none where the protocol's library keeps them to itself. */
  frames(): readonly WireFrame[] {
    return this.#driver?.traffic?.frames() ?? []
  }

  /** One read out of turn. Errors: LinkLost where the link is not connected. */
  readOnce(request: ReadRequest, signal: AbortSignal): Promise<Sample[]> {
    return this.#inTurn('testRead', () => this.#read(request, signal), signal)
  }

  /** Children of a node of the device's directory. Errors: LinkLost where the link is not connected. */
  browse(at: string | null, cursor: string | undefined, signal: AbortSignal): Promise<Browsed> {
    return this.#inTurn('browse', async () => (await this.#driver?.browse?.(at, cursor, signal)) ?? { nodes: [] }, signal)
  }

  /** In its turn, ahead of all reading; what has begun is awaited, also while the link stops. Errors: LinkLost, those of `work`. */
  write<T>(work: (driver: Driver) => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.#inTurn('write', this.#withDriver(work), signal)
  }

  #withDriver<T>(work: (driver: Driver) => Promise<T>): () => Promise<T> {
    return async () => {
      if (!this.#driver) throw new LinkLost('gateways.linkFailed')
      return work(this.#driver)
    }
  }

  /** What the device kept while nobody listened, behind all reading; what a lost link leaves of it is asked for over the next one. */
  async #fill(): Promise<void> {
    const { plan, sink, log, link } = this.#parts
    const { signal } = this.#connection
    if (this.#filling || this.#state !== 'connected' || !this.#driver?.history || !hasGaps(plan)) return
    this.#filling = true
    const inTurn = <T>(work: (driver: Driver) => Promise<T>) => this.#inTurn('history', this.#withDriver(work), signal)
    try {
      await fillGaps({ plan, sink, log, link, inTurn, signal })
    } catch (error) {
      // Told where the link is lost.
      if (!(error instanceof LinkLost) && !signal.aborted) throw error
    } finally {
      this.#filling = false
    }
  }

  #inTurn<T>(kind: 'write' | 'testRead' | 'browse' | 'history', ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (this.#state !== 'connected') return Promise.reject(new LinkLost(this.#reason ?? 'gateways.linkFailed', undefined, this.#details))
    return new Promise((resolve, reject) => {
      this.#queue.push({
        kind,
        queuedMs: performance.now(),
        run: async () => {
          if (signal.aborted) return reject(new LinkLost('gateways.timedOut'))
          try {
            resolve(await ask())
          } catch (error) {
            reject(error)
            // Nobody waits for it any more; the connection is as good as before.
            if (!signal.aborted) throw error
          }
        },
        drop: () => reject(new LinkLost(this.#reason ?? 'gateways.linkFailed')),
      })
    })
  }

  /** Ends it; the same plan's successor goes on after the grid points that were read. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#job?.abort(new LinkLost('gateways.linkFailed'))
    this.#connection.abort()
    clearTimeout(this.#timer)
    this.#queue.dropAll()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      this.#connection = new AbortController()
      try {
        await this.#connect()
        await this.#subscribe()
        this.#become('connected', null)
        for (let job = await this.#queue.take(signal); job; job = await this.#queue.take(signal)) await job.run()
      } catch (error) {
        if (signal.aborted) break
        this.#lost(error)
      }
      this.#subscribed.abort()
      this.#connection.abort()
      await this.#driver?.close().catch(() => undefined)
      if (!signal.aborted) await sleep(backOffMs(BACK_OFF, ++this.#failures, this.#random), undefined, { signal }).catch(() => undefined)
    }
    this.#subscribed.abort()
    await this.#driver?.close().catch(() => undefined)
  }

  async #connect(): Promise<void> {
    const { plan, networks, makeDriver, clock, folder } = this.#parts
    const { host } = plan.connection
    const address = typeof host === 'string' ? await judgedAddress(host, networks) : undefined
    // The same driver for ever: what it learned of its units outlives connections. A name that leads elsewhere now makes a new one.
    if (!this.#driver || this.#address !== address)
      this.#driver = makeDriver({ ...plan.connection, ...(address ? { host: address } : {}) }, clock, folder)
    this.#address = address
    const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(CONNECT_MS)])
    await this.#driver.connect(signal)
  }

  /** Groups whose points the device sends by itself, where it can; a data logger's rows are read. */
  async #subscribe(): Promise<void> {
    const driver = this.#driver
    if (!driver?.subscribe) return
    this.#subscribed = new AbortController()
    const lost = (error: LinkLost) =>
      this.#queue.push({ kind: 'write', queuedMs: performance.now(), run: () => Promise.reject(error), drop: () => undefined })
    for (const group of this.#groups) {
      if (group.row) continue
      const take = (samples: Sample[]) => this.#take(group, samples)
      const asked = { ...group.request, periodMs: group.periodMs }
      const left = new Set(await driver.subscribe(asked, { take, lost }, this.#subscribed.signal))
      const { unit, points } = group.request
      group.reads = left.size === points.length ? undefined : { unit, points: points.filter(({ id }) => left.has(id)) }
      group.confirmedMs = performance.now()
    }
  }

  #take(group: ScanGroup, samples: readonly Sample[]): void {
    const { log, link, sink } = this.#parts
    // The device behind the server is back.
    if (group.unit.breaker.state !== 'ok' && answered(samples.map(({ quality }) => quality))) this.#judge(group.unit, samples)
    const loss = samples.find(({ quality, reason }) => quality === 'good' && reason !== undefined)?.reason
    if (loss && performance.now() - this.#lossToldMs > LOSS_TOLD_MS) {
      this.#lossToldMs = performance.now()
      log.add('warning', loss, { device: group.unit.code }, { link: link.id, device: group.unit.code })
    }
    reportSamples(group, samples, sink)
  }

  #lost(error: unknown): void {
    const { log, link } = this.#parts
    const reason = error instanceof LinkLost ? error.reason : 'gateways.linkFailed'
    if (!(error instanceof LinkLost)) log.add('error', 'gateways.linkFailed', { error: String(error) }, { link: link.id })
    const isNew = this.#state !== 'failed' || this.#reason !== reason
    this.#become('failed', reason, error instanceof LinkLost ? error.details : {})
    for (const group of this.#groups) {
      group.reads = undefined
      for (const { heard } of group.points) heard.away = true
    }
    if (isNew) log.add('warning', reason, { link: link.name, ...this.#details }, { link: link.id })
    this.#queue.dropAll()
    for (const unit of this.#parts.plan.units) {
      if (unit.breaker.state === 'halfOpen') unit.breaker = { state: 'ok' }
    }
    this.#tick()
  }

  #become(state: LinkStatus['state'], reason: string | null, details: Readonly<Record<string, string>> = {}): void {
    const { clock, log, link, changed } = this.#parts
    if (this.#state === state && this.#reason === reason && JSON.stringify(details) === JSON.stringify(this.#details)) return
    if (state === 'connected') log.add('info', 'gateways.linkConnected', { link: link.name }, { link: link.id })
    this.#state = state
    this.#reason = reason
    this.#details = { ...details }
    this.#sinceMs = clock.nowMs()
    changed()
  }

  /** Puts what is due in the queue; says of what cannot be read that it cannot. */
  #tick(): void {
    clearTimeout(this.#timer)
    if (this.#stopping.signal.aborted) return
    const nowMs = this.#parts.clock.nowMs()
    let waitMs = LONGEST_TICK_MS
    for (const group of this.#groups) {
      const { periodMs, phaseMs } = group
      if (!group.busy && gridIndex(nowMs, periodMs, phaseMs) !== group.lastIndex) this.#due(group, nowMs)
      waitMs = Math.min(waitMs, untilNextScan(nowMs, periodMs, phaseMs))
    }
    for (const unit of this.#parts.plan.units) this.#reportWrong(unit, nowMs)
    void mustNotFail(this.#fill())
    this.#timer = setTimeout(() => this.#tick(), Math.max(1, waitMs))
  }

  #due(group: ScanGroup, nowMs: number): void {
    const { unit, periodMs } = group
    const allowed = this.#state === 'connected' ? permit(unit.breaker, performance.now()) : 'rest'
    if (allowed === 'read') {
      group.busy = true
      const free = () => {
        group.busy = false
      }
      this.#queue.push({ kind: 'scan', periodMs, queuedMs: performance.now(), run: () => this.#scan(group).finally(free), drop: free })
      return
    }
    if (allowed === 'probe') this.#queueProbe(unit, periodMs)
    // While the first connection is under way nothing is known yet.
    if (this.#state === 'connecting' && this.#failures === 0) return
    group.lastIndex = gridIndex(nowMs, periodMs, group.phaseMs)
    group.lastReadMs = undefined
    // What it subscribed to the device says itself.
    if (this.#state === 'connected' && group.reads) return
    const away = { quality: 'badNoCommunication', reason: this.#reason ?? 'gateways.linkFailed' } as const
    reportSilence(unit.code, group.points, this.#state === 'connected' ? unit.silence : away, group.lastIndex * periodMs, this.#parts.sink)
  }

  #reportWrong({ code, wrong }: UnitPlan, nowMs: number): void {
    for (const point of wrong) {
      const silence = { quality: 'badConfiguration', reason: point.reason ?? 'gateways.settingsWrong' } as const
      reportSilence(code, [point], silence, Math.floor(nowMs / 1_000) * 1_000, this.#parts.sink)
    }
  }

  #queueProbe(unit: UnitPlan, periodMs: number): void {
    const { breaker } = unit
    this.#setBreaker(unit, probing(breaker))
    const run = async () => {
      const samples = await this.#read(unit.probe)
      this.#judge(unit, samples)
    }
    const drop = () => this.#setBreaker(unit, breaker)
    this.#queue.push({ kind: 'scan', periodMs, queuedMs: performance.now(), run, drop })
  }

  async #scan(group: ScanGroup): Promise<void> {
    const { clock, sink } = this.#parts
    const { unit, periodMs, phaseMs } = group
    // Its unit fell silent while it waited: the next tick says so.
    if (permit(unit.breaker, performance.now()) !== 'read') return
    const startedMs = performance.now()
    const scan = dueScan(group.lastIndex, clock.nowMs(), startedMs - group.lastStartMs, periodMs, phaseMs)
    if (!scan) return
    if (group.lastIndex !== undefined) this.#overruns += scan.skipped
    group.lastIndex = scan.index
    group.lastStartMs = startedMs
    if (group.reads) return this.#scanSome(group, group.reads, scan.tsMs)
    const before = this.#driver?.traffic?.requests
    const samples = await this.#read(group.request)
    if (this.#parts.standstill.since(startedMs)) return
    const requests = before === undefined ? null : (this.#driver?.traffic?.requests ?? before) - before
    group.cost = { requests, ms: performance.now() - startedMs }
    this.#judge(unit, samples)
    if (group.periodMs === this.#fastest) {
      const endedMs = performance.now()
      if (group.lastReadMs !== undefined) this.#cycles.add(endedMs - group.lastReadMs)
      group.lastReadMs = endedMs
    }
    reportScan(group, samples, scan.tsMs, sink)
  }

  /** Of a subscribed group what the device does not send, and each heartbeat all of it: that nothing changed is known by reading. */
  async #scanSome(group: ScanGroup, reads: ReadRequest, gridMs: number): Promise<void> {
    const { sink } = this.#parts
    const confirms = performance.now() - group.confirmedMs >= sink.heartbeatMs
    if (confirms) group.confirmedMs = performance.now()
    if (!confirms && reads.points.length === 0) return
    const startedMs = performance.now()
    const samples = await this.#read(confirms ? group.request : reads)
    if (this.#parts.standstill.since(startedMs)) return
    if (confirms) this.#judge(group.unit, samples)
    reportSamples(group, samples, sink, gridMs)
  }

  get #fastest(): number {
    return this.#groups.reduce((least, { periodMs }) => Math.min(least, periodMs), Number.POSITIVE_INFINITY)
  }

  #judge(unit: UnitPlan, samples: readonly Sample[]): void {
    const didAnswer = answered(samples.map(({ quality }) => quality))
    const [first] = samples
    if (!didAnswer && first) {
      const { quality, reason = 'gateways.unitOpen', shown } = first
      unit.silence = { quality, reason, ...(shown && { shown }) }
    }
    if (didAnswer) this.#failures = 0
    this.#setBreaker(unit, afterRead(unit.breaker, didAnswer, performance.now(), this.#random))
  }

  #setBreaker(unit: UnitPlan, breaker: UnitPlan['breaker']): void {
    const { log, link, clock, changed } = this.#parts
    const before = unit.breaker.state
    unit.breaker = breaker
    if (before === breaker.state) return
    const about = { link: link.id, device: unit.code }
    const wasAway = before === 'open' || before === 'halfOpen'
    const isAway = breaker.state === 'open' || breaker.state === 'halfOpen'
    if (isAway && !wasAway) log.add('warning', unit.silence.reason, { device: unit.code }, about)
    if (!isAway && wasAway) log.add('info', 'gateways.unitAnswers', { device: unit.code }, about)
    // A probe that failed is no news.
    if (isAway !== wasAway || !isAway) unit.sinceMs = clock.nowMs()
    if (isAway !== wasAway) changed()
  }

  /** Errors: LinkLost; the signal's reason where the asker has gone. */
  async #read(request: ReadRequest, signal?: AbortSignal): Promise<Sample[]> {
    const driver = this.#driver
    if (!driver) throw new LinkLost('gateways.linkFailed')
    const job = new AbortController()
    this.#job = job
    const timer = setTimeout(() => job.abort(new LinkLost('gateways.timedOut')), JOB_MS)
    signal?.addEventListener('abort', () => job.abort(signal.reason), { once: true })
    try {
      return await driver.read(request, job.signal)
    } finally {
      clearTimeout(timer)
      this.#job = undefined
    }
  }
}
