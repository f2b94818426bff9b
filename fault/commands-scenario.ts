import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startModbusSimulator } from '#edge/drivers/modbus/simulator.ts'
import { buildBundle, openCable, openTestPlant, startGateway, type TestPlant, until } from '#edge/gateway/test-plant.ts'
import { type Command, commandsApi } from '#modules/shopfloor/commands/contract.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { Report, ScenarioOptions } from './report.ts'

const ROUND_MS = 3_500
/** Ended, whatever came of it; time-out 3 s and half a minute of grace. */
const ENDS_WITHIN_MS = 60_000
/** From the request to the machine's answer, about: faults fall before, into and behind the write. */
const MOMENT_MS = 160

const NOT_READY = 'gateways.clockUnknown'
/** A run in which nothing ended unknown has not tried what it is for: it goes on, up to so many times as long. */
const MOST = 3

/** What the machine itself saw: how often each value was written to it. */
type Seen = ReadonlyMap<number, number>

/**
 * Values are written to a machine while the gateway is killed, its uplink cut or the machine's answer lost, at any moment between the request
 * and its end. The machine counts: no value comes twice, what is done came once, what is refused, expired or withdrawn never came.
 */
export async function commandsScenario(report: Report, { folder, short, seconds }: ScenarioOptions): Promise<void> {
  const simulator = await startModbusSimulator()
  const unit = simulator.unit(1)
  const seen = new Map<number, number>()
  unit.onWritten = (pdu) => {
    const value = pdu.readUInt16BE(3)
    seen.set(value, (seen.get(value) ?? 0) + 1)
  }
  unit.latencyMs = 20
  const plant = await openTestPlant()
  const bundle = buildBundle()
  const { platform } = plant.field
  const cable = await openCable(Number(new URL(platform.address).port))
  const settings = {
    server: `http://127.0.0.1:${cable.port}`,
    mqtt: `mqtt://127.0.0.1:${platform.mqttPort}`,
    user: plant.gateway.user,
    secret: plant.gateway.secret,
    dataDir: folder,
  }
  let gateway = await startGateway(bundle.file, settings)
  const faults: Record<string, () => Promise<void>> = {
    'gateway killed': async () => {
      await gateway.kill('SIGKILL')
      gateway = await startGateway(bundle.file, settings)
    },
    'uplink cut': async () => {
      cable.pull()
      await sleep(1_000)
      cable.putBack()
    },
    'answer lost, gateway killed': async () => {
      unit.losesConfirmations = true
      await sleep(MOMENT_MS)
      await gateway.kill('SIGKILL')
      unit.losesConfirmations = false
      gateway = await startGateway(bundle.file, settings)
    },
  }
  try {
    const device = await machine(plant, simulator.port)
    const commands: Command[] = []
    let next = 1_000
    const rounds = short ? 9 : Math.max(9, Math.round((seconds * 1_000) / ROUND_MS))
    const ask = async () => {
      await until('the gateway is online and the point is free', () => isFree(plant, device), ENDS_WITHIN_MS)
      return request(plant, device, next++)
    }
    // Just started, it does not know the time yet and writes nothing: a fault would have nothing to break.
    const knowsTheTime = async () => {
      const asked = await ask()
      const ended = await until(`${asked.number} has ended`, () => endOf(plant, asked), ENDS_WITHIN_MS)
      commands.push(ended)
      return ended.outcome !== NOT_READY
    }
    for (let round = 0; round < MOST * rounds && (round < rounds || !commands.some(isUnknown)); round++) {
      await until('the gateway knows the time', knowsTheTime, ENDS_WITHIN_MS)
      const asked = await ask()
      const [name = '', fault] = Object.entries(faults)[round % 3] ?? []
      await sleep(Math.random() * MOMENT_MS)
      await fault?.()
      const command = await until(`${asked.number} has ended`, () => endOf(plant, asked), ENDS_WITHIN_MS)
      commands.push(command)
      console.log(`  ${name}: ${command.value} ${command.state} ${command.outcome ?? ''}, seen ${seen.get(command.value as number) ?? 0}`)
    }
    judge(report, commands, seen, join(folder, 'writes'))
  } finally {
    await gateway.kill('SIGKILL')
    cable.close()
    await plant.stop()
    await simulator.stop()
    bundle.remove()
  }
}

async function machine(plant: TestPlant, port: number): Promise<DeviceId> {
  const { client } = plant.field
  const link = await plant.addLink('press', port)
  const table = await plant.addTable('press', [{ name: 'setPoint', address: 'holding:0', access: 'rw', periodMs: 200 }])
  const device = await plant.addDevice('press-1', link, 1, table)
  const limits = { min: 0, max: 60_000, step: null, allowed: null, approval: false, interlocks: [], timeoutS: 3, version: 0 }
  const body = { permission: 'commands.write' as const, ...limits }
  await client.call(commandsApi.allow, { params: { deviceId: device, name: 'setPoint' }, body })
  await client.call(commandsApi.switchSite, { params: { siteId: plant.site }, body: { on: true, reason: 'fault run', version: 0 } })
  return device
}

const isFree = async ({ field }: TestPlant, deviceId: DeviceId): Promise<boolean> =>
  (await field.client.call(commandsApi.points, { params: { deviceId } })).points[0]?.obstacle === null

const request = ({ field }: TestPlant, deviceId: DeviceId, value: number) =>
  field.client.call(commandsApi.request, { body: { deviceId, point: 'setPoint', value, purpose: 'fault run' } })

const endOf = async ({ field }: TestPlant, { id }: Command): Promise<Command | false> => {
  const now = await field.client.call(commandsApi.get, { params: { id } })
  return now.dueAt === null && now
}

const isUnknown = ({ state }: Command): boolean => state === 'unknown'

function judge(report: Report, commands: readonly Command[], seen: Seen, journal: string): void {
  const of = (...states: Command['state'][]) => commands.filter(({ state }) => states.includes(state))
  const times = ({ value }: Command) => seen.get(value as number) ?? 0
  const counts = Object.fromEntries(
    Map.groupBy(commands, ({ state }) => state)
      .entries()
      .map(([state, all]) => [state, all.length]),
  )
  report.check(`${commands.length} commands: ${JSON.stringify(counts)}`, commands.length > 0, journal)
  report.check(
    'no value came to the machine twice',
    [...seen.values()].every((n) => n === 1),
    [...seen],
  )
  report.check(
    'what is done came once',
    of('done').every((one) => times(one) === 1),
    of('done').filter((one) => times(one) !== 1),
  )
  const never = of('refused', 'expired', 'withdrawn', 'declined')
  report.check(
    'what was not carried out never came',
    never.every((one) => times(one) === 0),
    never.filter((one) => times(one) > 0),
  )
  report.check('what nobody knows is unknown', of('unknown').length > 0, counts)
}
