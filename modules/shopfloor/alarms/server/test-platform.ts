import { setTimeout as sleep } from 'node:timers/promises'
import { v7 as uuidv7 } from 'uuid'
import { connectBus } from '#kernel/bus.ts'
import { moduleDatabase, systemDatabase } from '#kernel/postgres.ts'
import type { DeviceInfo } from '#modules/shopfloor/devices/public.ts'
import { telemetryPublic } from '#modules/shopfloor/telemetry/server/telemetry-public.ts'
import { busPassword, startTestPlatform, type TestDevice, testDevice } from '#modules/shopfloor/telemetry/server/test-platform.ts'
import { testContext } from '../../../../tests/context.ts'
import type { RuleInput } from '../contract.ts'
import { evaluationLoop } from './evaluation/evaluate.ts'
import { listEvents } from './read-events.ts'
import type { Rooms } from './rooms.ts'
import type { AlarmsTables } from './tables.ts'

interface Cleanup {
  after(work: () => Promise<void>): void
}

export const ruleInput = (change: Partial<RuleInput>): RuleInput => ({
  name: '温度过高',
  nameEn: 'Temperature high',
  deviceId: null,
  modelCode: null,
  pointName: 'temp',
  condition: { kind: 'limit', level: 'H', limit: 80, deadband: 0 },
  onDelayS: 0,
  offDelayS: 0,
  badQuality: 'ignore',
  suppression: null,
  priority: 'high',
  latched: false,
  cause: '',
  consequence: '',
  response: '',
  responseMinutes: null,
  notify: false,
  escalateMinutes: null,
  ...change,
})

/** The evaluation over a real ingest, broker, ClickHouse and PostgreSQL; organisations and devices are played by their public interfaces. */
export async function startAlarmsPlatform(t: Cleanup) {
  const telemetry = await startTestPlatform(t)
  const bus = connectBus({ port: telemetry.port, user: 'bus', password: busPassword, log: telemetry.log })
  t.after(() => bus.close())
  const { systemPool } = telemetry
  const all: TestDevice[] = []
  const infoOf = (device: TestDevice): DeviceInfo => ({
    id: device.deviceId,
    code: device.code,
    name: device.code,
    nameEn: null,
    typeName: '',
    typeNameEn: null,
    modelCode: 'furnace',
    modelId: uuidv7() as DeviceInfo['modelId'],
    status: 'active',
    siteId: device.siteId as DeviceInfo['siteId'],
  })
  const of = (orgId: string) => all.filter((device) => device.orgId === orgId)
  const rooms: Rooms = {
    db: moduleDatabase<AlarmsTables>(telemetry.app, () => Promise.reject(new Error('no grant'))),
    system: systemDatabase<AlarmsTables>(systemPool),
    bus,
    organisations: {
      everyScope: async () => [...new Map(all.map(({ orgId, orgNo }) => [orgId, { orgId, orgNo }])).values()],
    },
    access: { personsWith: async () => [] },
    devices: {
      points: telemetry.devices.points,
      device: async (tx, id) =>
        of(tx.orgId)
          .filter((device) => device.deviceId === id)
          .map(infoOf)[0],
      devices: async (tx, ids) =>
        new Map(
          of(tx.orgId)
            .filter((device) => ids.includes(device.deviceId))
            .map((device) => [device.deviceId, infoOf(device)]),
        ),
      inUse: async (tx) => of(tx.orgId).map(infoOf),
      newestModel: async () => undefined,
    },
    telemetry: telemetryPublic({ clickhouse: telemetry.clickhouse, bus }),
    translate: () => undefined,
    clock: telemetry.clock,
    log: telemetry.log,
  }
  return {
    telemetry,
    rooms,
    add: (names: string[], change: Partial<TestDevice> = {}): TestDevice => {
      const device = testDevice(
        names.map((name) => ({ name })),
        change,
      )
      all.push(device)
      telemetry.add(device)
      return device
    },
    contextOf: (device: TestDevice) => testContext({ orgId: device.orgId, orgNo: device.orgNo }),
    /** As the worker runs it. */
    evaluate: (test: Cleanup) => {
      const end = new AbortController()
      const loop = evaluationLoop(rooms)
      const running = (async () => {
        while (!end.signal.aborted) {
          await loop.run(end.signal)
          await sleep(50, undefined, { signal: end.signal }).catch(() => undefined)
        }
      })()
      const stop = async () => {
        end.abort()
        await running
      }
      test.after(stop)
      return { stop }
    },
    /** `raised unacknowledged 90`, the oldest first. */
    story: async (device: TestDevice): Promise<string[]> => {
      const ctx = testContext({ orgId: device.orgId, orgNo: device.orgNo })
      const { items } = await listEvents(rooms, ctx, { sort: 'at', limit: 200 })
      return items.map((event) => `${event.kind} ${event.toState} ${event.value ?? '—'}${event.late ? ' late' : ''}`)
    },
  }
}

/** Waits until it is so; what it is instead after `withinMs` is for the caller's assertion. */
export async function until<T>(ask: () => Promise<T>, isSo: (answer: T) => boolean, withinMs = 5_000): Promise<T> {
  const giveUpAt = performance.now() + withinMs
  let answer = await ask()
  while (!isSo(answer) && performance.now() < giveUpAt) {
    await sleep(20)
    answer = await ask()
  }
  return answer
}
