import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import { freePort } from '#embedded/ports.ts'
import { systemClock } from '../../clock.ts'
import { driverContract, SILENT_AFTER_MS } from '../test-contract.ts'
import { hostileAnswers } from '../test-hostile.ts'
import { type McPlace, type McUnit, mc } from './config.ts'
import { makeMcDriver } from './driver.ts'
import { batchRead, blockRead, type Code, frameOf, takeFrames, writeBit } from './frames.ts'
import { type McSimulator, startMcSimulator } from './simulator.ts'

const never = new AbortController().signal
const unit = mc.unit.parse({})
const nothing = await freePort()

const place = (address: string, dataType: McPlace['dataType'] = 'int16', more: Partial<McPlace> = {}) =>
  mc.place.parse({ address, dataType, ...more })
const settings = (port: number, more: object = {}) =>
  mc.connection.parse({ host: '127.0.0.1', port, requestTimeoutMs: SILENT_AFTER_MS, connectTimeoutMs: 10_000, ...more })
const driverAt = (port: number, more: object = {}) => makeMcDriver(settings(port, more), systemClock, import.meta.dirname)

async function started(t: TestContext, code: Code = 'binary'): Promise<McSimulator> {
  const simulator = await startMcSimulator(code)
  t.after(() => simulator.stop())
  return simulator
}

type Value = number | bigint | boolean | string
const everyKind: { place: McPlace; value: Value; other: Value }[] = [
  { place: place('D0'), value: -5, other: 7 },
  { place: place('D1', 'uint16'), value: 65_535, other: 0 },
  { place: place('D10', 'float32'), value: 1.5, other: -0.25 },
  { place: place('D12', 'int32'), value: -1_234_567_890, other: 1 },
  { place: place('D14', 'uint32'), value: 3_000_000_000, other: 4 },
  { place: place('D20', 'int64'), value: -(2n ** 62n) - 3n, other: 2n ** 61n },
  { place: place('D24', 'uint64'), value: 2n ** 64n - 2n, other: 1n },
  { place: place('D28', 'float64'), value: Math.PI, other: -Math.E },
  { place: place('D32', 'bcd16'), value: 9_876, other: 12 },
  { place: place('D33', 'bcd32'), value: 12_345_678, other: 1 },
  { place: place('D40', 'string', { length: 9, encoding: 'gb18030' }), value: '压铸1号', other: '2号机' },
  { place: place('D50.A', 'bool'), value: true, other: false },
  { place: place('W1F', 'uint16'), value: 31, other: 32 },
  { place: place('R100', 'uint16'), value: 100, other: 101 },
  { place: place('M1003', 'bool'), value: true, other: false },
  { place: place('B1F', 'bool'), value: true, other: false },
  { place: place('Y10', 'bool'), value: false, other: true },
  { place: place('T5', 'uint16'), value: 55, other: 56 },
]

for (const code of ['binary', 'ascii'] as const) {
  let simulator: McSimulator
  driverContract<McUnit, McPlace>({
    protocol: 'mc',
    folder: import.meta.dirname,
    driver: () => driverAt(simulator.port, { code }),
    driverOfNothing: () => driverAt(nothing, { code }),
    async start(t) {
      simulator = await started(t, code)
      simulator.plc.illegal = [{ device: 'D', from: 500, until: 501 }]
      for (const { place: where, value } of everyKind) simulator.set(where, value)
      simulator.set(place('X1F', 'bool'), true)
      simulator.set(place('C7', 'bool'), true)
      return {
        unit,
        absentUnit: { network: 1, station: 3 },
        good: [
          ...everyKind.map(({ place: where, value }) => ({ place: where, value })),
          { place: place('X1F', 'bool'), value: true },
          { place: place('CS7', 'bool'), value: true },
        ],
        bad: place('D500'),
        badBy: { code: { name: 'mc.endCode', value: '4031' }, answer: code === 'binary' ? /3140/ : /34303331/ },
        writes: everyKind.map(({ place: where, other }) => ({ place: where, value: other })),
        silence: (silent) => {
          simulator.silent = silent
        },
        cut: () => simulator.cut(),
        connections: () => simulator.connections,
      }
    },
  })
}

async function bench(t: TestContext, change: (simulator: McSimulator) => void = () => undefined, more: object = {}) {
  const server = await started(t)
  change(server)
  const clock = { now: Date.now(), nowMs: () => clock.now }
  const driver = makeMcDriver(settings(server.port, { requestTimeoutMs: 5_000, ...more }), clock, import.meta.dirname)
  t.after(() => driver.close())
  await driver.connect(never)
  const read = async (points: { id: number; place: McPlace }[]) => {
    const before = server.plc.requests.length
    const samples = await driver.read({ unit, points }, never)
    assert.equal(samples.length, points.length)
    const bad = samples.filter(({ quality }) => quality !== 'good').toSorted((a, b) => a.point - b.point)
    const requests = server.plc.requests.slice(before)
    return { samples, requests, bad: bad.map(({ point }) => point), reasons: [...new Set(bad.map(({ reason }) => reason))] }
  }
  return { server, clock, driver, read, plc: server.plc }
}
const pointsAt = (places: McPlace[]) => places.map((where, id) => ({ id, place: where }))
const words = (device: string, from: number, count: number, step = 1) =>
  Array.from({ length: count }, (_, i) => place(`${device}${from + i * step}`))

test('scattered points of five devices are one request of many blocks', async (t) => {
  const { read, plc } = await bench(t, ({ plc: { words: of } }) => void of)
  plc.words('D').set(Array.from({ length: 5_000 }, (_, i) => i))
  const places = [...words('D', 0, 60, 50), ...words('R', 0, 20, 30), place('M7', 'bool'), place('X100', 'bool'), place('B0', 'bool')]
  const { requests, samples, bad } = await read(pointsAt(places))
  assert.deepEqual([requests, bad], [[{ command: 0x0406, blocks: 83 }], []])
  assert.equal(samples.find(({ point }) => point === 59)?.value, 2_950)
})

test('a CPU that knows no blocks is asked for each stretch, and the first time only costs one request more', async (t) => {
  const { read } = await bench(t, ({ plc }) => {
    plc.blocksUnsupported = true
  })
  const points = pointsAt(words('D', 0, 10, 50))
  const first = await read(points)
  assert.deepEqual([first.bad, first.requests.length], [[], 11])
  assert.equal((await read(points)).requests.length, 10)
})

test('one word that the CPU lacks among many blocks is found, left out, and comes back', async (t) => {
  const { read, plc, clock } = await bench(t, (server) => {
    server.plc.illegal = [{ device: 'D', from: 75, until: 80 }]
  })
  const points = pointsAt([...words('D', 0, 100), ...words('W', 100, 30, 40), ...words('R', 0, 30, 40)])
  const first = await read(points)
  assert.deepEqual([first.bad, first.reasons], [[75, 76, 77, 78, 79], ['mc.deviceBeyondEnd']])
  assert.ok(first.requests.length <= 40, `${first.requests.length} requests`)
  const second = await read(points)
  assert.deepEqual([second.bad.length, second.requests.length], [5, 1])
  plc.illegal = []
  clock.now += 700_000
  await read(points)
  const { bad, requests } = await read(points)
  assert.deepEqual([bad, requests.length], [[], 1])
})

test('a thousand words that the CPU lacks cost a bounded number of requests in each read, and are all known after some', async (t) => {
  const { read } = await bench(t, ({ plc }) => {
    plc.illegal = [{ device: 'D', from: 1_000, until: 3_000 }]
  })
  const points = pointsAt([...words('D', 0, 100), ...words('D', 1_000, 1_000, 2), ...words('W', 0, 100)])
  let reads = 0
  for (let requests = Number.POSITIVE_INFINITY; requests > 1; reads++) {
    const one = await read(points)
    requests = one.requests.length
    assert.ok(requests <= 64 + 8, `${requests} requests`)
    assert.deepEqual(one.bad.length >= 1_000, true)
    assert.ok(reads < 60, 'they are never known')
  }
  assert.deepEqual((await read(points)).bad.length, 1_000)
})

test('what concerns the whole link is said of all points, in one request', async (t) => {
  const { read, plc } = await bench(t)
  for (const [endCode, reason] of [
    [0xc06f, 'mc.otherCode'],
    [0xc201, 'mc.passwordNeeded'],
    [0xc05e, 'mc.cpuTooSlow'],
    [0xcafe, 'mc.unknownEndCode'],
  ] as const) {
    plc.endCode = endCode
    const { requests, reasons, bad } = await read(pointsAt(words('D', 0, 50, 20)))
    assert.deepEqual([requests.length, reasons, bad.length], [1, [reason], 50])
  }
})

test('a write that the CPU may have done all the same is unknown; in RUN it may be forbidden', async (t) => {
  const { driver, plc } = await bench(t)
  const write = () => driver.write?.([{ unit, point: { id: 1, place: place('D0') }, value: 1 }], never)
  plc.endCode = 0xc05e
  assert.deepEqual(await write(), [{ kind: 'unknown', reason: 'mc.cpuTooSlow' }])
  plc.endCode = 0xc062
  assert.deepEqual(await write(), [{ kind: 'refused', reason: 'mc.writeInRunForbidden' }])
  const contact = [{ unit, point: { id: 1, place: place('X0', 'bool') }, value: true }]
  assert.deepEqual(await driver.write?.(contact, never), [{ kind: 'refused', reason: 'mc.notWritable' }])
})

test('X and Y of an FX5 are octal', async (t) => {
  const { read, server } = await bench(t, undefined, { xyNumbers: 'octal' })
  server.plc.words('X')[0] = 1 << 15
  const { samples, reasons } = await read(pointsAt([place('X17', 'bool'), place('X19', 'bool')]))
  assert.equal(samples.find(({ point }) => point === 0)?.value, true)
  assert.deepEqual(reasons, ['mc.wrongPlace'])
  assert.deepEqual(
    mc.connection.safeParse({ host: 'plc', port: 1, code: 'ascii', xyNumbers: 'octal' }).error?.issues.map(({ message }) => message),
    ['mc.octalInAscii'],
  )
})

test('an answer to what was given up is not taken for the next request’s', async (t) => {
  let count = 0
  const delayed = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', () => {
      const word = ++count === 1 ? '0b00' : '1600'
      setTimeout(() => socket.write(Buffer.from(`d00000ffff030004000000${word}`, 'hex')), count === 1 ? 100 : 0)
    })
  })
  await new Promise<void>((resolve) => delayed.listen(0, '127.0.0.1', resolve))
  t.after(() => delayed.close())
  const slow = driverAt((delayed.address() as { port: number }).port, { requestTimeoutMs: 10_000 })
  t.after(() => slow.close())
  await slow.connect(never)
  const controller = new AbortController()
  setTimeout(() => controller.abort(new Error('stopped')), 20)
  await assert.rejects(slow.read({ unit, points: pointsAt([place('D0')]) }, controller.signal), /stopped/)
  const [sample] = await slow.read({ unit, points: pointsAt([place('D1')]) }, never)
  assert.equal(sample?.value, 22)
})

test('frames of the manual, in both codes', () => {
  const framed = (code: Code, command: Parameters<typeof frameOf>[3]) => {
    const frame = frameOf(code, unit, 4_000, command)
    return code === 'ascii' ? frame.toString('latin1') : frame.toString('hex')
  }
  const m100 = batchRead({ device: 'M', offset: 96 / 16, count: 2 })
  assert.equal(framed('binary', m100), '500000ffff03000c00100001040000600000900200')
  assert.equal(framed('ascii', m100), '500000FF03FF000018001004010000M*0000960002')
  assert.equal(framed('binary', writeBit('M', 50, true)), '500000ffff03000d0010000114010032000090010010')
  assert.equal(framed('ascii', writeBit('Y', 0x1f, false)), '500000FF03FF000019001014010001Y*00001F00010')
  // “Multiple block batch read”: D0 to D3, W100 to W107; M0 to M31, B100 to B147.
  const { command } = blockRead([
    { device: 'M', offset: 0, count: 2 },
    { device: 'D', offset: 0, count: 4 },
    { device: 'W', offset: 0x100, count: 8 },
    { device: 'B', offset: 0x10, count: 3 },
  ])
  assert.equal(
    framed('ascii', command),
    '500000FF03FF000040001004060000' + '0202' + 'D*0000000004' + 'W*0001000008' + 'M*0000000002' + 'B*0001000003',
  )
})

for (const code of ['binary', 'ascii'] as const)
  hostileAnswers<McUnit, McPlace>({
    protocol: `mc ${code}`,
    driver: (port) => driverAt(port, { code, requestTimeoutMs: 50 }),
    request: { unit, points: pointsAt(words('D', 0, 4, 50)) },
    beginnings: ['d000', 'd00000ffff03000400', 'd00000ffff030004000000', '44303030303046463033464630303030303430303030'],
  })

test('answers come whole, however the stream is cut', () => {
  const answers = ['d00000ffff030006000000ab560f17', 'd00000ffff0300020031 40'.replace(' ', '')].map((text) => Buffer.from(text, 'hex'))
  const stream = Buffer.concat(answers)
  for (let cut = 1; cut < stream.length; cut++) {
    const seen: [number, string][] = []
    const take = ({ endCode, data }: { endCode: number; data: Buffer }) => seen.push([endCode, data.toString('hex')])
    const used = takeFrames('binary', stream.subarray(0, cut), take)
    assert.ok(used !== undefined)
    takeFrames('binary', stream.subarray(used), take)
    assert.deepEqual(seen, [
      [0, 'ab560f17'],
      [0x4031, ''],
    ])
  }
})

test('100,000 values: the plan is made once, and the whole costs microseconds a value', async (t) => {
  const { driver } = await bench(t)
  const types = ['uint16', 'int16', 'float32', 'uint32'] as const
  const points = Array.from({ length: 1_000 }, (_, id) => ({ id, place: place(`D${id * 2}`, types[id % 4]!) }))
  let good = 0
  const before = process.cpuUsage()
  for (let i = 0; i < 100; i++) {
    const samples = await driver.read({ unit, points }, never)
    good += samples.filter(({ quality }) => quality === 'good').length
  }
  const { user, system } = process.cpuUsage(before)
  assert.equal(good, 100_000)
  const spentUs = (user + system) / good
  t.diagnostic(`${spentUs.toFixed(1)} µs of processor time a value, simulator included`)
  assert.ok(spentUs < 15, `${spentUs.toFixed(1)} µs a value`)
})
