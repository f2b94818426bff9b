import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '#edge/clock.ts'
import { modbus } from '#edge/drivers/modbus/config.ts'
import { makeModbusDriver } from '#edge/drivers/modbus/driver.ts'
import { freePort } from '#embedded/ports.ts'
import { type Received, testBroker } from '../tests/mqtt-broker.ts'
import { backOffMs } from './back-off.ts'
import type { Message } from './readings.ts'

const device = (deviceCode: string, model: string) => ({
  orgCode: 'yinglong',
  deviceCode,
  model,
  plant: 'p',
  userName: `yinglong/${deviceCode}`,
  secret: 'secret',
  everyS: 1,
})
const fleet = {
  seed: 42,
  plants: [{ code: 'p', timeZone: 'Asia/Shanghai', shifts: [] }],
  devices: [device('dcm-01', 'die-casting-machine'), device('meter-01', 'electricity-meter')],
}

async function start(t: TestContext, dir: string, port: number, args: string[] = []) {
  const env = { PATH: process.env.PATH, LIANSHU_DATA: dir, MQTT_PORT: String(port) }
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args], { env, stdio: ['pipe', 'pipe', 'inherit'] })
  t.after(() => child.kill('SIGKILL'))
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  assert.deepEqual(JSON.parse(line), { ready: true })
  return { child, ended: once(child, 'exit') }
}

const messagesOf = (received: Received[], user: string) =>
  received.filter((r) => r.user === user).flatMap((r) => (Array.isArray(r.payload) ? r.payload : [r.payload]) as Message[])

async function until(what: () => boolean): Promise<void> {
  const giveUp = Date.now() + 20_000
  while (!what()) {
    assert.ok(Date.now() < giveUp, 'it did not happen')
    await sleep(50)
  }
}

function dataFolder(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'lianshu-simulator-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

test('machines send their past and then the present on their own topics, outlive a lost broker, and go on counting after a restart', async (t) => {
  const dir = dataFolder(t)
  writeFileSync(join(dir, 'simulator.json'), JSON.stringify(fleet))
  const broker = await testBroker()
  t.after(() => broker.close())
  const startedMs = Date.now()
  const first = await start(t, dir, broker.port)
  const shots = () => messagesOf(broker.received, 'yinglong/dcm-01')
  await until(() => shots().some((m) => m.ts > startedMs))

  for (const { user, topic } of broker.received) assert.equal(topic, `v1/${user}/telemetry`)
  assert.ok(startedMs - Math.min(...shots().map((m) => m.ts)) > 3 * 3_600_000)
  assert.ok(messagesOf(broker.received, 'yinglong/meter-01').some((m) => 'intervalEnergyKwh' in m.values && m.ts % 900_000 === 0))

  broker.cut()
  const before = shots().length
  await until(() => shots().length > before + 2)
  first.child.kill('SIGTERM')
  assert.deepEqual(await first.ended, [0, null])

  const second = await start(t, dir, broker.port, ['--supervised'])
  const known = shots().length
  await until(() => shots().length > known + 2)
  // Sorted by source time, whatever came twice: no counter ever runs backwards.
  const kwh = shots()
    .sort((a, b) => a.ts - b.ts)
    .map((m) => Number(m.values.energyKwh))
  for (const [i, value] of kwh.entries()) assert.ok(value >= (kwh[i - 1] ?? 0))
  second.child.stdin.end()
  assert.deepEqual(await second.ended, [0, null])
})

test('a machine that a gateway reads has its values in registers and sends nothing itself', async (t) => {
  const dir = dataFolder(t)
  const place = modbus.place.parse({ address: '40001', dataType: 'int32' })
  const at = { host: '127.0.0.1', port: await freePort(), unitId: 3 }
  const { userName: _, secret: _secret, ...machine } = device('comp-01', 'air-compressor')
  const read = { ...machine, modbus: { ...at, points: [{ name: 'energyKwh', place, scale: 0.01 }] } }
  writeFileSync(join(dir, 'simulator.json'), JSON.stringify({ ...fleet, devices: [read] }))
  await start(t, dir, 1)
  const driver = makeModbusDriver(modbus.connection.parse({ host: at.host, port: at.port }), systemClock)
  t.after(() => driver.close())
  const points = [{ id: 1, place }]
  const now = async () => {
    const signal = AbortSignal.timeout(5_000)
    const [sample] = await driver.connect(signal).then(
      () => driver.read({ unit: { unitId: at.unitId }, points }, signal),
      () => [],
    )
    return sample?.quality === 'good' ? Number(sample.value) : undefined
  }
  let first: number | undefined
  const giveUp = Date.now() + 20_000
  while (first === undefined && Date.now() < giveUp) {
    first = await now()
    await sleep(100)
  }
  assert.ok(first !== undefined && first > 0, 'the counter stands where the machine’s past brought it')
  const counter = first
  let later = counter
  while (later <= counter && Date.now() < giveUp) {
    later = (await now()) ?? later
    await sleep(200)
  }
  assert.ok(later > counter && later < counter + 100_000, `${counter} → ${later}`)
})

test('without a demo chain it waits quietly, and ends when told', async (t) => {
  const { child, ended } = await start(t, dataFolder(t), 1)
  child.kill('SIGTERM')
  assert.deepEqual(await ended, [0, null])
})

test('waits between attempts double up to a limit and differ by chance', () => {
  assert.deepEqual(
    [0, 1, 2, 6, 50].map((n) => backOffMs(n, () => 1)),
    [500, 1_000, 2_000, 30_000, 30_000],
  )
  assert.equal(
    backOffMs(0, () => 0),
    250,
  )
})
