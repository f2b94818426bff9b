import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '#embedded/ports.ts'
import { type StartedPlatform, startPlatform } from '../../tests/started-platform.ts'
import { root } from './config.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'lianshu-supervisor-'))
const running: StartedPlatform[] = []
after(async () => {
  for (const platform of running) await platform.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

async function start(): Promise<StartedPlatform> {
  const platform = await startPlatform({ dataDir })
  running.push(platform)
  return platform
}

/** A start that is expected to be refused: what it said and how it ended. */
async function refusedStart(env: Record<string, string>): Promise<{ code: number | null; said: string }> {
  const ports = { HTTP_PORT: String(await freePort()), MQTT_PORT: String(await freePort()) }
  const child: ChildProcess = spawn(process.execPath, [join(root, 'apps/supervisor/main.ts'), '--no-demo'], {
    env: { ...process.env, ...ports, LIANSHU_DATA: dataDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (said += text))
  const [code] = await once(child, 'close')
  return { code, said }
}

async function until(condition: () => boolean | Promise<boolean>, withinMs = 60_000): Promise<void> {
  const giveUpAt = performance.now() + withinMs
  while (!(await condition())) {
    if (performance.now() > giveUpAt) throw new Error(`Not within ${withinMs} ms: ${condition}`)
    await sleep(50)
  }
}

const isReady = (platform: StartedPlatform) =>
  fetch(`${platform.address}/api/health/ready`).then(
    (answer) => answer.ok,
    () => false,
  )

test('a second start in the same folder says where the first is, and harms nothing', async () => {
  const platform = await start()
  const { code, said } = await refusedStart({})
  assert.equal(code, 1)
  assert.ok(said.includes(platform.address), said)
  assert.ok(await isReady(platform))
})

test('each part that is killed comes back under another number, with its data', async () => {
  const platform = running.at(-1)!
  for (const part of ['postgres', 'clickhouse', 'ingest', 'server']) {
    const pid = platform.run().pids[part]!
    process.kill(pid, 'SIGKILL')
    await until(() => (platform.run().pids[part] ?? pid) !== pid)
  }
  await until(() => isReady(platform))
})

test('a supervisor that is killed takes its children along, and the next start is quick', async () => {
  const platform = running.at(-1)!
  const { postgres: _stays, ...pids } = platform.run().pids
  platform.process.kill('SIGKILL')
  await until(() => Object.values(pids).every((pid) => !existsSync(`/proc/${pid}`)))
  const startedMs = performance.now()
  const again = await start()
  // Ten seconds on an idle machine (npm run bench); here others may be at work.
  assert.ok(performance.now() - startedMs < 45_000, `up in ${performance.now() - startedMs} ms`)
  const { pids: fresh } = again.run()
  await again.stop()
  assert.ok(
    Object.values(fresh).every((pid) => !existsSync(`/proc/${pid}`)),
    'nothing is left running',
  )
})

test('a taken port and a damaged folder are named; nothing is started, changed or left running', async (t) => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const before = readFileSync(join(dataDir, 'run.json'), 'utf8')
  const port = String((server.address() as { port: number }).port)
  const taken = await refusedStart({ MQTT_PORT: port })
  assert.equal(taken.code, 1)
  assert.match(taken.said, new RegExp(`Port ${port} is taken.*MQTT_PORT=`))
  assert.deepEqual(JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8')), JSON.parse(before))
  const unreachable = await refusedStart({ DATABASE_URL: 'postgres://nobody:x@127.0.0.1:1/none' })
  assert.equal(unreachable.code, 1)
  assert.match(unreachable.said, /The PostgreSQL of DATABASE_URL \(127\.0\.0\.1:1\/none\) cannot be used/)
})
