import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import { freePort } from '#embedded/ports.ts'
import { systemClock } from '../../clock.ts'
import { driverContract, SILENT_AFTER_MS } from '../test-contract.ts'
import { hostileAnswers } from '../test-hostile.ts'
import { type S7Place, type S7Unit, s7 } from './config.ts'
import { makeS7Driver } from './driver.ts'
import { type S7Simulator, startS7Simulator } from './simulator.ts'

const never = new AbortController().signal
const unit = s7.unit.parse({})

const place = (address: string, dataType: S7Place['dataType'] = 'int16', more: Partial<S7Place> = {}) =>
  s7.place.parse({ address, dataType, ...more })
const settings = (port: number, more: object = {}) =>
  s7.connection.parse({ host: '127.0.0.1', port, requestTimeoutMs: SILENT_AFTER_MS, connectTimeoutMs: 10_000, ...more })

async function started(t: TestContext): Promise<S7Simulator> {
  const simulator = await startS7Simulator()
  t.after(() => simulator.stop())
  return simulator
}

const everyKind: { place: S7Place; value: number | bigint | boolean | string }[] = [
  { place: place('DB1.DBW0'), value: -5 },
  { place: place('DB1.DBD4', 'float32'), value: 1.5 },
  { place: place('DB1.8', 'int64'), value: -(2n ** 62n) - 3n },
  { place: place('DB1.DBX16.7', 'bool'), value: true },
  { place: place('DB1.DBX16.0', 'bool'), value: false },
  { place: place('DB1.DBB17', 'uint8'), value: 255 },
  { place: place('DB1.18', 'int8'), value: -128 },
  { place: place('DB1.DBX20.0', 'uint64'), value: 2n ** 64n - 2n },
  { place: place('DB1.DBW28', 'bcd16'), value: 9_876 },
  { place: place('DB1.DBD30', 'bcd32'), value: 12_345_678 },
  { place: place('DB1.34', 'float64'), value: Math.PI },
  { place: place('DB1.DBW42', 's5time'), value: 12_500 },
  { place: place('DB1.44', 'string', { length: 20, encoding: 'gb18030' }), value: '压铸1号' },
  { place: place('DB1.70', 'string', { form: 'wstring', length: 10 }), value: '模温机😀' },
  { place: place('DB1.100', 'string', { form: 'chars', length: 7 }), value: 'LK-1300' },
  { place: place('DB1.108', 'string', { form: 'dateAndTime' }), value: '2026-11-26T08:30:00.257' },
  { place: place('DB1.116', 'string', { form: 'dtl' }), value: '2026-11-26T08:30:00.000000250' },
  { place: place('MW10', 'uint16'), value: 65_535 },
  { place: place('M0.3', 'bool'), value: true },
  { place: place('A1.0', 'bool'), value: true },
  { place: place('DB70.DBD65532', 'uint32'), value: 3_000_000_000 },
]
const readOnly: typeof everyKind = [
  { place: place('E4.1', 'bool'), value: true },
  { place: place('T5', 'timer'), value: 9_990_000 },
  { place: place('Z6', 'counter'), value: 999 },
]

let simulator: S7Simulator
const nothing = await freePort()

driverContract<S7Unit, S7Place>({
  protocol: 's7',
  folder: import.meta.dirname,
  driver: () => makeS7Driver(settings(simulator.port), systemClock, import.meta.dirname),
  driverOfNothing: () => makeS7Driver(settings(nothing), systemClock, import.meta.dirname),
  async start(t) {
    simulator = await started(t)
    simulator.cpu.illegal = [{ table: 'DB1', from: 400, until: 402 }]
    for (const { place: where, value } of everyKind) simulator.set(where, where.dataType === 'bool' ? !value : value)
    for (const { place: where, value } of everyKind) simulator.set(where, value)
    simulator.set(place('E4.1', 'bool'), true)
    simulator.cpu.memory('T').writeUInt16BE(0x3999, 10)
    simulator.cpu.memory('C').writeUInt16BE(0x0999, 12)
    return {
      unit,
      good: [...everyKind, ...readOnly],
      bad: place('DB1.DBW400'),
      badBy: { code: { name: 's7.returnCode', value: '0x05' }, answer: /05000000/ },
      writes: everyKind.map(({ place: where, value }) => ({ place: where, value: otherThan(value) })),
      silence: (silent) => {
        simulator.silent = silent
      },
      cut: () => simulator.cut(),
      connections: () => simulator.connections,
    }
  },
})

function otherThan(value: number | bigint | boolean | string): typeof value {
  if (typeof value === 'boolean') return !value
  if (typeof value === 'bigint') return value - 1n
  if (typeof value === 'string') return value.startsWith('2026') ? value.replace('2026-11-26', '2028-02-29') : value.replace(/^./u, 'X')
  return value === 12_500
    ? 900
    : value === 255
      ? 7
      : value === -128
        ? 127
        : value === 3_000_000_000
          ? 1
          : value === Math.PI
            ? -Math.E
            : value > 9_000
              ? 42
              : -0.25 === value
                ? 1
                : value === 1.5
                  ? -0.25
                  : 6
}

async function bench(
  t: TestContext,
  more: object = { requestTimeoutMs: 5_000 },
  change: (simulator: S7Simulator) => void = () => undefined,
) {
  const server = await started(t)
  change(server)
  const clock = { now: Date.now(), nowMs: () => clock.now }
  const driver = makeS7Driver(settings(server.port, more), clock, import.meta.dirname)
  t.after(() => driver.close())
  await driver.connect(never)
  const read = async (points: { id: number; place: S7Place }[]) => {
    const before = server.cpu.requests.length
    const samples = await driver.read({ unit, points }, never)
    assert.deepEqual(
      samples.map(({ point }) => point).sort((a, b) => a - b),
      points.map(({ id }) => id),
    )
    const bad = samples.filter(({ quality }) => quality !== 'good').toSorted((a, b) => a.point - b.point)
    return {
      samples,
      requests: server.cpu.requests.length - before,
      bad: bad.map(({ point }) => point),
      reasons: [...new Set(bad.map(({ reason }) => reason))],
    }
  }
  return { server, clock, driver, read, cpu: server.cpu }
}
const pointsAt = (places: S7Place[]) => places.map((where, id) => ({ id, place: where }))
const words = (db: number, from: number, count: number, step = 2) =>
  Array.from({ length: count }, (_, i) => place(`DB${db}.DBW${from + i * step}`))

test('412 points of five blocks fit a few requests, whatever PDU the CPU grants', async (t) => {
  const places = [...words(1, 0, 120), ...words(2, 10, 120, 4), ...words(3, 0, 100), ...words(4, 0, 60, 30), ...words(5, 0, 12, 100)]
  for (const [pduBytes, atMost] of [
    [240, 11],
    [480, 6],
    [960, 5],
  ] as const) {
    const { read, cpu } = await bench(t, { requestTimeoutMs: 5_000 }, (server) => {
      server.cpu.pduBytes = pduBytes
    })
    const { bad, requests } = await read(pointsAt(places))
    assert.deepEqual(bad, [])
    assert.ok(requests <= atMost, `${requests} requests at a PDU of ${pduBytes}`)
    assert.ok(cpu.requests.every(({ items }) => items <= 20))
  }
})

test('a value beyond the end of its block, and a whole block that is missing, leave the others good and cost little afterwards', async (t) => {
  const { read, cpu, clock } = await bench(t, { requestTimeoutMs: 5_000 }, (server) => {
    server.cpu.illegal = [{ table: 'DB1', from: 200, until: 65_536 }]
    server.cpu.missing.add(9)
  })
  const points = pointsAt([...words(1, 0, 105), ...words(9, 0, 30), ...words(2, 0, 10)])
  const first = await read(points)
  assert.deepEqual(
    first.bad,
    Array.from({ length: 35 }, (_, i) => 100 + i),
  )
  assert.deepEqual(first.reasons, ['s7.addressOutOfRange', 's7.objectMissing'])
  const second = await read(points)
  assert.equal(second.requests, 2)
  clock.now += 31_000
  assert.equal((await read(points)).requests, 3, 'some of them are tried again, in one request')
  cpu.missing.clear()
  cpu.illegal = []
  clock.now += 700_000
  await read(points)
  const { bad, requests } = await read(points)
  assert.deepEqual([bad, requests <= 3], [[], true], 'all is read again once the block was downloaded')
})

test('a thousand values beyond the end of a block are known after some reads, each of them bounded', async (t) => {
  const { read } = await bench(t, { requestTimeoutMs: 5_000 }, (server) => {
    server.cpu.illegal = [{ table: 'DB1', from: 200, until: 65_536 }]
  })
  const points = pointsAt([...words(1, 0, 100), ...words(1, 1_000, 1_000, 4)])
  let reads = 0
  for (let requests = Number.POSITIVE_INFINITY; requests > 1; reads++) {
    const one = await read(points)
    requests = one.requests
    assert.ok(requests <= 64 + 30, `${requests} requests`)
    assert.ok(reads < 30, 'they are never known')
  }
  assert.equal((await read(points)).bad.length, 1_000)
})

test('machines of one kind share a point table: each is read from its own block', async (t) => {
  const { driver, server } = await bench(t)
  for (const block of [10, 11]) server.cpu.memory('DB', block).writeInt16BE(block * 100, 2)
  const points = pointsAt([place('DB#.DBW2'), place('MW0')])
  const read = async (block: number) => (await driver.read({ unit: { block }, points }, never)).toSorted((a, b) => a.point - b.point)[0]
  assert.equal((await read(10))?.value, 1_000)
  assert.equal((await read(11))?.value, 1_100)
  assert.equal((await read(0))?.reason, 's7.wrongPlace')
})

test('a CPU that forbids PUT/GET says so in one request, and nothing is sought', async (t) => {
  const { read } = await bench(t, { requestTimeoutMs: 5_000 }, (server) => {
    server.cpu.error = 0x8104
  })
  const { requests, reasons, bad } = await read(pointsAt(words(1, 0, 50)))
  assert.deepEqual([requests, reasons, bad.length], [1, ['s7.accessSwitchedOff'], 50])
})

test('a text longer than the PDU and a place that is none are bad with a reason', async (t) => {
  const { read } = await bench(t)
  const long = place('DB1.0', 'string', { length: 254 })
  const { reasons, bad } = await read([
    { id: 0, place: long },
    { id: 1, place: { address: 'nowhere' } as never },
    { id: 2, place: place('MW0') },
  ])
  assert.deepEqual(
    [bad, reasons.toSorted()],
    [
      [0, 1],
      ['s7.longerThanPdu', 's7.wrongPlace'],
    ],
  )
})

test('a text is not written beyond what its block declares, and a bit leaves its neighbours', async (t) => {
  const { driver, server } = await bench(t)
  server.set(place('DB1.0', 'string', { length: 4 }), 'ab')
  server.cpu.memory('DB', 1)[6] = 0x77
  server.cpu.memory('M')[0] = 0b1010_1010
  const write = (where: S7Place, value: string | boolean | number) =>
    driver.write?.([{ unit, point: { id: 1, place: where }, value }], never)
  const longer = place('DB1.0', 'string', { length: 20 })
  assert.deepEqual(await write(longer, 'abcde'), [{ kind: 'refused', reason: 's7.textTooLong' }])
  assert.deepEqual(await write(longer, 'wxyz'), [{ kind: 'done', readBack: 'wxyz' }])
  assert.equal(server.cpu.memory('DB', 1)[6], 0x77)
  assert.deepEqual(await write(place('M0.0', 'bool'), true), [{ kind: 'done', readBack: true }])
  assert.equal(server.cpu.memory('M')[0], 0b1010_1011)
  assert.deepEqual(await write(place('E0.0', 'bool'), true), [{ kind: 'refused', reason: 's7.notWritable' }])
  assert.deepEqual(await write(place('MW2'), 40_000), [{ kind: 'refused', reason: 's7.valueOutOfRange' }])
})

test('a rack or slot without a CPU is a lost link with that reason', async (t) => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', () => socket.write(Buffer.from('03000007028000', 'hex')))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const { port } = server.address() as { port: number }
  await assert.rejects(makeS7Driver(settings(port), systemClock, import.meta.dirname).connect(never), { reason: 's7.connectionRejected' })
})

hostileAnswers<S7Unit, S7Place>({
  protocol: 's7',
  driver: (port) => makeS7Driver(settings(port, { requestTimeoutMs: 50 }), systemClock, import.meta.dirname),
  request: { unit, points: pointsAt(words(1, 0, 4, 50)) },
  beginnings: ['0300', '03000016', '0300001902f080', '0300001a02f08032030000', '0300001f02f080320300000002000200080000040'],
  handshake: (data, number) =>
    number === 1 ? Buffer.from('0300001611d00001000100c0010ac1020100c2020201', 'hex') : number === 2 ? setupAnswer(data) : undefined,
})

/** Grants what was asked. */
function setupAnswer(request: Buffer): Buffer {
  const answer = Buffer.from('0300001b02f08032030000000000080000000000000000000000', 'hex')
  const whole = Buffer.concat([answer, Buffer.alloc(1)])
  request.copy(whole, 11, 11, 13)
  request.copy(whole, 19, 17, 25)
  return whole
}

test('100,000 values: the plan is made once, and the whole costs microseconds a value', async (t) => {
  const { driver } = await bench(t, { requestTimeoutMs: 10_000 }, (server) => {
    server.cpu.pduBytes = 480
  })
  const types = ['uint16', 'int16', 'float32', 'uint32'] as const
  const points = Array.from({ length: 1_000 }, (_, id) => ({ id, place: place(`DB7.${id * 4}`, types[id % 4]!) }))
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
