import { connect, type MqttClient } from 'mqtt'
import { backOffMs } from './back-off.ts'
import type { SendingDevice } from './config.ts'
import type { Message } from './readings.ts'
import { reconnect } from './reconnect.ts'

/** What one device keeps while nobody takes it; the oldest go first. */
const KEPT_MESSAGES = 600
const MESSAGES_A_PUBLISH = 30
/** Publishes of more than one message that all devices together have under way: history must not crowd out live values. */
const CROWDED_PUBLISHES = 12
const CONNECT_TIMEOUT_MS = 10_000

/** What all links share. */
export interface Traffic {
  bulkUnderWay: number
}

/** One device's connection: its messages leave in order and at least once, one publish at a time. */
export interface Link {
  send(message: Message): void
  readonly waiting: number
  close(): Promise<void>
}

export function openLink(device: SendingDevice, server: { host: string; port: number }, traffic: Traffic): Link {
  const client: MqttClient = connect({
    ...server,
    protocol: 'mqtt',
    protocolVersion: 4,
    username: device.userName,
    password: device.secret,
    clientId: device.userName,
    clean: true,
    keepalive: 60,
    connectTimeout: CONNECT_TIMEOUT_MS,
    // We reconnect ourselves: the client's own period is the same for all devices.
    reconnectPeriod: 0,
  })
  const topic = `v1/${device.orgCode}/${device.deviceCode}/telemetry`
  const queue: Message[] = []
  let underWay = 0
  let attempts = 0
  let closed = false
  let timer: NodeJS.Timeout | undefined

  client.on('connect', () => {
    attempts = 0
    flush()
  })
  client.on('error', () => undefined)
  client.on('close', () => {
    if (closed) return
    clearTimeout(timer)
    timer = setTimeout(() => reconnect(client), backOffMs(attempts++))
  })

  function flush(): void {
    if (underWay > 0 || queue.length === 0 || !client.connected) return
    const bulk = queue.length > 1
    if (bulk && traffic.bulkUnderWay >= CROWDED_PUBLISHES) return
    const messages = queue.slice(0, MESSAGES_A_PUBLISH)
    underWay = messages.length
    if (bulk) traffic.bulkUnderWay++
    const payload = JSON.stringify(messages.length === 1 ? messages[0] : messages)
    // The callback comes with the acknowledgement; the client itself repeats what a lost connection left unanswered.
    client.publish(topic, payload, { qos: 1 }, (error) => {
      if (bulk) traffic.bulkUnderWay--
      if (!error) queue.splice(0, underWay)
      underWay = 0
      if (!error && queue.length > 1) flush()
    })
  }

  return {
    send: (message) => {
      queue.push(message)
      if (queue.length > KEPT_MESSAGES) queue.splice(underWay, 1)
      flush()
    },
    get waiting() {
      return queue.length
    },
    close: async () => {
      closed = true
      clearTimeout(timer)
      await client.endAsync(true)
    },
  }
}
