import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Loop } from '#kernel/background.ts'
import type { OrgScope } from '#kernel/context.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { StoredMessage } from '#modules/shopfloor/telemetry/public.ts'
import type { OrgId } from '#values/ids.ts'
import type { AlarmRuleId } from '../../contract.ts'
import type { Rooms } from '../rooms.ts'
import { ChangeWriter } from './change-writer.ts'
import { Evaluator } from './evaluator.ts'
import { noteProgress, releaseLease, takeLease } from './progress-store.ts'
import { Sources } from './sources.ts'
import { WatchList } from './watch-list.ts'

const TICK_MS = 100
const NOTE_MS = 2_000
/** Read again before what is noted, for a value that was taken in and became durable late. What was evaluated already is known. */
const MARGIN_MS = 60_000
/** Of values in memory that wait to be evaluated; beyond it they are left to the store. */
const MAX_WAITING_ROWS = 1_000_000
/** While no process that takes values in is heard, the store is asked this often, and after a while it is listened anew. */
const DEAF_MS = 5_000
const LISTEN_AGAIN_MS = 60_000
const FIRST_WINDOW_MS = 60_000
const WINDOW_ROWS = { few: 50_000, many: 300_000 }
/** Whoever missed the news of a change hears of it after so long. */
const RELOAD_MS = 60_000

/**
 * Evaluates the rules of all organisations, in one process at a time, over what is durable: told by the ingest as it happens, read from the
 * store where something was not heard. See docs/decisions/0033-alarms-behind-the-store.md.
 */
export const evaluationLoop = (rooms: Rooms): Loop => ({
  name: 'alarms.evaluation',
  intervalMs: 1_000,
  run: async (signal) => {
    const holder = randomUUID()
    const lease = await rooms.system.inSystem((tx) => takeLease(tx, holder))
    if (!lease) return
    const ended = new AbortController()
    const stop = AbortSignal.any([signal, ended.signal])
    const evaluation = new Evaluation(rooms, holder, lease.receivedMs, stop)
    try {
      await evaluation.run()
    } finally {
      ended.abort()
      await rooms.system.inSystem((tx) => releaseLease(tx, holder)).catch(() => undefined)
    }
  },
})

type Rules = Awaited<ReturnType<WatchList['read']>>

class Evaluation {
  readonly #rooms: Rooms
  readonly #holder: string
  readonly #signal: AbortSignal
  readonly #list: WatchList
  readonly #writer: ChangeWriter
  readonly #sources: Sources
  /** Organisations whose rules or devices changed. */
  readonly #changed = new Set<OrgId>()
  readonly #evaluator: Evaluator
  /** Rules that could not be judged and were told of. */
  readonly #failed = new Set<AlarmRuleId>()
  #inbox: StoredMessage[] = []
  #inboxRows = 0
  #missed = true
  #wake: (() => void) | undefined
  #hearingSinceMs: number
  #notedMs = 0
  #loadedMs: number
  #reading: Promise<void> | undefined
  readonly #read: { scope: OrgScope; rules: Rules }[] = []
  #noting: Promise<void> | undefined
  #over = false
  #caughtUpMs = 0
  readonly #begunMs: number

  constructor(rooms: Rooms, holder: string, receivedMs: number | null, signal: AbortSignal) {
    this.#rooms = rooms
    this.#holder = holder
    this.#signal = signal
    this.#list = new WatchList(rooms)
    this.#writer = new ChangeWriter(rooms, signal)
    this.#evaluator = new Evaluator({
      listening: (series) => this.#list.listening(series),
      found: (watched, changes, late) => {
        const { alarmId } = watched
        this.#writer.add(
          watched.scope,
          changes.map((change) => ({ alarmId, change, late })),
        )
      },
      failed: ({ ruleId, scope }, error) => {
        if (this.#failed.has(ruleId)) return
        this.#failed.add(ruleId)
        rooms.log.error({ rule: ruleId, org: scope.orgId, error: (error as Error).message }, 'alarms: a rule cannot be judged')
      },
    })
    this.#sources = new Sources(receivedMs)
    this.#begunMs = rooms.clock.nowMs()
    this.#loadedMs = this.#begunMs
    this.#hearingSinceMs = this.#begunMs
  }

  async run(): Promise<void> {
    const { telemetry, bus } = this.#rooms
    // Listens before it reads, so that nothing falls between.
    const subscriptions = [
      telemetry.watchStored((message) => this.#receive(message)),
      bus.subscribe('events/alarms.rulesChanged', (_, payload) => this.#note(payload)),
      bus.subscribe('events/devices.changed', (_, payload) => this.#note(payload)),
    ]
    const begunMs = this.#from()
    try {
      await Promise.all(subscriptions.map(({ ready }) => ready))
      for (const scope of await this.#rooms.organisations.everyScope()) {
        await this.#takeRules(scope, await this.#list.read(scope), begunMs)
        await this.#renewed()
      }
      while (!this.#signal.aborted && !this.#over) await this.#round()
    } finally {
      for (const subscription of subscriptions) subscription.stop()
      await Promise.all([this.#noting, this.#reading])
    }
  }

  async #round(): Promise<void> {
    const nowMs = this.#rooms.clock.nowMs()
    this.#readRules(nowMs)
    for (const { scope, rules } of this.#read.splice(0)) await this.#takeRules(scope, rules, nowMs)
    const deaf = !this.#sources.hears && nowMs - this.#caughtUpMs > DEAF_MS
    if (this.#missed || deaf || this.#sources.lost(nowMs)) await this.#catchUp()
    if (deaf && nowMs - this.#begunMs > LISTEN_AGAIN_MS) this.#over = true
    await this.#evaluateInbox()
    this.#tick()
    if (nowMs - this.#notedMs > NOTE_MS) this.#noteProgress(nowMs)
    if (this.#inbox.length === 0) await this.#untilWoken()
  }

  #receive(message: StoredMessage): void {
    if (this.#inboxRows + message.values.rows > MAX_WAITING_ROWS) {
      this.#missed = true
      return
    }
    this.#inbox.push(message)
    this.#inboxRows += message.values.rows
    this.#wake?.()
  }

  #note(payload: Buffer): void {
    const event = JSON.parse(payload.toString()) as { orgId: OrgId; payload: { deviceId?: DeviceId } }
    if (event.payload.deviceId) this.#list.forgetDevice(event.payload.deviceId)
    this.#changed.add(event.orgId)
    this.#wake?.()
  }

  async #untilWoken(): Promise<void> {
    const woken = new AbortController()
    this.#wake = () => woken.abort()
    await sleep(TICK_MS, undefined, { signal: AbortSignal.any([woken.signal, this.#signal]) }).catch(() => undefined)
    this.#wake = undefined
  }

  /** Of organisations whose rules or devices changed, and now and then of all; beside the evaluation, which goes on with what it knows. */
  #readRules(nowMs: number): void {
    const all = nowMs - this.#loadedMs > RELOAD_MS
    if (this.#reading || (!all && this.#changed.size === 0)) return
    const changed = new Set(this.#changed)
    this.#changed.clear()
    if (all) this.#loadedMs = nowMs
    const read = async () => {
      for (const scope of await this.#rooms.organisations.everyScope())
        if (all || changed.has(scope.orgId)) this.#read.push({ scope, rules: await this.#list.read(scope) })
    }
    this.#reading = read()
      .catch((error: Error) => {
        this.#loadedMs = 0
        if (!this.#signal.aborted) this.#rooms.log.warn({ error: error.message }, 'alarms: rules were not read')
      })
      .finally(() => {
        this.#reading = undefined
        this.#wake?.()
      })
  }

  async #takeRules(scope: OrgScope, rules: Rules, beforeMs: number): Promise<void> {
    for (const { watched, changes } of await this.#list.take(this.#scopeOf(scope), rules, beforeMs))
      this.#evaluator.report(watched, changes, beforeMs)
    for (const watched of this.#list.all) if (!Number.isNaN(watched.memory.pendingMs)) this.#evaluator.pending.add(watched)
  }

  readonly #scopes = new Map<OrgId, OrgScope>()
  /** The same object each time: the writer's queues go by it. */
  #scopeOf(scope: OrgScope): OrgScope {
    const known = this.#scopes.get(scope.orgId) ?? { orgId: scope.orgId, orgNo: scope.orgNo }
    this.#scopes.set(scope.orgId, known)
    return known
  }

  /** From when on received values must be evaluated, again or for the first time. */
  #from(): number {
    return (this.#sources.coveredMs ?? this.#rooms.clock.nowMs()) - MARGIN_MS
  }

  /** Reads from the store what was not heard, in windows of receive time that hold neither too little nor too much. */
  async #catchUp(): Promise<void> {
    const { telemetry, clock, log } = this.#rooms
    const series = this.#list.series
    let fromMs = this.#from()
    let windowMs = FIRST_WINDOW_MS
    while (!this.#signal.aborted) {
      this.#missed = false
      await this.#roomToWrite()
      const nowMs = clock.nowMs()
      const last = fromMs + windowMs > nowMs
      const values = await telemetry.storedBetween(series, fromMs, last ? nowMs + 24 * 3_600_000 : fromMs + windowMs)
      this.#evaluator.evaluate(values, nowMs)
      if (last) break
      fromMs += windowMs
      windowMs = Math.max(1_000, values.rows > WINDOW_ROWS.many ? windowMs / 4 : values.rows < WINDOW_ROWS.few ? windowMs * 2 : windowMs)
      await this.#renewed()
    }
    this.#caughtUpMs = clock.nowMs()
    this.#sources.caughtUp(this.#caughtUpMs)
    log.debug({ alarms: this.#list.size }, 'alarms: caught up')
  }

  async #evaluateInbox(): Promise<void> {
    const messages = this.#inbox
    this.#inbox = []
    this.#inboxRows = 0
    for (const message of messages) {
      await this.#roomToWrite()
      if (this.#sources.heard(message, this.#rooms.clock.nowMs()) === 'missed') await this.#catchUp()
      this.#evaluator.evaluate(message.values, this.#rooms.clock.nowMs())
    }
  }

  /** Where nothing can be written, nothing more is evaluated: memory stays bounded, the store keeps the values. */
  async #roomToWrite(): Promise<void> {
    while (!this.#writer.hasRoom() && !this.#signal.aborted) {
      await sleep(TICK_MS, undefined, { signal: this.#signal }).catch(() => undefined)
      await this.#renewed()
    }
  }

  /** What the clock decides: delays that end, devices that are silent. */
  #tick(): void {
    const nowMs = this.#rooms.clock.nowMs()
    this.#evaluator.endDelays(nowMs)
    if (!this.#sources.hears) this.#hearingSinceMs = nowMs
    this.#evaluator.listenFor(this.#list.all, nowMs, this.#hearingSinceMs)
  }

  #coveredMs(): number | null {
    let coveredMs = this.#sources.coveredMs
    for (const { memory } of this.#evaluator.pending)
      if (coveredMs !== null && !Number.isNaN(memory.pendingMs) && memory.pendingReceivedMs < coveredMs)
        coveredMs = memory.pendingReceivedMs
    return coveredMs
  }

  /** How far all is evaluated, once what was found by then is written. Evaluation goes on meanwhile. */
  #noteProgress(nowMs: number): void {
    if (this.#noting) return
    this.#notedMs = nowMs
    const coveredMs = this.#coveredMs()
    const written = Promise.race([this.#writer.drained().then(() => coveredMs), sleep(NOTE_MS, null, { ref: false })])
    this.#noting = written
      .then((evaluatedMs) => this.#rooms.system.inSystem((tx) => noteProgress(tx, this.#holder, evaluatedMs)))
      .then((holds) => {
        this.#over = !holds
      })
      .catch((error: Error) => {
        if (!this.#signal.aborted) this.#rooms.log.warn({ error: error.message }, 'alarms: progress was not noted')
      })
      .finally(() => {
        this.#noting = undefined
      })
  }

  async #renewed(): Promise<void> {
    const nowMs = this.#rooms.clock.nowMs()
    if (nowMs - this.#notedMs < NOTE_MS) return
    this.#notedMs = nowMs
    this.#over = !(await this.#rooms.system.inSystem((tx) => noteProgress(tx, this.#holder, null)))
  }
}
