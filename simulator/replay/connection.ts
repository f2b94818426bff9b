import { setTimeout as sleep } from 'node:timers/promises'
import { connect, type ErrorWithReasonCode, type MqttClient } from 'mqtt'
import { backOffMs } from '../back-off.ts'
import { reconnect } from '../reconnect.ts'

const CONNECT_TIMEOUT_MS = 10_000
const SEND_AGAIN_MS = 100
/** Connections that end one after the other without a single acknowledgement: the platform does not want what it is sent. */
const FRUITLESS_CONNECTIONS = 8
/** CONNACK codes of MQTT 3.1.1 §3.2.2.3 that no waiting mends. */
const REFUSED = new Map([
  [1, 'it speaks another version of MQTT'],
  [2, 'it does not accept the client id'],
  [4, 'user name or password is wrong'],
  [5, 'the device is not allowed to connect'],
])

export interface Target {
  /** MQTT over TLS. */
  secure: boolean
  /** Certificates (PEM) of whom to trust, in place of the well-known authorities. */
  ca?: Buffer
  host: string
  port: number
  /** `{organisation}/{device}`. */
  user: string
  password: string
}

/** `mqtt://organisation/device:password@host:port` or `mqtts://…`, percent-encoded or not. */
export function parseTarget(url: string): Target {
  const match = /^mqtt(?<secure>s?):\/\/(?<user>[^:@]+):(?<password>.*)@(?<host>[^@:]+|\[[0-9a-f:]+\])(?::(?<port>\d+))?\/?$/.exec(url)
  if (!match?.groups) throw new Error('--url reads mqtt:// or mqtts://ORGANISATION/DEVICE:PASSWORD@HOST:PORT')
  const { user = '', password = '', host = '', secure = '', port = secure === '' ? '1883' : '8883' } = match.groups
  const target: Target = {
    secure: secure !== '',
    host: host.replace(/^\[|\]$/g, ''),
    port: Number(port),
    user: decodeURIComponent(user),
    password: decodeURIComponent(password),
  }
  if (!/^[^/]+\/[^/]+$/.test(target.user)) throw new Error(`The user name is ORGANISATION/DEVICE, not ${target.user}.`)
  return target
}

export interface Connection {
  /** Resolves when the platform has acknowledged; what a lost connection left unanswered is sent again. */
  publish(topic: string, payload: string): Promise<void>
  /** Rejects when the platform refuses us for good. */
  readonly refused: Promise<never>
  close(): Promise<void>
}

/** One device's connection that outlives the platform's restarts. */
export async function openConnection({ secure, ca, host, port, user, password }: Target, giveUpMs: number): Promise<Connection> {
  const client: MqttClient = connect({
    host,
    port,
    protocol: secure ? 'mqtts' : 'mqtt',
    ...(ca === undefined ? {} : { ca }),
    protocolVersion: 4,
    username: user,
    password,
    clientId: `${user}/replay-${process.pid}`,
    clean: true,
    keepalive: 30,
    connectTimeout: CONNECT_TIMEOUT_MS,
    reconnectPeriod: 0,
  })
  const { promise: refused, reject } = Promise.withResolvers<never>()
  let lasting: Error | undefined
  refused.catch((error: Error) => {
    lasting = error
  })
  let attempts = 0
  let fruitless = 0
  let lostAtMs = performance.now()
  let closed = false
  let timer: NodeJS.Timeout | undefined
  client.on('connect', () => {
    attempts = 0
    fruitless++
  })
  client.on('error', (error) => {
    const reason = REFUSED.get((error as ErrorWithReasonCode).code)
    if (reason) reject(new Error(`${host}:${port} refuses ${user}: ${reason}.`))
  })
  client.on('close', () => {
    if (closed) return
    if (attempts === 0) lostAtMs = performance.now()
    if (fruitless > FRUITLESS_CONNECTIONS) reject(new Error(`${host}:${port} closes each connection of ${user} without taking a message.`))
    else if (performance.now() - lostAtMs > giveUpMs) reject(new Error(`${host}:${port} has not answered for ${giveUpMs / 1_000} s.`))
    clearTimeout(timer)
    timer = setTimeout(() => reconnect(client), backOffMs(attempts++))
  })
  const close = async () => {
    closed = true
    clearTimeout(timer)
    await client.endAsync(true)
  }
  try {
    await Promise.race([new Promise((resolve) => client.once('connect', resolve)), refused])
  } catch (error) {
    await close()
    throw error
  }
  return {
    publish: async (topic, payload) => {
      for (;;) {
        try {
          await client.publishAsync(topic, payload, { qos: 1 })
          fruitless = 0
          return
        } catch (error) {
          // A platform that refuses a connection for a moment (CONNACK 3) makes the client drop what it kept: it is sent again.
          if (closed || lasting !== undefined) throw lasting ?? error
          await sleep(SEND_AGAIN_MS)
        }
      }
    },
    refused,
    close,
  }
}
