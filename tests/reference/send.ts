import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { type MapFile, readMap } from '../../simulator/replay/map-file.ts'
import { readRows } from '../../simulator/replay/rows.ts'
import type { Field, FieldDevice } from '../field.ts'

const root = resolve(import.meta.dirname, '../..')
export const mapFile = (set: string) => join(root, `simulator/maps/${set}.yaml`)
export const mapOf = (set: string): MapFile => readMap(mapFile(set))

/** The replay as a person starts it; ends when the last row is acknowledged. */
export async function replayFile(field: Field, device: FieldDevice, file: string, set: string): Promise<void> {
  const url = `mqtt://${device.user}:${device.secret}@127.0.0.1:${field.platform.mqttPort}`
  const args = [join(root, 'simulator/cli.ts'), 'replay', file, '--map', mapFile(set), '--url', url]
  await run(process.execPath, args)
}

/** Mosquitto's own client as the device: a line of standard input is a message; it ends when the last one is acknowledged. */
export async function publishByMosquitto(
  field: Field,
  device: FieldDevice,
  file: string,
  map: MapFile,
  rowsAMessage: number,
): Promise<void> {
  const lines: string[] = []
  let batch: unknown[] = []
  for await (const read of readRows(file, map)) {
    if (read.kind === 'noTime') continue
    const { ts, values, number: seq } = read.row
    batch.push({ ts, values, seq })
    if (batch.length === rowsAMessage) lines.push(JSON.stringify(batch))
    if (batch.length === rowsAMessage) batch = []
  }
  if (batch.length > 0) lines.push(JSON.stringify(batch))
  const { user, secret, topic } = device
  const where = ['-h', '127.0.0.1', '-p', String(field.platform.mqttPort), '-u', user, '-P', secret, '-i', `${user}/mosquitto`]
  await run('mosquitto_pub', [...where, '-t', topic, '-q', '1', '-l'], `${lines.join('\n')}\n`)
}

async function run(program: string, args: string[], input?: string): Promise<void> {
  const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'pipe'] })
  const said: string[] = []
  child.stderr.on('data', (text) => said.push(String(text)))
  child.stdin.end(input)
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${said.join('').slice(-2_000)}`)
}
