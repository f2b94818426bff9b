import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { CommandAnswer, WireConfig, WireLink, WireStatus, WriteCommand } from '#modules/shopfloor/gateways/contract.ts'
import type { Clock } from '../clock.ts'
import { protocols } from '../drivers/protocols.ts'
import type { Config } from './config.ts'
import { drivers } from './drivers.ts'
import type { EventLog } from './event-log.ts'
import { declaredNetworks } from './link/declared-host.ts'
import { type HeardPoints, keepHeard, readHeard, resumeHeard } from './link/heard.ts'
import { Link } from './link/link.ts'
import { type LastScans, type LinkPlan, planLink, rememberScans, resumeScans } from './link/link-plan.ts'
import { faultRoom } from './link/link-status.ts'
import type { Sink } from './link/report.ts'
import { Standstill } from './link/standstill.ts'
import type { ShownStatus } from './local-page/page-html.ts'
import { mustNotFail } from './must-not-fail.ts'
import { DiskQueue } from './queue/disk-queue.ts'
import { answerInTime } from './remote/answer-in-time.ts'
import { browse } from './remote/browse.ts'
import { keepConfig, readKeptConfig } from './remote/kept-config.ts'
import { PlatformTime } from './remote/platform-time.ts'
import { type Question, RemoteControl } from './remote/remote-control.ts'
import { Reporter } from './remote/reporter.ts'
import { tellResults } from './remote/tell-results.ts'
import { testRead } from './remote/test-read.ts'
import { trace } from './remote/trace.ts'
import { WriteJournal } from './remote/write-journal.ts'
import { writeValue } from './remote/write-value.ts'
import { phaseOf } from './rules/scan-rules.ts'
import { BatchBuilder } from './uplink/batch-builder.ts'
import { openMqtt } from './uplink/mqtt-transport.ts'
import { Uplink } from './uplink/uplink.ts'
import { WireClient } from './wire-client.ts'

export const VERSION = '0.1.0'
/** Of the golden ratio: any number of links begin their scans well apart. */
const TURN = 0.618034
/** A kill costs what was read in it a second asking of the device. */
const KEEP_HEARD_MS = 10_000

/** A link that cannot run as it is configured: it is shown with its reason. */
interface Idle {
  state: 'disabled' | 'failed'
  reason: string | null
  sinceMs: number
}

/** Everything that runs in the process: links, queue, uplink, and what the platform asks of it. */
export class Gateway {
  readonly #config: Config
  readonly #clock: Clock
  readonly #log: EventLog
  readonly #queue: DiskQueue
  readonly #uplink: Uplink
  readonly #wire: WireClient
  readonly #batches: BatchBuilder
  readonly #late: BatchBuilder
  readonly #sink: Sink
  readonly #links = new Map<string, Link>()
  readonly #plans = new Map<string, LinkPlan>()
  readonly #idle = new Map<string, Idle>()
  /** Each link's configuration as it runs. */
  readonly #running = new Map<string, string>()
  readonly #remote: RemoteControl
  readonly #reporter: Reporter
  readonly #time: PlatformTime
  readonly #journal: WriteJournal
  readonly #results: { stop(): Promise<void> }
  readonly #startedAtMs: number
  #wanted: WireConfig | undefined
  /** What it does not name any more has been let go of. */
  #appliedRevision = -1
  readonly #standstill: Standstill
  #samples = 0
  #measured = { cpu: process.cpuUsage(), atMs: performance.now(), samples: 0 }
  readonly #turns = new Map<string, number>()
  readonly #lastScans: LastScans = new Map()
  readonly #heard: HeardPoints
  readonly #keeping: NodeJS.Timeout

  private constructor(config: Config, clock: Clock, log: EventLog, { queue, journal }: { queue: DiskQueue; journal: WriteJournal }) {
    this.#config = config
    this.#clock = clock
    this.#log = log
    this.#queue = queue
    this.#journal = journal
    this.#time = new PlatformTime(clock)
    this.#standstill = new Standstill(() => clock.nowMs())
    this.#startedAtMs = clock.nowMs()
    const { server, mqtt, user, secret, ca } = config
    this.#wire = new WireClient({ url: server, user, secret, ca })
    const httpsAfterMs = config.httpsAfterSeconds * 1_000
    this.#uplink = new Uplink({
      queue,
      clock,
      log,
      openMqtt: () => openMqtt({ url: mqtt, user, secret, ca }),
      openHttps: () => this.#wire.openBatches(),
      httpsAfterMs: httpsAfterMs === 0 ? Number.POSITIVE_INFINITY : httpsAfterMs,
    })
    this.#batches = new BatchBuilder((batch) => void mustNotFail(this.#uplink.take(batch)))
    this.#late = new BatchBuilder((batch) => void mustNotFail(this.#uplink.take(batch, true)))
    this.#sink = {
      batches: this.#batches,
      history: this.#late,
      heartbeatMs: config.heartbeatSeconds * 1_000,
      rowsMissed: (device, missed) => log.add('warning', 'gateways.sequenceGap', { device, missed }, { device }),
      read: (samples) => {
        this.#samples += samples
      },
    }
    this.#reporter = new Reporter({
      wire: this.#wire,
      log,
      clock,
      time: this.#time,
      statusNow: (clockSkewMs) => this.#describe(clockSkewMs),
      said: (status) => this.#ownValues(status),
    })
    this.#heard = readHeard(config.dataDir)
    this.#keeping = setInterval(() => void this.#keepHeard(), KEEP_HEARD_MS).unref()
    const kept = readKeptConfig(config.dataDir)
    if (kept) void mustNotFail(this.#apply(kept))
    this.#remote = new RemoteControl({
      wire: this.#wire,
      log,
      revision: () => this.#wanted?.revision ?? -1,
      apply: async (fresh) => {
        await keepConfig(config.dataDir, fresh).catch((error: Error) =>
          log.add('warning', 'gateways.configurationNotKept', { error: error.message }),
        )
        await this.#apply(fresh)
        log.add('info', 'gateways.configurationApplied', { revision: fresh.revision })
      },
      execute: (command, signal) => this.#execute(command, signal),
      write: (command, signal) => this.#write(command, signal),
    })
    this.#results = tellResults(this.#wire, journal)
  }

  static async start(config: Config, clock: Clock, log: EventLog): Promise<Gateway> {
    mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
    const queue = await DiskQueue.open({
      dir: join(config.dataDir, 'queue'),
      limitBytes: config.queueBytes,
      memoryBytes: config.memoryBytes,
      log: (code, details) => log.add('warning', code, details),
    })
    return new Gateway(config, clock, log, { queue, journal: WriteJournal.open(config.dataDir, clock) })
  }

  async stop(): Promise<void> {
    await this.#remote.stop()
    await Promise.all([...this.#links.values()].map((link) => link.stop()))
    clearInterval(this.#keeping)
    this.#standstill.stop()
    await this.#keepHeard()
    this.#batches.flush()
    this.#late.flush()
    await this.#reporter.stop()
    await this.#results.stop()
    await this.#uplink.close()
    await this.#queue.close()
    this.#wire.close()
  }

  /** Links that did not change go on as they are. */
  async #apply(config: WireConfig): Promise<void> {
    this.#wanted = config
    this.#uplink.limitBackfill(config.limits.backfillSamplesPerSecond)
    const wanted = new Map(config.links.map((link) => [link.id as string, JSON.stringify([link, config.networks])]))
    const ending = [...this.#running].filter(([id, text]) => wanted.get(id) !== text)
    await Promise.all(
      ending.map(async ([id]) => {
        this.#running.delete(id)
        this.#idle.delete(id)
        const link = this.#links.get(id)
        this.#links.delete(id)
        await link?.stop()
        const plan = this.#plans.get(id)
        if (plan) rememberScans(this.#lastScans, plan)
        this.#plans.delete(id)
      }),
    )
    this.#appliedRevision = config.revision
    for (const link of config.links) {
      if (this.#running.has(link.id)) continue
      this.#running.set(link.id, wanted.get(link.id) ?? '')
      this.#begin(link, config.networks)
    }
    this.#reporter.soon()
  }

  #begin(link: WireLink, networks: readonly string[]): void {
    const nowMs = this.#clock.nowMs()
    const rests = (state: Idle['state'], reason: string | null) => this.#idle.set(link.id, { state, reason, sinceMs: nowMs })
    if (!link.enabled) return void rests('disabled', null)
    const [protocol, makeDriver] = [protocols[link.protocol], drivers[link.protocol]]
    if (!protocol || !makeDriver) return void rests('failed', 'gateways.unknownProtocol')
    const turn = this.#turns.get(link.id) ?? (this.#turns.size * TURN) % 1
    this.#turns.set(link.id, turn)
    const planned = planLink(link, protocol, (periodMs) => phaseOf(turn, periodMs), nowMs)
    if (planned.kind === 'wrong') return void rests('failed', planned.reason)
    resumeScans(this.#lastScans, planned.plan)
    if (protocol.can.history) resumeHeard(this.#heard, planned.plan)
    this.#plans.set(link.id, planned.plan)
    const folder = join(this.#config.dataDir, link.protocol)
    const parts = { link, plan: planned.plan, makeDriver, folder, networks: declaredNetworks(networks) }
    const shared = {
      clock: this.#clock,
      log: this.#log,
      sink: this.#sink,
      standstill: this.#standstill,
      changed: () => this.#reporter.soon(),
    }
    this.#links.set(link.id, new Link({ ...parts, ...shared }))
  }

  async #keepHeard(): Promise<void> {
    if (this.#heard.size === 0) return
    await keepHeard(this.#config.dataDir, this.#heard).catch((error: Error) =>
      this.#log.add('warning', 'gateways.heardNotKept', { error: error.message }),
    )
  }

  /** What it has in its journal was sent, or may have been: it is not sent again. */
  async #write(command: WriteCommand, stopping: AbortSignal): Promise<void> {
    if (this.#journal.has(command.id)) return
    const parts = { links: this.#links, journal: this.#journal, time: this.#time, clock: this.#clock }
    const result = await writeValue(command, parts, stopping)
    await this.#journal.ended(command.id, result)
    const code = { done: 'gateways.written', refused: 'gateways.writeRefused', unknown: 'gateways.writeUnknown' }[result.outcome]
    const about = { link: command.linkId, device: command.device }
    const details = { device: command.device, point: command.point.name, value: command.value }
    this.#log.add(result.outcome === 'done' ? 'info' : 'warning', code, details, about)
  }

  #execute(command: Question, stopping: AbortSignal): Promise<CommandAnswer> {
    const [links, clock, { dataDir }] = [this.#links, this.#clock, this.#config]
    const networks = declaredNetworks(this.#wanted?.networks ?? [])
    return answerInTime(command.expiresAtMs, clock, stopping, async (signal) => {
      if (command.kind === 'testRead') return testRead(command, { links, networks, clock, dataDir }, signal)
      if (command.kind === 'browse') return browse(command, links, signal)
      if (command.kind === 'trace') return trace(command, links)
      return { failed: 'gateways.unknownCommand' }
    })
  }

  /** For whoever stands at the computer: no secret in it. */
  async shown(): Promise<ShownStatus> {
    const names = (this.#wanted?.links ?? []).map(({ id, name, protocol }) => [id, { name, protocol }] as const)
    return { status: await this.#describe(null, false), names: new Map(names), troubles: this.#log.troubles() }
  }

  async #describe(clockSkewMs: number | null, measures = true): Promise<WireStatus> {
    const { cpu, atMs } = this.#measured
    const [used, nowMs] = [process.cpuUsage(cpu), performance.now()]
    const cpuPercent = Math.round(((used.user + used.system) / 10 / Math.max(1, nowMs - atMs)) * 10) / 10
    if (measures)
      this.#measured = {
        cpu: process.cpuUsage(),
        atMs: nowMs,
        samples: Math.round((this.#samples / Math.max(1, nowMs - atMs)) * 10_000) / 10,
      }
    if (measures) this.#samples = 0
    const room = faultRoom()
    return {
      revision: this.#appliedRevision,
      version: VERSION,
      startedAtMs: this.#startedAtMs,
      atMs: this.#clock.nowMs(),
      clockSkewMs,
      heartbeatMs: this.#config.heartbeatSeconds * 1_000,
      queue: { ...this.#queue.figures(), oldestMs: await this.#queue.oldestMs() },
      uplink: { connectedSinceMs: this.#uplink.connectedSinceMs },
      links: (this.#wanted?.links ?? []).map((link) => this.#links.get(link.id)?.status(room) ?? this.#idleStatus(link)),
      memoryMb: Math.round(process.memoryUsage.rss() / 2 ** 20),
      cpuPercent,
    }
  }

  #idleStatus({ id }: WireLink): WireStatus['links'][number] {
    const idle = this.#idle.get(id) ?? { state: 'failed', reason: null, sinceMs: this.#startedAtMs }
    return { id, ...idle, cycle: null, units: [] }
  }

  /** The gateway is a device: what it says of itself is history too. */
  #ownValues({ atMs, queue, links, clockSkewMs, memoryMb, cpuPercent }: WireStatus): void {
    const values: Record<string, number | null> = {
      queue_batches: queue.batches,
      queue_bytes: queue.bytes,
      queue_age_s: queue.oldestMs === null ? 0 : Math.max(0, Math.round((atMs - queue.oldestMs) / 1_000)),
      dropped_samples: queue.droppedSamples,
      samples_per_s: this.#measured.samples,
      links_connected: links.filter(({ state }) => state === 'connected').length,
      links_failed: links.filter(({ state }) => state === 'failed').length,
      clock_skew_ms: clockSkewMs,
      memory_mb: memoryMb,
      cpu_percent: cpuPercent,
    }
    const known = Object.entries(values).filter(([, value]) => value !== null)
    const text = known.map(([name, value]) => `"${name}":${value}`).join(',')
    const [, code = ''] = this.#config.user.split('/')
    this.#batches.add(code, atMs, { values: text, codes: '', samples: known.length }, undefined)
  }
}
