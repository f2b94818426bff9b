import { connect, type MqttClient } from 'mqtt'
import { NoTransport, type Transport } from './transport.ts'

export interface MqttSettings {
  /** `mqtts://host:8883`. */
  url: string
  user: string
  secret: string
  ca?: Buffer | undefined
}

const WINDOW = 8
const KEEP_ALIVE_S = 30
const CONNECT_MS = 10_000
const CLOSE_MS = 3_000
const REFUSED = new Set([4, 5])

/**
 * One session of MQTT 3.1.1, QoS 1. It is not opened again by itself, and a new one remembers nothing: what was under way is ours to repeat.
 * Errors: NoTransport.
 */
export function openMqtt({ url, user, secret, ca }: MqttSettings): Promise<Transport> {
  const [organisation, gateway] = user.split('/')
  const topic = `v1/${organisation}/${gateway}/batch`
  const client = connect(url, {
    protocolVersion: 4,
    username: user,
    password: secret,
    clientId: user,
    clean: true,
    keepalive: KEEP_ALIVE_S,
    connectTimeout: CONNECT_MS,
    reconnectPeriod: 0,
    resubscribe: false,
    ...(ca === undefined ? {} : { ca }),
  })
  return new Promise((resolve, reject) => {
    let failure: unknown
    let stands = false
    let gone: (reason: string) => void = () => undefined
    const ended = new Promise<string>((resolveEnded) => {
      gone = resolveEnded
    })
    client.on('error', (error) => {
      failure = error
    })
    client.on('connect', () => {
      stands = true
      resolve({ kind: 'mqtt', window: WINDOW, ended, send: (payload) => publish(client, topic, payload, ended), close: () => end(client) })
    })
    client.on('close', () => {
      gone('gateways.uplinkLost')
      if (stands) return void client.end(true)
      client.end(true)
      const refused = REFUSED.has((failure as { code?: number } | undefined)?.code ?? 0)
      reject(new NoTransport(refused ? 'gateways.credentialRefused' : 'gateways.uplinkUnreachable', failure))
    })
  })
}

function publish(client: MqttClient, topic: string, payload: Buffer, ended: Promise<string>): Promise<void> {
  return new Promise((resolve, reject) => {
    void ended.then((reason) => reject(new NoTransport(reason)))
    client.publish(topic, payload, { qos: 1 }, (error) => (error ? reject(error) : resolve()))
  })
}

async function end(client: MqttClient): Promise<void> {
  const harder = setTimeout(() => client.end(true), CLOSE_MS)
  await client.endAsync().catch(() => undefined)
  clearTimeout(harder)
}
