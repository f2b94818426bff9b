import { renameSync, statSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { takeLock } from '../apps/supervisor/lock.ts'
import { type PartName, startPart } from './parts.ts'

// `node tests/keeper.ts postgres DIR`: holds one part open for the test files that a developer runs one by one, until half an
// hour has passed without any. The first keeper of a folder wins, the others leave.

const idleMs = 30 * 60_000
const [part, dir] = process.argv.slice(2) as [PartName, string]
const lock = await takeLock(dir)
if (lock.kind === 'held') process.exit(0)

const running = await startPart[part](dir)
const stateFile = `${dir}.json`
writeFileSync(`${stateFile}.new`, JSON.stringify({ pid: process.pid, url: running.url }), { mode: 0o600 })
renameSync(`${stateFile}.new`, stateFile)

const stopped = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopped.abort())
while (!stopped.signal.aborted && Date.now() - statSync(stateFile).mtimeMs < idleMs) {
  await sleep(10_000, undefined, { signal: stopped.signal }).catch(() => undefined)
}
await running.stop()
process.exit(0)
