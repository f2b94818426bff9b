import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { readRows } from '../simulator/replay/rows.ts'
import type { FieldDevice } from '../tests/field.ts'
import type { SentRow } from './checks.ts'
import type { Source } from './sources.ts'

const root = resolve(import.meta.dirname, '..')

export interface Replaying {
  name: string
  ledger: string
  running(): boolean
  /** What the replay said at its end. */
  done: Promise<{ code: number | null; said: string }>
  stop(): void
}

/** One device in a process of its own, which nothing kills: what it knows of its acknowledgements is the measure. */
export function startReplay(source: Source, device: FieldDevice, port: number, folder: string, seconds: number): Replaying {
  const ledger = join(folder, `${source.name}.ledger`)
  const args = [
    ...['replay', source.file, '--map', source.mapFile],
    ...['--url', `mqtt://${device.user}:${device.secret}@127.0.0.1:${port}`],
    ...['--ledger', ledger, '--batch', String(source.batch), '--window', String(source.window), '--give-up', '60'],
    ...(seconds > 0 ? ['--speed', String(speedOf(source, seconds))] : []),
  ]
  const child = spawn(process.execPath, [join(root, 'simulator/cli.ts'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said = (said + String(text)).slice(-2_000)))
  return {
    name: source.name,
    ledger,
    running: () => child.exitCode === null && child.signalCode === null,
    done: once(child, 'exit').then(([code]) => ({ code: code as number | null, said })),
    stop: () => child.kill('SIGKILL'),
  }
}

/** So that the file lasts about as long as the killing. */
const speedOf = ({ spanMs }: Source, seconds: number) => Math.max(1, Math.round(spanMs / 1_000 / seconds))

/** The rows of a file as they must be stored. */
export async function rowsToSend({ file, map }: Source): Promise<SentRow[]> {
  const rows: SentRow[] = []
  for await (const read of readRows(file, map)) {
    if (read.kind === 'row') rows.push({ seq: rows.length + 1, ts: read.row.ts, values: numbers(read.row.values) })
  }
  return rows
}

const numbers = (values: Record<string, number | string | boolean>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, typeof value === 'boolean' ? Number(value) : value]))
