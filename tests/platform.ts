import { spawn } from 'node:child_process'
import { mkdirSync, openSync, readFileSync, utimesSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PartName } from './parts.ts'

const root = resolve(import.meta.dirname, '..')
const startForMs = 60_000

const setting: Record<PartName, string> = { postgres: 'TEST_DATABASE_URL_ADMIN', clickhouse: 'TEST_CLICKHOUSE_URL' }

/** The URL of one part: the run's own under `npm test`, else one that test files started by hand share below .data/test. */
export async function testPart(part: PartName): Promise<string> {
  return process.env[setting[part]] ?? (await keptPart(part))
}

async function keptPart(part: PartName): Promise<string> {
  const dir = join(root, '.data/test', part)
  const running = runningPart(dir)
  if (running) return running
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const log = openSync(`${dir}.log`, 'a', 0o600)
  const keeper = spawn(process.execPath, [join(root, 'tests/keeper.ts'), part, dir], { detached: true, stdio: ['ignore', log, log] })
  keeper.unref()
  const giveUpAt = performance.now() + startForMs
  while (performance.now() < giveUpAt && !keeper.exitCode) {
    await sleep(100)
    const url = runningPart(dir)
    if (url) return url
  }
  throw new Error(`${part} for tests did not start; see ${dir}.log`)
}

function runningPart(dir: string): string | undefined {
  try {
    const { pid, url } = JSON.parse(readFileSync(`${dir}.json`, 'utf8')) as { pid: number; url: string }
    if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('keeper.ts')) return undefined
    const now = new Date()
    utimesSync(`${dir}.json`, now, now)
    return url
  } catch {
    return undefined
  }
}
