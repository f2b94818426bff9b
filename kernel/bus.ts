import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect, type MqttClient } from 'mqtt'
import type { Log } from './log.ts'

/**
 * Messages between our own processes, over the broker of the ingest process: `live/…` for values on their way to a page, `events/…` for
 * news that caches must hear at once. Best effort: what must not be lost goes through the outbox or the store.
 */
export interface Bus {
  publish(topic: string, payload: Buffer | string): void
  /** Calls back for every message below a topic (`live/7/#`), from when `ready` resolves on; `stop` ends it. */
  subscribe(topic: string, onMessage: (topic: string, payload: Buffer) => void): BusSubscription
  close(): Promise<void>
}

export interface BusSubscription {
  /** The broker has taken the subscription; where it is away, at most a second is waited: it is renewed when the broker is back. */
  ready: Promise<void>
  stop(): void
}

const READY_WITHIN_MS = 1_000

export interface BusSettings {
  host?: string
  port: number
  user: string
  password: string
  log: Log
}

export function connectBus({ host = '127.0.0.1', port, user, password, log }: BusSettings): Bus {
  const client: MqttClient = connect({
    host,
    port,
    protocol: 'mqtt',
    username: user,
    password,
    clientId: `bus-${process.pid}-${Math.trunc(process.uptime() * 1e6)}`,
    clean: true,
    reconnectPeriod: 500,
    connectTimeout: 5_000,
    // What is sent while the broker is away is stale when it is back.
    queueQoSZero: false,
  })
  client.on('error', (error) => log.debug({ error: error.message }, 'bus'))
  const counts = new Map<string, number>()
  const emitter = new EventEmitter({ captureRejections: false }).setMaxListeners(0)
  client.on('message', (topic, payload) => emitter.emit('message', topic, payload))
  return {
    publish: (topic, payload) => {
      if (client.connected) client.publish(topic, payload, { qos: 0 })
    },
    subscribe: (topic, onMessage) => {
      const matches = matcher(topic)
      const listener = (at: string, payload: Buffer) => {
        if (matches(at)) onMessage(at, payload)
      }
      emitter.on('message', listener)
      counts.set(topic, (counts.get(topic) ?? 0) + 1)
      // Subscriptions are renewed by the client after a reconnect. One that stands already is acknowledged at once again.
      const taken = client.subscribeAsync(topic, { qos: 0 }).then(
        () => undefined,
        () => undefined,
      )
      const late = new AbortController()
      const ready = Promise.race([taken, sleep(READY_WITHIN_MS, undefined, { signal: late.signal, ref: false }).catch(() => undefined)])
      return {
        ready: ready.finally(() => late.abort()),
        stop: () => {
          emitter.off('message', listener)
          const left = (counts.get(topic) ?? 1) - 1
          counts.set(topic, left)
          if (left === 0) client.unsubscribe(topic)
        },
      }
    },
    close: () => client.endAsync(true),
  }
}

/** MQTT topic filter with `#` at the end or none. */
function matcher(filter: string): (topic: string) => boolean {
  if (!filter.endsWith('/#')) return (topic) => topic === filter
  const prefix = filter.slice(0, -1)
  return (topic) => topic.startsWith(prefix)
}
