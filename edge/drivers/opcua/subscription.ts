import {
  ClientMonitoredItemGroup,
  type ClientSubscription,
  DataChangeFilter,
  DataChangeTrigger,
  type DataValue,
  DeadbandType,
  TimestampsToReturn,
} from 'node-opcua-client'
import { LinkLost, type Sample, type SubscribeRequest, type Subscriber } from '../driver.ts'
import type { OpcuaPlace } from './config.ts'
import { inBatches } from './in-batches.ts'
import type { OpcuaSession, OpcuaUnit, Resolved } from './session.ts'
import { isOverflow } from './status.ts'

const triggers = {
  status: DataChangeTrigger.Status,
  value: DataChangeTrigger.StatusValue,
  timestamp: DataChangeTrigger.StatusValueTimestamp,
}
const deadbands = { none: DeadbandType.None, absolute: DeadbandType.Absolute, percent: DeadbandType.Percent }

/** The server says that it lives at least so often while nothing changes; it forgets a subscription nobody asked about for three times that. */
const KEEP_ALIVE_MS = 5_000
const LIFETIME_KEEP_ALIVES = 6
/** So many of its promises broken, and the subscription is taken for gone. */
const SILENT_KEEP_ALIVES = 3
const COLLECT_MS = 20

/**
 * Points of all devices with one period share a subscription: small controllers have few. Returns those that the server does not send; they are
 * read instead. The library's own recovery is not used: a session that was lost is a lost link, and the gateway subscribes again.
 */
export async function subscribePoints(
  session: OpcuaSession,
  { unit, points, periodMs }: SubscribeRequest<OpcuaUnit, OpcuaPlace>,
  subscriber: Subscriber,
  signal: AbortSignal,
): Promise<number[]> {
  const all = points.map(({ id }) => id)
  if (session.settings.values === 'read') return all
  const { resolved, wrong } = await session.planFor(unit, points, signal)
  if (resolved.length === 0) return all
  const subscription = await sharedSubscription(session, Math.min(periodMs, KEEP_ALIVE_MS), signal)
  if (!subscription) return all
  session.onLost((error) => subscriber.lost(error))
  const inbox = new Inbox(session, subscriber, signal)
  const refused = await monitor(session, subscription, resolved, periodMs, inbox, signal)
  return [...wrong.map(({ point }) => point), ...refused.map(({ point }) => point)]
}

/** Undefined where the server has none for us: then everything is read. */
function sharedSubscription(session: OpcuaSession, publishingMs: number, signal: AbortSignal): Promise<ClientSubscription | undefined> {
  let shared = session.subscriptions.get(publishingMs)
  if (!shared) {
    shared = openSubscription(session, publishingMs, signal)
    session.subscriptions.set(publishingMs, shared)
  }
  return shared
}

async function openSubscription(session: OpcuaSession, publishingMs: number, signal: AbortSignal): Promise<ClientSubscription | undefined> {
  const keepAlives = Math.max(1, Math.round(KEEP_ALIVE_MS / publishingMs))
  try {
    const subscription = await session.session.createSubscription2({
      requestedPublishingInterval: publishingMs,
      requestedMaxKeepAliveCount: keepAlives,
      requestedLifetimeCount: keepAlives * LIFETIME_KEEP_ALIVES,
      maxNotificationsPerPublish: 0,
      publishingEnabled: true,
      priority: 0,
    })
    watch(session, subscription, signal)
    return subscription
  } catch {
    session.throwIfLost()
    signal.throwIfAborted()
    return undefined
  }
}

/** A subscription that says nothing for too long is gone though its connection stands: values would look unchanged for ever. */
function watch(session: OpcuaSession, subscription: ClientSubscription, signal: AbortSignal): void {
  const patienceMs = Math.max(KEEP_ALIVE_MS, subscription.publishingInterval * subscription.maxKeepAliveCount) * SILENT_KEEP_ALIVES
  let heardMs = performance.now()
  const heard = () => {
    heardMs = performance.now()
  }
  subscription.on('keepalive', heard)
  subscription.on('raw_notification', heard)
  subscription.on('terminated', () => void session.lose(new LinkLost('opcua.subscriptionLost')))
  subscription.on('status_changed', () => void session.lose(new LinkLost('opcua.subscriptionLost')))
  subscription.on('internal_error', () => undefined)
  const timer = setInterval(() => {
    if (performance.now() - heardMs > patienceMs) session.lose(new LinkLost('opcua.subscriptionSilent'))
  }, patienceMs / SILENT_KEEP_ALIVES)
  AbortSignal.any([session.ending, signal]).addEventListener('abort', () => clearInterval(timer), { once: true })
}

/** Returns what the server refuses to watch, whatever the filter. */
async function monitor(
  session: OpcuaSession,
  subscription: ClientSubscription,
  resolved: readonly Resolved[],
  periodMs: number,
  inbox: Inbox,
  signal: AbortSignal,
): Promise<Resolved[]> {
  const refused: Resolved[] = []
  const alike = Map.groupBy(resolved, ({ place }) => `${place.trigger} ${place.deadbandKind} ${place.deadbandValue}`)
  for (const items of alike.values())
    for (const batch of inBatches(items, session.limits.monitor)) {
      const filtered = await create(session, subscription, batch, periodMs, filterOf(batch[0]?.place), inbox, signal)
      // Some controllers take no filter at all; without one they send at each change of value or status.
      if (filtered.length > 0) refused.push(...(await create(session, subscription, filtered, periodMs, undefined, inbox, signal)))
    }
  return refused
}

function filterOf(place: OpcuaPlace | undefined): DataChangeFilter | undefined {
  if (!place) return undefined
  return new DataChangeFilter({
    trigger: triggers[place.trigger],
    deadbandType: deadbands[place.deadbandKind],
    deadbandValue: place.deadbandKind === 'none' ? 0 : place.deadbandValue,
  })
}

async function create(
  session: OpcuaSession,
  subscription: ClientSubscription,
  batch: readonly Resolved[],
  periodMs: number,
  filter: DataChangeFilter | undefined,
  inbox: Inbox,
  signal: AbortSignal,
): Promise<Resolved[]> {
  const { samplingMs, queueSize } = session.settings
  return session.ask(
    () =>
      new Promise((resolve, reject) => {
        const group = ClientMonitoredItemGroup.create(
          subscription,
          batch.map(({ node }) => node),
          { samplingInterval: samplingMs ?? periodMs, queueSize, discardOldest: true, ...(filter ? { filter } : {}) },
          TimestampsToReturn.Both,
        )
        group.on('changed', (_, value, index) => {
          const item = batch[index]
          if (item) inbox.add(item, value)
        })
        group.on('err', (message: string) => reject(new Error(message)))
        group.on('initialized', () => resolve(batch.filter((_, i) => (group.monitoredItems[i]?.statusCode.value ?? 1) !== 0)))
      }),
    signal,
  )
}

/** Gathers what comes in one message, so that one instant of a device is one item on its way. */
class Inbox {
  readonly #session: OpcuaSession
  readonly #subscriber: Subscriber
  readonly #signal: AbortSignal
  #samples: Sample[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(session: OpcuaSession, subscriber: Subscriber, signal: AbortSignal) {
    this.#session = session
    this.#subscriber = subscriber
    this.#signal = signal
  }

  add(item: Resolved, value: DataValue): void {
    const sample = this.#session.sampleOf(item, value)
    this.#samples.push(
      isOverflow(value.statusCode.value) && sample.reason === undefined ? { ...sample, reason: 'opcua.queueOverflow' } : sample,
    )
    this.#timer ??= setTimeout(() => this.#flush(), COLLECT_MS)
  }

  #flush(): void {
    this.#timer = undefined
    const samples = this.#samples.splice(0)
    if (!this.#signal.aborted && samples.length > 0) this.#subscriber.take(samples)
  }
}
