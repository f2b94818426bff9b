import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Command, type CommandState, commandsApi } from '#modules/shopfloor/commands/contract.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import { configurationApi } from '#modules/shopfloor/gateways/configuration-contract.ts'
import { pairApi } from '#modules/shopfloor/gateways/pair-contract.ts'
import { rowsOf } from '../../tests/field.ts'
import { type ModbusSimulator, type SimulatedUnit, startModbusSimulator } from '../drivers/modbus/simulator.ts'
import { buildBundle, openCable, openTestPlant, type StartedGateway, startGateway, type TestPlant, until } from './test-plant.ts'

// Two gateways as they are shipped, a started platform, one machine: the active one is cut off, stopped and woken up, killed.

interface Member {
  id: DeviceId
  code: string
  user: string
  secret: string
  dataDir: string
  wire: Awaited<ReturnType<typeof openCable>>
  values: Awaited<ReturnType<typeof openCable>>
  process: StartedGateway
}

/** The machine counts hundredths of a second: what is stored says itself when it was read. */
const TICK_MS = 10
const PERIOD_MS = 250
const counter = { address: 'holding:0', dataType: 'uint32' } as const
const setPoint = { address: 'holding:10', dataType: 'uint16' } as const

let plant: TestPlant
let simulator: ModbusSimulator
let unit: SimulatedUnit
let bundle: ReturnType<typeof buildBundle>
let device: DeviceId
let a: Member
let b: Member
const startedMs = Date.now()
/** Nobody read: until it was known that one stood still, or was dead. */
const outages: { fromMs: number; untilMs: number }[] = []
/** What a change of hands may take on a busy machine. */
const GAP_MS = 6_000

before(async () => {
  simulator = await startModbusSimulator()
  unit = simulator.unit(1)
  unit.set(setPoint, 1)
  unit.onAsked = () => unit.set(counter, Math.floor((Date.now() - startedMs) / TICK_MS))
  bundle = buildBundle()
  plant = await openTestPlant()
  const link = await plant.addLink('柜', simulator.port)
  const table = await plant.addTable('press', [
    { name: 'ticks', ...counter, periodMs: PERIOD_MS },
    { name: 'setPoint', ...setPoint, access: 'rw' },
  ])
  device = await plant.addDevice('press-1', link, 1, table)
  const { client } = plant.field
  const made = await client.call(configurationApi.create, { body: { code: 'GW-2', name: 'GW-2', nameEn: null, nodeId: plant.site } })
  await client.call(pairApi.setStandby, { params: { id: plant.gateway.id }, body: { standbyId: made.id, silentAfterS: 15 } })
  a = await newMember({ ...plant.gateway, code: 'GW-1' })
  b = await newMember({ id: made.id, code: 'GW-2', user: made.credential.userName, secret: made.credential.secret })
  await allowWriting()
  await until('the active one reads', async () => (await plant.stored('press-1', 'ticks')).length > 0)
  await until('the standby is there', async () => (await pair()).standby.notReady === null)
})
after(async () => {
  for (const member of [a, b]) {
    await member?.process.kill('SIGKILL')
    member?.wire.close()
    member?.values.close()
    if (member) rmSync(member.dataDir, { recursive: true, force: true })
  }
  await plant?.stop()
  await simulator?.stop()
  bundle?.remove()
})

async function newMember(of: Pick<Member, 'id' | 'code' | 'user' | 'secret'>): Promise<Member> {
  const { platform } = plant.field
  const [wire, values] = await Promise.all([openCable(Number(new URL(platform.address).port)), openCable(platform.mqttPort)])
  const member = { ...of, wire, values, dataDir: mkdtempSync(join(tmpdir(), 'lianshu-take-over-')) }
  return { ...member, process: await start(member) }
}

function start({ user, secret, dataDir, wire, values }: Omit<Member, 'process'>): Promise<StartedGateway> {
  const [server, mqtt] = [`http://127.0.0.1:${wire.port}`, `mqtt://127.0.0.1:${values.port}`]
  return startGateway(bundle.file, { server, mqtt, user, secret, dataDir, httpsAfterSeconds: 0 })
}

async function allowWriting(): Promise<void> {
  const { client } = plant.field
  const usual = { permission: 'commands.write' as const, min: 0, max: 100, step: null, allowed: null, approval: false, interlocks: [] }
  await client.call(commandsApi.allow, { params: { deviceId: device, name: 'setPoint' }, body: { ...usual, timeoutS: 60, version: 0 } })
  await client.call(commandsApi.switchSite, { params: { siteId: plant.site }, body: { on: true, reason: '联调', version: 0 } })
}

async function pair() {
  const read = await plant.field.client.call(pairApi.pair, { params: { id: plant.gateway.id } })
  assert.ok(read.pair)
  return read.pair
}

const gatewayOf = (member: Member) => plant.field.client.call(configurationApi.get, { params: { id: member.id } })

const takesOver = (member: Member, epoch: number) =>
  until(
    `${member.code} reads in turn ${epoch}`,
    async () => {
      const now = await pair()
      if (now.epoch !== epoch || now.activeId !== member.id) return false
      const beganMs = Date.parse(now.turns[0]?.beganAt ?? '')
      return (await plant.stored('press-1', 'ticks')).some(({ at, v }) => at >= beganMs && v !== null) && beganMs
    },
    60_000,
  )

const letsGo = (member: Member) =>
  until(
    `${member.code} has let go`,
    async () => {
      const { state, status, revision } = await gatewayOf(member)
      return state === 'online' && status?.revision === revision && simulator.openConnections === 1
    },
    60_000,
  )

/** Its lease is young: it is handed what there is to write. */
const hasJustReported = (member: Member) =>
  until(`${member.code} has just reported`, async () => Date.now() - Date.parse((await gatewayOf(member)).lastSeenAt ?? '') < 1_000)

const write = (value: number) =>
  plant.field.client.call(commandsApi.request, { body: { deviceId: device, point: 'setPoint', value, purpose: '试验' } })

const comesTo = (command: Command, state: CommandState): Promise<Command> =>
  until(
    `${command.number} is ${state}`,
    async () => {
      const now = await plant.field.client.call(commandsApi.get, { params: { id: command.id } })
      return now.state === state && now
    },
    60_000,
  )

async function refusedOf(member: Member): Promise<number> {
  const postgres = await plant.field.postgres()
  const text = `select coalesce(sum(n), 0)::int as n from telemetry.ingest_counter where device = any($1) and count_of = 'otherTurn'`
  const { rows } = await postgres.query<{ n: number }>(text, [[member.code, 'press-1']])
  await postgres.end()
  return rows[0]?.n ?? 0
}

test('cut off, the active one reads on; what it read before the take-over comes late, what it read after is refused', async () => {
  a.wire.pull()
  a.values.pull()
  const cutMs = Date.now()
  // The platform hears of it too.
  await sleep(300)
  const waiting = await write(2)
  const beganMs = await takesOver(b, 2)
  await comesTo(waiting, 'done')
  assert.deepEqual([unit.holding[10], unit.writeCount], [2, 1])
  a.wire.putBack()
  a.values.putBack()
  await letsGo(a)
  await until('what it read in the other one’s turn was refused', async () => (await refusedOf(a)) > 0)
  await until('what it read while it was cut off is stored', async () => {
    const late = (await plant.stored('press-1', 'ticks')).filter(({ at, v }) => at > cutMs && at < beganMs && v !== null)
    return late.length >= (0.5 * (beganMs - cutMs)) / PERIOD_MS
  })
})

test('stopped with a write in its hands, the active one wakes up as the stale one, and writes nothing', async () => {
  await until('the other one is there', async () => (await pair()).gateway.notReady === null)
  await hasJustReported(b)
  b.process.process.kill('SIGSTOP')
  const stoppedMs = Date.now()
  const stale = await write(3)
  await comesTo(stale, 'sent')
  outages.push({ fromMs: stoppedMs, untilMs: await takesOver(a, 3) })
  const writes = unit.writeCount
  b.process.process.kill('SIGCONT')
  const refused = await comesTo(stale, 'refused')
  assert.deepEqual([refused.outcome, unit.holding[10], unit.writeCount], ['gateways.commandLate', 2, writes])
  await letsGo(b)
  await comesTo(await write(4), 'done')
  assert.deepEqual([unit.holding[10], unit.writeCount], [4, writes + 1])
})

test('killed, the active one comes back with the configuration of its turn, and gives way', async () => {
  await until('the other one is there', async () => (await pair()).standby.notReady === null)
  await a.process.kill('SIGKILL')
  const deadMs = Date.now()
  outages.push({ fromMs: deadMs, untilMs: await takesOver(b, 4) })
  a.process = await start(a)
  await letsGo(a)
  assert.deepEqual(
    (await pair()).turns.map(({ epoch, reason }) => [epoch, reason]),
    [
      [4, 'silent'],
      [3, 'silent'],
      [2, 'silent'],
      [1, 'paired'],
    ],
  )
})

test('each value stands once, at the time when it was read, and none is missing but those that nobody read', async () => {
  const stored = (await plant.stored('press-1', 'ticks')).filter(({ v }) => v !== null)
  for (const [i, { at, v }] of stored.entries()) {
    const lateMs = startedMs + Number(v) * TICK_MS - at
    assert.ok(lateMs >= -TICK_MS && lateMs < 3_000, `stamped ${at}, read ${lateMs} ms later`)
    const earlier = stored[i - 1]
    if (earlier === undefined) continue
    // A busy machine reads late in its slot and at once again in the next: between neighbours alone, within one tick, the count is the same.
    const grows = Number(v) > Number(earlier.v) || (v === earlier.v && at - earlier.at < 2 * PERIOD_MS)
    assert.ok(grows, `what counts up does not: ${v} at ${at} after ${earlier.v} at ${earlier.at}`)
  }
  const readings = await rowsOf<{ n: string }>(
    plant.field.clickhouse(),
    'select count() as n from (select org_no, series, ts from sample group by org_no, series, ts having uniqExact(mantissa, exponent) > 1)',
  )
  assert.equal(Number(readings[0]?.n), 0, 'no stamp ever had two values, of one gateway and of the other')
  for (const [i, { at }] of stored.entries()) {
    const fromMs = stored[i - 1]?.at ?? at
    if (at - fromMs < GAP_MS) continue
    const known = outages.some((outage) => fromMs > outage.fromMs - GAP_MS && at < outage.untilMs + GAP_MS)
    assert.ok(known, `nothing from ${fromMs} to ${at}`)
  }
})
