import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '#embedded/ports.ts'
import type { Bench, BenchOptions, Figure } from './bench.ts'
import { median, rounded } from './statistics.ts'

const root = resolve(import.meta.dirname, '..')
const WITHIN_MS = 120_000
const TIMES = 3

export const startBench: Bench = {
  name: 'start',
  summary: '`npm start` with everything installed, on an empty folder, until the log-in page answers; and started again with its data',
  goal: '≤ 10 s',
  run,
}

async function run({ say }: BenchOptions): Promise<Figure> {
  // Builds the page where that is still to do: “everything installed”.
  const ready = await startOnce(mkdtempSync(join(tmpdir(), 'lianshu-bench-')), true)
  say(`once unmeasured: ${rounded(ready)} s`)
  const first: number[] = []
  const again: number[] = []
  for (let i = 0; i < TIMES; i++) {
    const folder = mkdtempSync(join(tmpdir(), 'lianshu-bench-'))
    first.push(await startOnce(folder, false))
    again.push(await startOnce(folder, true))
    say(`${i + 1}: empty folder ${rounded(first.at(-1) ?? 0)} s, with its data ${rounded(again.at(-1) ?? 0)} s`)
  }
  return {
    value: rounded(median(first)),
    unit: 's',
    ratio: null,
    against: null,
    detail: {
      emptyFolderS: first.map((s) => rounded(s)),
      withDataS: again.map((s) => rounded(s)),
      withDataMedianS: rounded(median(again)),
    },
  }
}

/** Seconds from the command to the page and its script, as a browser would fetch them. */
async function startOnce(folder: string, remove: boolean): Promise<number> {
  const [httpPort, mqttPort] = [await freePort(), await freePort()]
  const startedMs = performance.now()
  const npm = spawn('npm', ['start', '--', '--no-demo'], {
    cwd: root,
    env: { ...process.env, LIANSHU_DATA: folder, HTTP_PORT: String(httpPort), MQTT_PORT: String(mqttPort) },
    stdio: 'ignore',
    // One group, so that Ctrl-C is what the whole of it gets.
    detached: true,
  })
  try {
    await untilPage(`http://127.0.0.1:${httpPort}`, () => npm.exitCode)
    return (performance.now() - startedMs) / 1_000
  } finally {
    const ended = once(npm, 'exit')
    if (npm.exitCode === null && npm.pid !== undefined) {
      process.kill(-npm.pid, 'SIGINT')
      await ended
      await untilGone(npm.pid)
    }
    if (remove) rmSync(folder, { recursive: true, force: true })
  }
}

async function untilPage(address: string, exitCode: () => number | null): Promise<void> {
  const until = performance.now() + WITHIN_MS
  while (performance.now() < until && exitCode() === null) {
    if (await pageAnswers(address).catch(() => false)) return
    await sleep(20)
  }
  throw new Error('npm start did not come to its log-in page.')
}

async function pageAnswers(address: string): Promise<boolean> {
  const page = await fetch(`${address}/`)
  const script = /src="([^"]+\.js)"/.exec(await page.text())?.[1]
  if (!page.ok || script === undefined) return false
  const [loaded, state] = await Promise.all([fetch(new URL(script, address)), fetch(`${address}/api/access/state`)])
  await loaded.arrayBuffer()
  return loaded.ok && state.ok
}

/** The supervisor stops its parts after npm itself is gone. */
async function untilGone(group: number): Promise<void> {
  for (const until = performance.now() + 20_000; performance.now() < until; await sleep(50)) {
    try {
      process.kill(-group, 0)
    } catch {
      return
    }
  }
}
