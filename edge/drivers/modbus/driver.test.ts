import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { freePort } from '#embedded/ports.ts'
import { systemClock } from '../../clock.ts'
import { driverContract, SILENT_AFTER_MS } from '../test-contract.ts'
import { type ModbusPlace, modbus } from './config.ts'
import { makeModbusDriver } from './driver.ts'
import { rtuFrameOf } from './rtu-frames.ts'
import { type ModbusSimulator, startModbusSimulator } from './simulator.ts'

const never = new AbortController().signal
const unit = { unitId: 1 }

async function started(t: TestContext, options: Parameters<typeof startModbusSimulator>[0] = {}): Promise<ModbusSimulator> {
  const simulator = await startModbusSimulator(options)
  t.after(() => simulator.stop())
  return simulator
}

const place = (address: string, dataType: ModbusPlace['dataType'] = 'uint16', more: Partial<ModbusPlace> = {}) =>
  modbus.place.parse({ address, dataType, ...more })

const settings = (port: number, more: object = {}) =>
  modbus.connection.parse({ host: '127.0.0.1', port, requestTimeoutMs: 10_000, connectTimeoutMs: 10_000, ...more })

let simulator: ModbusSimulator
const nothing = await freePort()

for (const framing of ['tcp', 'rtu'] as const)
  driverContract<{ unitId: number }, ModbusPlace>({
    protocol: 'modbus',
    folder: import.meta.dirname,
    driver: () => makeModbusDriver(settings(simulator.port, { framing, requestTimeoutMs: SILENT_AFTER_MS }), systemClock),
    driverOfNothing: () => makeModbusDriver(settings(nothing, { framing }), systemClock),
    async start(t) {
      simulator = await started(t, { framing })
      const device = simulator.unit(1)
      device.illegal = [{ table: 'holding', from: 500, until: 501 }]
      const good = [
        { place: place('hr:0', 'int16'), value: -5 },
        { place: place('40002', 'float32', { order: 'CDAB' }), value: 1.5 },
        { place: place('ir:7', 'uint64', { order: 'DCBA' }), value: 2n ** 60n + 1n },
        { place: place('4x0011', 'string', { length: 9, encoding: 'gb18030' }), value: '压铸1号' },
        { place: place('hr:20.15', 'bool'), value: true },
        { place: place('00009', 'bool'), value: true },
        { place: place('10003', 'bool'), value: false },
        { place: place('hr:498'), value: 498 },
        { place: place('hr:502'), value: 502 },
      ]
      for (const { place: where, value } of good) device.set(where, value)
      return {
        unit,
        absentUnit: { unitId: 9 },
        good,
        bad: place('hr:500'),
        badBy: { code: { name: 'modbus.exception', value: '2' }, answer: framing === 'tcp' ? /00000003018302$/ : /^018302c0f1$/ },
        writes: [
          { place: place('hr:0', 'int16'), value: 7 },
          { place: place('40002', 'float32', { order: 'CDAB' }), value: -0.25 },
          { place: place('hr:30', 'int64', { order: 'BADC' }), value: -(2n ** 61n) - 1n },
          { place: place('hr:20.15', 'bool'), value: false },
          { place: place('00009', 'bool'), value: false },
          { place: place('4x0011', 'string', { length: 9, encoding: 'gb18030' }), value: '2号机' },
        ],
        silence: (silent) => {
          device.silent = silent
        },
        cut: () => simulator.cut(),
        connections: () => simulator.connections,
      }
    },
  })

/** A driver on a simulator, a clock that the test turns, and points by their places. */
async function bench(t: TestContext, more: object = {}, options: Parameters<typeof startModbusSimulator>[0] = {}) {
  const server = await started(t, options)
  const clock = { now: Date.now(), nowMs: () => clock.now }
  const driver = makeModbusDriver(settings(server.port, more), clock)
  t.after(() => driver.close())
  await driver.connect(never)
  const device = server.unit(1)
  const pointsAt = (places: ModbusPlace[]) => places.map((where, id) => ({ id, place: where }))
  /** Requests of one read, and which points were bad. */
  const read = async (points: ReturnType<typeof pointsAt>, of = unit) => {
    const before = server.unit(of.unitId).requestCount
    const samples = await driver.read({ unit: of, points }, never)
    assert.deepEqual(
      samples.map(({ point }) => point).sort((a, b) => a - b),
      points.map(({ id }) => id),
    )
    const bad = samples.filter(({ quality }) => quality !== 'good').toSorted((a, b) => a.point - b.point)
    return {
      samples,
      requests: server.unit(of.unitId).requestCount - before,
      bad: bad.map(({ point }) => point),
      reasons: [...new Set(bad.map(({ reason }) => reason))],
    }
  }
  return { server, clock, driver, device, pointsAt, read }
}

const registers = (from: number, count: number) => Array.from({ length: count }, (_, i) => place(`hr:${from + i}`))

test('one illegal register among 200: 199 are good, and the next read takes a few requests only', async (t) => {
  const { device, pointsAt, read } = await bench(t)
  for (let i = 0; i < 200; i++) device.holding[i] = i * 3
  device.illegal = [{ table: 'holding', from: 77, until: 78 }]
  const points = pointsAt(registers(0, 200))
  const first = await read(points)
  assert.deepEqual([first.bad, first.reasons], [[77], ['modbus.illegalAddress']])
  assert.ok(first.samples.every(({ point, value }) => value === (point === 77 ? null : point * 3)))
  assert.ok(first.requests <= 2 + 2 * 7, `${first.requests} requests`)
  const second = await read(points)
  assert.deepEqual([second.bad, second.requests], [[77], 2])
})

test('a refused place is asked again now and then, and comes back when the device has it', async (t) => {
  const { clock, device, pointsAt, read } = await bench(t)
  device.illegal = [{ table: 'holding', from: 3, until: 4 }]
  const points = pointsAt(registers(0, 10))
  await read(points)
  assert.equal((await read(points)).requests, 2)
  clock.now += 31_000
  assert.equal((await read(points)).requests, 3, 'tried alone')
  assert.equal((await read(points)).requests, 2, 'then left again')
  device.illegal = []
  clock.now += 61_000
  assert.deepEqual((await read(points)).bad, [])
  assert.equal((await read(points)).requests, 1, 'joined again')
})

test('a device that refuses half of a 32-bit value still gives the whole', async (t) => {
  const { device, pointsAt, read } = await bench(t)
  device.refuse = ({ from, count }) => from === 11 || from + count === 11
  device.illegal = [{ table: 'holding', from: 13, until: 14 }]
  const points = pointsAt([place('hr:0'), place('hr:10', 'float32'), place('hr:11'), place('hr:12'), place('hr:13')])
  for (let i = 0; i < 3; i++) assert.deepEqual((await read(points)).bad, [2, 4])
})

test('one place that comes and goes does not have the others sought again and again', async (t) => {
  const { clock, device, pointsAt, read } = await bench(t)
  const dead = { table: 'holding' as const, from: 50, until: 150 }
  const points = pointsAt(registers(0, 200))
  let requests = 0
  for (let minute = 0; minute < 20; minute++) {
    device.illegal = minute % 2 === 0 ? [dead, { table: 'holding', from: 7, until: 8 }] : [dead]
    for (let i = 0; i < 6; i++) {
      requests += (await read(points)).requests
      clock.now += 10_000
    }
  }
  // Seeking the hundred dead ones at each return of the one would take more than 3,000.
  assert.ok(requests < 1_800, `${requests} requests in 120 reads`)
})

test('a link that breaks is noticed also where every place is refused', async (t) => {
  const { server, device, pointsAt, read } = await bench(t)
  device.illegal = [{ table: 'holding', from: 0, until: 100 }]
  const points = pointsAt(registers(0, 3))
  assert.deepEqual((await read(points)).bad, [0, 1, 2])
  server.cut()
  await new Promise((resolve) => setTimeout(resolve, 30))
  await assert.rejects(read(points), { reason: 'modbus.connectionLost' })
})

test('a hole between two good blocks is found once and not bridged again', async (t) => {
  const { clock, device, pointsAt, read } = await bench(t)
  device.illegal = [{ table: 'holding', from: 10, until: 20 }]
  const points = pointsAt([...registers(0, 10), ...registers(20, 10)])
  const first = await read(points)
  assert.deepEqual(first.bad, [])
  const { requests, bad } = await read(points)
  assert.deepEqual([requests, bad], [2, []])
  clock.now += 3_600_001
  assert.deepEqual((await read(points)).bad, [], 'bridged again after an hour, and found again')
  assert.equal((await read(points)).requests, 2)
})

test('a device that takes 16 registers at most is served in such pieces without being told', async (t) => {
  const { device, pointsAt, read } = await bench(t)
  device.maxCount = 16
  const points = pointsAt(registers(0, 100))
  for (let i = 0; i < 3; i++) await read(points)
  const { requests, bad } = await read(points)
  assert.deepEqual(bad, [])
  assert.ok(requests <= 8, `${requests} requests`)
})

test('a device that refuses all costs a bounded number of requests', async (t) => {
  const { device, pointsAt, read } = await bench(t)
  device.illegal = [{ table: 'holding', from: 0, until: 65_536 }]
  const points = pointsAt(registers(0, 1_000))
  const { requests, bad } = await read(points)
  assert.equal(bad.length, 1_000)
  assert.ok(requests <= 8 + 66, `${requests} requests`)
})

test('other exceptions are reasons of their request, and nothing is looked for', async (t) => {
  const { device, pointsAt, read } = await bench(t)
  const points = pointsAt(registers(0, 100))
  for (const [exception, reason] of [
    [1, 'modbus.illegalFunction'],
    [4, 'modbus.deviceFailure'],
    [6, 'modbus.deviceBusy'],
    [0x63, 'modbus.unknownException'],
  ] as const) {
    device.exception = exception
    const { requests, reasons, bad } = await read(points)
    assert.deepEqual([requests, reasons, bad.length], [1, [reason], 100])
  }
  device.exception = undefined
  assert.deepEqual((await read(points)).bad, [])
})

test('a unit that the serial gateway cannot reach is no lost link, and all its points say so', async (t) => {
  const { pointsAt, server, driver } = await bench(t)
  server.unit(1)
  const points = pointsAt(registers(0, 1_000))
  const samples = await driver.read({ unit: { unitId: 7 }, points }, never)
  assert.equal(samples.length, 1_000)
  assert.deepEqual(new Set(samples.map(({ reason }) => reason)), new Set(['modbus.gatewayNoAnswer']))
})

test('a dead unit among others is no lost link, however long; when nobody answers it is', async (t) => {
  const { pointsAt, server, driver, device } = await bench(t, { requestTimeoutMs: 500 }, { missingUnit: 'silence' })
  const points = pointsAt(registers(0, 10))
  server.unit(2)
  for (let cycle = 0; cycle < 5; cycle++) {
    const dead = await driver.read({ unit: { unitId: 7 }, points }, never)
    assert.deepEqual(new Set(dead.map(({ reason, quality }) => `${quality} ${reason}`)), new Set(['badTimeout modbus.noAnswer']))
    assert.ok((await driver.read({ unit, points }, never)).every(({ quality }) => quality === 'good'))
  }
  device.silent = true
  const cycle = async () => {
    for (const unitId of [7, 1]) await driver.read({ unit: { unitId }, points }, never)
  }
  await assert.rejects(
    async () => {
      for (let i = 0; i < 5; i++) await cycle()
    },
    { reason: 'modbus.linkSilent' },
  )
})

test('an answer that comes after its time-out is nobody’s: the next request gets its own', async (t) => {
  const { pointsAt, device, driver } = await bench(t, { requestTimeoutMs: 500 })
  device.holding.set([11, 22])
  const comes = Promise.withResolvers<void>()
  device.answersAfter = comes.promise
  const [one, two] = [pointsAt([place('hr:0')]), pointsAt([place('hr:1')])]
  const late = await driver.read({ unit, points: one }, never)
  assert.equal(late[0]?.reason, 'modbus.noAnswer')
  device.answersAfter = undefined
  comes.resolve()
  const [sample] = await driver.read({ unit, points: two }, never)
  assert.equal(sample?.value, 22)
})

test('a place that is none is a bad sample too', async (t) => {
  const { driver } = await bench(t)
  const samples = await driver.read(
    {
      unit,
      points: [
        { id: 5, place: { address: 'D7' } as never },
        { id: 6, place: place('hr:0') },
      ],
    },
    never,
  )
  assert.deepEqual(
    samples.map(({ point, quality, reason }) => ({ point, quality, reason })).toSorted((a, b) => a.point - b.point),
    [
      { point: 5, quality: 'badConfiguration', reason: 'modbus.wrongPlace' },
      { point: 6, quality: 'good', reason: undefined },
    ],
  )
})

test('requests in flight: several at once where the link allows it', async (t) => {
  const { pointsAt, device, read } = await bench(t, { maxInFlight: 4 })
  for (let i = 0; i < 1_000; i++) device.holding[i] = i
  const { samples, requests } = await read(pointsAt(registers(0, 1_000)))
  assert.equal(requests, 8)
  assert.ok(samples.every(({ point, value }) => point === value))
})

test('a pause lies between two requests', async (t) => {
  const { pointsAt, read } = await bench(t, { pauseMs: 30 })
  const startedMs = performance.now()
  await read(pointsAt(registers(0, 500)))
  assert.ok(performance.now() - startedMs >= 3 * 29)
})

test('RTU: late answers, noise and another unit’s answers are nobody’s; each request gets its own', async (t) => {
  const { server, driver, device, pointsAt } = await bench(
    t,
    { framing: 'rtu', requestTimeoutMs: 500 },
    { framing: 'rtu', missingUnit: 'silence' },
  )
  device.holding.set([11, 22])
  const [one, two] = [pointsAt([place('hr:0')]), pointsAt([place('hr:1')])]
  const comes = Promise.withResolvers<void>()
  device.answersAfter = comes.promise
  assert.equal((await driver.read({ unit, points: one }, never))[0]?.reason, 'modbus.noAnswer')
  device.answersAfter = undefined
  comes.resolve()
  assert.equal((await driver.read({ unit, points: two }, never))[0]?.value, 22, 'the late 11 is not taken for it')
  assert.equal((await driver.read({ unit: { unitId: 9 }, points: one }, never))[0]?.reason, 'modbus.noAnswer')
  server.noise = Buffer.from('01030200', 'hex')
  assert.equal((await driver.read({ unit, points: one }, never))[0]?.reason, 'modbus.wrongAnswer')
  server.noise = undefined
  assert.equal((await driver.read({ unit, points: one }, never))[0]?.value, 11)
})

test('CRC and frames of the serial line are those of the specification', () => {
  // Appendix B of Modbus over Serial Line V1.02 has 02 07 with the CRC 41 12.
  assert.equal(rtuFrameOf(2, Buffer.of(7)).toString('hex'), '02074112')
})
