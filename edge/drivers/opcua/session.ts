import {
  AttributeIds,
  type ClientSession,
  type ClientSubscription,
  coerceNodeId,
  type DataValue,
  ReadRequest as LibraryReadRequest,
  type OPCUAClient,
  type ReadValueIdOptions,
  TimestampsToReturn,
} from 'node-opcua-client'
import type { Clock } from '../../clock.ts'
import { LinkLost, type Point, type ReadRequest, type Sample } from '../driver.ts'
import { decode } from './codec.ts'
import { type OpcuaConnection, type OpcuaPlace, opcua } from './config.ts'
import { inBatches } from './in-batches.ts'
import { type Located, Locations } from './locate.ts'
import { leave, lossOf, openClient, whileWanted } from './open-client.ts'
import { codeOf, judge, stampOf } from './status.ts'

export interface OpcuaUnit {
  name: string
}
export type OpcuaRequest = ReadRequest<OpcuaUnit, OpcuaPlace>

/** A point as the server counts its namespaces in this session. */
export interface Resolved {
  point: number
  place: OpcuaPlace
  node: ReadValueIdOptions
}
interface Plan {
  resolved: Resolved[]
  wrong: { point: number; reason: string }[]
  /** Places that have a browse path which led nowhere: it is asked for again now and then. */
  lost: OpcuaPlace[]
}

/** What the server says that it takes at once (OPC 10000-5 §6.3.11); as many as the settings allow where it says nothing. */
export interface Limits {
  read: number
  write: number
  monitor: number
  history: number
  translate: number
}
const NAMESPACES = 'i=2255'
const limitNodes = { read: 'i=11705', write: 'i=11707', monitor: 'i=11714', history: 'i=12165', translate: 'i=11712' } as const

/** One session with a server, from its opening to its loss. Errors of every call: LinkLost, the signal's reason. */
export class OpcuaSession {
  readonly settings: OpcuaConnection
  readonly clock: Clock
  readonly #client: OPCUAClient
  readonly session: ClientSession
  #namespaces: string[] = []
  limits: Limits
  /** By their publishing interval. */
  readonly subscriptions = new Map<number, Promise<ClientSubscription | undefined>>()
  #lost: LinkLost | undefined
  #closed = false
  readonly #ending = new AbortController()
  readonly #locations = new Locations(this)
  readonly #plans = new WeakMap<readonly Point<OpcuaPlace>[], Plan>()
  readonly #listeners = new Set<(error: LinkLost) => void>()

  private constructor(settings: OpcuaConnection, clock: Clock, client: OPCUAClient, session: ClientSession) {
    this.settings = settings
    this.clock = clock
    this.#client = client
    this.session = session
    this.limits = {
      read: settings.batch,
      write: settings.batch,
      monitor: settings.batch,
      history: settings.batch,
      translate: settings.batch,
    }
    client.on('connection_lost', () => this.lose(new LinkLost('opcua.connectionLost')))
    client.on('close', () => this.lose(new LinkLost('opcua.connectionLost')))
    session.on('session_closed', () => this.lose(new LinkLost('opcua.sessionClosed')))
    session.on('keepalive_failure', () => this.lose(new LinkLost('opcua.noAnswer')))
  }

  static async open(settings: OpcuaConnection, clock: Clock, folder: string, signal: AbortSignal): Promise<OpcuaSession> {
    const { client, session } = await openClient(settings, clock, folder, signal)
    const opened = new OpcuaSession(settings, clock, client, session)
    try {
      await opened.#learn(signal)
      return opened
    } catch (error) {
      opened.close()
      signal.throwIfAborted()
      throw lossOf(error)
    }
  }

  async #learn(signal: AbortSignal): Promise<void> {
    const names = Object.keys(limitNodes) as (keyof Limits)[]
    const nodes = [NAMESPACES, ...names.map((name) => limitNodes[name])].map((nodeId) => ({ nodeId, attributeId: AttributeIds.Value }))
    const [namespaces, ...declared] = await this.readValues(nodes, signal)
    const uris = namespaces?.value?.value
    if (!Array.isArray(uris)) throw new LinkLost('opcua.noNamespaces')
    this.#namespaces = uris.map(String)
    names.forEach((name, i) => {
      const limit = Number(declared[i]?.value?.value ?? 0)
      if (limit > 0) this.limits[name] = Math.min(this.limits[name], limit)
    })
  }

  get namespaces(): readonly string[] {
    return this.#namespaces
  }

  /** Both time stamps, never from the server's cache; structures stay closed, since to open one the library would ask for its types. */
  readValues(nodesToRead: ReadValueIdOptions[], signal: AbortSignal): Promise<DataValue[]> {
    const request = new LibraryReadRequest({ nodesToRead, timestampsToReturn: TimestampsToReturn.Both, maxAge: 0 })
    return this.ask(() => this.transact<DataValue>(request), signal)
  }

  /** The request as it is, its answer unopened. Errors: the library's, also where the server refuses the service. */
  transact<Result>(request: object): Promise<Result[]> {
    const session = this.session as unknown as RawSession
    return new Promise((resolve, reject) => {
      session.performMessageTransaction<Result>(request, (error, answer) => (error ? reject(error) : resolve(answer?.results ?? [])))
    })
  }

  /** One request: the server's answer, or the link is lost: a session that is out of step is no use to anybody. */
  async ask<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    this.throwIfLost()
    try {
      return await whileWanted(work(), this.settings.requestTimeoutMs, signal)
    } catch (error) {
      signal.throwIfAborted()
      throw this.lose(lossOf(error))
    }
  }

  async read({ unit, points }: OpcuaRequest, signal: AbortSignal): Promise<Sample[]> {
    signal.throwIfAborted()
    const { resolved, wrong } = await this.planFor(unit, points, signal)
    const samples: Sample[] = wrong.map(({ point, reason }) => this.#wrong(point, reason))
    for (const batch of inBatches(resolved, this.limits.read)) {
      const values = await this.readValues(
        batch.map(({ node }) => node),
        signal,
      )
      batch.forEach((item, i) => void samples.push(this.sampleOf(item, values[i])))
    }
    return samples
  }

  /** The same array of points is looked up once; a new session may count its namespaces anew. */
  async planFor(unit: OpcuaUnit, points: readonly Point<OpcuaPlace>[], signal: AbortSignal): Promise<Plan> {
    const known = this.#plans.get(points)
    if (known && !this.#locations.isDue(unit, known.lost)) return known
    await this.#locations.find(
      unit,
      points.map(({ place }) => place),
      signal,
    )
    const plan: Plan = { resolved: [], wrong: [], lost: [] }
    for (const { id, place } of points) {
      const found = this.#resolved(unit, place)
      if ('reason' in found) {
        plan.wrong.push({ point: id, reason: found.reason })
        if (place.path !== undefined) plan.lost.push(place)
      } else plan.resolved.push({ point: id, ...found })
    }
    this.#plans.set(points, plan)
    return plan
  }

  async resolve(unit: OpcuaUnit, place: OpcuaPlace, signal: AbortSignal): Promise<Omit<Resolved, 'point'> | { reason: string }> {
    await this.#locations.find(unit, [place], signal)
    return this.#resolved(unit, place)
  }

  /** The object that a method is called of. */
  async locate(unit: OpcuaUnit, place: OpcuaPlace, signal: AbortSignal): Promise<Located> {
    await this.#locations.find(unit, [place], signal)
    return this.#locations.at(unit, place)
  }

  #resolved(unit: OpcuaUnit, place: OpcuaPlace): Omit<Resolved, 'point'> | { reason: string } {
    const parsed = opcua.place.safeParse(place)
    if (!parsed.success) return { reason: 'opcua.wrongPlace' }
    const located = this.#locations.at(unit, parsed.data)
    if ('reason' in located) return located
    const { nodeId } = located
    const { index } = parsed.data
    const indexRange = index === undefined ? {} : { indexRange: String(index) }
    try {
      return {
        place: parsed.data,
        node: { nodeId: coerceNodeId(nodeId), attributeId: AttributeIds.Value, ...indexRange } as ReadValueIdOptions,
      }
    } catch {
      return { reason: 'opcua.wrongPlace' }
    }
  }

  /** What the server says of a value, as it says it: its status, its stamp. */
  sampleOf({ point, place }: Pick<Resolved, 'point' | 'place'>, given: DataValue | undefined): Sample {
    const receivedMs = this.clock.nowMs()
    if (!given) return { point, value: null, quality: 'bad', reason: 'opcua.noValue', receivedMs }
    const stamp =
      this.settings.time === 'gateway' ? undefined : this.settings.time === 'server' ? given.serverTimestamp : given.sourceTimestamp
    const { sourceMs, doubted } = stampOf(stamp?.getTime(), receivedMs)
    const time = sourceMs === undefined ? {} : { sourceMs }
    const said = judge(given.statusCode.value)
    const shown = said.reason === undefined ? {} : { shown: { code: codeOf(given.statusCode), frames: [] } }
    const judged = doubted && said.quality === 'good' ? { quality: 'uncertainClock' as const, reason: 'opcua.clockDoubted' } : said
    if (judged.quality.startsWith('bad')) return { point, value: null, ...judged, ...shown, ...time, receivedMs }
    const { dataType, arrayType, value } = given.value ?? {}
    const decoded = decode({ dataType: dataType ?? 0, arrayType: arrayType ?? 0, value }, place.index !== undefined)
    if (decoded.kind === 'value') return { point, value: decoded.value, ...judged, ...shown, ...time, receivedMs }
    const quality =
      decoded.reason === 'opcua.notANumber' ? 'badSensorFailure' : decoded.reason === 'opcua.noValue' ? 'bad' : 'badConfiguration'
    return { point, value: null, quality, reason: decoded.reason, ...time, receivedMs }
  }

  #wrong(point: number, reason: string): Sample {
    const quality = reason === 'opcua.wrongPlace' ? 'badConfiguration' : 'badIllegalAddress'
    return { point, value: null, quality, reason, receivedMs: this.clock.nowMs() }
  }

  throwIfLost(): void {
    if (this.#lost) throw this.#lost
  }

  /** Whoever waits for nothing hears of it too, but for what was closed on purpose. */
  onLost(listener: (error: LinkLost) => void): void {
    if (!this.#lost) this.#listeners.add(listener)
    else if (!this.#closed) listener(this.#lost)
  }

  /** Ends with the session, however that ends. */
  get ending(): AbortSignal {
    return this.#ending.signal
  }

  lose(error: LinkLost): LinkLost {
    if (!this.#lost) {
      this.#lost = error
      this.#ending.abort()
      if (!this.#closed) for (const listener of this.#listeners) listener(error)
      leave(this.#client)
    }
    return this.#lost
  }

  close(): void {
    this.#closed = true
    this.lose(new LinkLost('opcua.connectionLost'))
  }
}

/** Below what the library makes of an answer. */
interface RawSession {
  performMessageTransaction<Result = DataValue>(
    request: object,
    callback: (error: Error | null, answer?: { results?: Result[] | null }) => void,
  ): void
}
