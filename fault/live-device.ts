import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from 'mqtt'
import type { FieldDevice } from '../tests/field.ts'

const EVERY_MS = 100
const RECONNECT_MS = 200
const LAST_WITHIN_MS = 15_000

interface Sent {
  seq: number
  ts: number
  value: number
}

/** Publishes the present, ten times a second: its minutes close in the ordinary way while parts are killed. */
export function startLiveDevice(device: FieldDevice, port: number, folder: string) {
  const ledger = join(folder, 'live.ledger')
  appendFileSync(ledger, '')
  const client = connect({
    host: '127.0.0.1',
    port,
    protocol: 'mqtt',
    protocolVersion: 4,
    username: device.user,
    password: device.secret,
    clientId: `${device.user}/live`,
    clean: true,
    // Reconnecting itself, the client would send what is left one by one, each after the acknowledgement of the one before.
    reconnectPeriod: 0,
  })
  client.on('error', () => undefined)
  let ended = false
  client.on('close', () => {
    if (!ended) setTimeout(() => client.reconnect(), RECONNECT_MS)
  })
  let acknowledged = 0
  const allAcknowledged = async () => {
    while (!ended && acknowledged < sent.length) await sleep(50)
  }
  const sent: Sent[] = []
  /** From the publish to its acknowledgement. */
  const waitsMs: number[] = []
  /** What the client gave up, for the next turn: a connection refused for a moment makes it drop what it kept. */
  let again: Sent[] = []
  const timer = setInterval(() => {
    const row = { seq: sent.length + 1, ts: Date.now(), value: Math.round(Math.sin(sent.length / 50) * 1_000) / 10 }
    sent.push(row)
    const rows = [...again, row]
    again = []
    for (const each of rows) publish(each)
  }, EVERY_MS)
  const publish = (row: Sent): void => {
    const sentMs = performance.now()
    const message = JSON.stringify({ ts: row.ts, seq: row.seq, values: { value: row.value } })
    client.publish(device.topic, message, { qos: 1 }, (error) => {
      if (error) again.push(row)
      else {
        acknowledged++
        waitsMs.push(performance.now() - sentMs)
        appendFileSync(ledger, `${row.seq},${row.ts}\n`)
      }
    })
  }
  return {
    name: 'live',
    ledger,
    sent,
    waitsMs,
    /** Ends when everything sent is acknowledged, or after a while. */
    stop: async () => {
      clearInterval(timer)
      await Promise.race([allAcknowledged(), sleep(LAST_WITHIN_MS, undefined, { ref: false })])
      ended = true
      await client.endAsync(true)
    },
  }
}
