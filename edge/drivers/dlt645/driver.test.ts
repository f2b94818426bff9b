import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { freePort } from '#embedded/ports.ts'
import { systemClock } from '../../clock.ts'
import { driverContract, SILENT_AFTER_MS } from '../test-contract.ts'
import { hostileAnswers } from '../test-hostile.ts'
import { decodeNumber, encodeNumber } from './codec.ts'
import { dlt645, type MeterPlace, type MeterUnit } from './config.ts'
import { makeDlt645Driver } from './driver.ts'
import { frameOf, takeFrames } from './frames.ts'
import { type MeterSimulator, startMeterSimulator } from './simulator.ts'

const never = new AbortController().signal
const unit = dlt645.unit.parse({ meter: '12345678' })
const nothing = await freePort()

const place = (address: string, more: Partial<MeterPlace> = {}) => dlt645.place.parse({ address, ...more })
const settings = (port: number, more: object = {}) =>
  dlt645.connection.parse({ host: '127.0.0.1', port, requestTimeoutMs: SILENT_AFTER_MS, connectTimeoutMs: 10_000, pauseMs: 0, ...more })
const driverAt = (port: number, more: object = {}) => makeDlt645Driver(settings(port, more), systemClock, import.meta.dirname)
const pointsAt = (places: MeterPlace[]) => places.map((where, id) => ({ id, place: where }))

const standard: { place: MeterPlace; value: number }[] = [
  { place: place('00010000'), value: 123_456.78 },
  { place: place('00000000'), value: -12.34 },
  { place: place('02010100'), value: 220.5 },
  { place: place('02010200'), value: 221.1 },
  { place: place('02010300'), value: 219.8 },
  { place: place('02020100'), value: -12.345 },
  { place: place('02030000'), value: 1.2345 },
  { place: place('02030300'), value: -0.4115 },
  { place: place('02060000'), value: 0.985 },
  { place: place('02800002'), value: 49.98 },
  { place: place('01010000'), value: 3.3333 },
]

async function started(t: TestContext): Promise<MeterSimulator> {
  const simulator = await startMeterSimulator()
  t.after(() => simulator.stop())
  return simulator
}

let simulator: MeterSimulator
driverContract<MeterUnit, MeterPlace>({
  protocol: 'dlt645',
  folder: import.meta.dirname,
  driver: () => driverAt(simulator.port),
  driverOfNothing: () => driverAt(nothing),
  async start(t) {
    simulator = await started(t)
    const meter = simulator.meter(unit.meter)
    for (const { place: where, value } of standard) meter.set(where, value)
    // Maximum demand with its time, and the date: digits.
    meter.data.set(0x01010000, Buffer.from('333303' + '3008261126', 'hex'))
    meter.data.set(0x04000101, Buffer.from('04261126', 'hex'))
    return {
      unit,
      absentUnit: { meter: '999' },
      good: [
        ...standard.filter(({ place: where }) => where.address !== '01010000'),
        { place: place('01010000'), value: 3.3333 },
        { place: place('01010000', { dataType: 'string', from: 3, bytes: 5 }), value: '2611260830' },
        { place: place('04000101', { dataType: 'string', bytes: 4 }), value: '26112604' },
      ],
      bad: place('02020300'),
      // Each byte of the data is sent plus 33.
      badBy: { code: { name: 'dlt645.errorByte', value: '0x02' }, answer: /^6878563412000068d10135..16$/ },
      writes: [],
      silence: (silent) => {
        meter.silent = silent
      },
      cut: () => simulator.cut(),
      connections: () => simulator.connections,
    }
  },
})

test('phases and tariffs are read by their blocks; a meter without blocks is asked one by one, and blocks are not tried again', async (t) => {
  const server = await started(t)
  const meter = server.meter(unit.meter)
  const phases = ['02010100', '02010200', '02010300', '02030000', '02030100', '02030200', '02030300'].map((address) => place(address))
  const tariffs = ['00010000', '00010100', '00010200', '00010300', '00010400'].map((address) => place(address))
  for (const [i, where] of [...phases, ...tariffs].entries()) meter.set(where, 10 + i)
  const driver = driverAt(server.port)
  t.after(() => driver.close())
  await driver.connect(never)
  const points = pointsAt([...phases, ...tariffs])
  const read = async () => {
    const before = meter.requests
    const samples = await driver.read({ unit, points }, never)
    assert.deepEqual(
      samples.toSorted((a, b) => a.point - b.point).map(({ value, reason }) => reason ?? value),
      points.map((_, i) => 10 + i),
    )
    return meter.requests - before
  }
  assert.equal(await read(), 3)
  meter.blocks = false
  assert.ok((await read()) <= 22)
  assert.equal(await read(), points.length)
})

test('an answer of several frames is put together', async (t) => {
  const server = await started(t)
  const meter = server.meter(unit.meter)
  const tariffs = Array.from({ length: 63 }, (_, i) => place(`0001${i.toString(16).padStart(2, '0')}00`))
  for (const [i, where] of tariffs.entries()) meter.set(where, i / 100)
  const driver = driverAt(server.port)
  t.after(() => driver.close())
  await driver.connect(never)
  const samples = await driver.read({ unit, points: pointsAt(tariffs) }, never)
  assert.ok(samples.every(({ point, value }) => value === point / 100))
  assert.equal(meter.requests, 2)
})

test('a late answer, noise and what the meter does not measure', async (t) => {
  const server = await started(t)
  const meter = server.meter(unit.meter)
  meter.set(place('02010100'), 220.5)
  meter.set(place('02800002'), 50)
  meter.data.set(0x02020100, Buffer.from('ffffff', 'hex'))
  meter.data.set(0x02010200, Buffer.from('3aa2', 'hex'))
  const driver = driverAt(server.port, { requestTimeoutMs: 500 })
  t.after(() => driver.close())
  await driver.connect(never)
  const one = async (address: string) => {
    const [sample] = await driver.read({ unit, points: pointsAt([place(address)]) }, never)
    return sample?.reason ?? sample?.value
  }
  const comes = Promise.withResolvers<void>()
  meter.answersAfter = comes.promise
  assert.equal(await one('02010100'), 'dlt645.noAnswer')
  meter.answersAfter = undefined
  comes.resolve()
  assert.equal(await one('02800002'), 50, 'the late 220.5 is not taken for it')
  server.noise = Buffer.from('fefe6800ff', 'hex')
  assert.equal(await one('02010100'), 220.5)
  server.noise = undefined
  assert.equal(await one('02020100'), 'dlt645.notMeasured')
  assert.equal(await one('02010200'), 'dlt645.notBcd')
})

test('one dead meter among others is no lost link; when nobody answers it is', async (t) => {
  const server = await started(t)
  server.meter('1').set(place('02010100'), 220)
  const driver = driverAt(server.port, { requestTimeoutMs: 500 })
  t.after(() => driver.close())
  await driver.connect(never)
  const points = pointsAt([place('02010100')])
  for (let i = 0; i < 4; i++) {
    assert.equal((await driver.read({ unit: { meter: '2' }, points }, never))[0]?.reason, 'dlt645.noAnswer')
    assert.equal((await driver.read({ unit: { meter: '1' }, points }, never))[0]?.value, 220)
  }
  server.meter('1').silent = true
  await assert.rejects(
    async () => {
      for (let i = 0; i < 5; i++) await driver.read({ unit: { meter: String((i % 2) + 1) }, points }, never)
    },
    { reason: 'dlt645.linkSilent' },
  )
})

test('what makes no sense is refused at its field', () => {
  const problems = (of: object) => dlt645.place.safeParse(of).error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`)
  assert.deepEqual(problems({ address: '40001' }), ['address dlt645.identifierUnreadable'])
  assert.deepEqual(problems({ address: '04000501' }), ['bytes dlt645.bytesMissing'])
  assert.equal(problems({ address: '04000501', bytes: 2 }), undefined)
  assert.equal(dlt645.unit.safeParse({ meter: 'A1' }).success, false)
})

test('numbers: what is written is read again, with sign and decimals', () => {
  fc.assert(
    fc.property(fc.integer({ min: -799_999, max: 799_999 }), fc.nat(4), (value, decimals) => {
      const form = { bytes: 3, decimals, signed: true }
      const bytes = encodeNumber(value / 10 ** decimals, form)
      assert.ok(bytes)
      assert.equal(decodeNumber(bytes, 0, form), value === 0 ? 0 : value / 10 ** decimals)
    }),
  )
})

test('frames come whole, however the stream is cut, with wake-up bytes between them', () => {
  const stream = Buffer.concat([frameOf('1', 0x91, Buffer.from('0001010205', 'hex'), 4), frameOf('123456789012', 0xd1, Buffer.of(2), 2)])
  for (let cut = 0; cut <= stream.length; cut++) {
    const seen: string[] = []
    const take = ({ meter, control, data }: { meter: string; control: number; data: Buffer }) =>
      seen.push(`${meter} ${control.toString(16)} ${data.toString('hex')}`)
    const fail = () => assert.fail('nothing is garbled')
    const first = stream.subarray(0, cut)
    const used = takeFrames(first, take, fail)
    takeFrames(Buffer.concat([first.subarray(used), stream.subarray(cut)]), take, fail)
    assert.deepEqual(seen, ['000000000001 91 0001010205', '123456789012 d1 02'])
  }
})

hostileAnswers<MeterUnit, MeterPlace>({
  protocol: 'dlt645',
  driver: (port) => driverAt(port, { requestTimeoutMs: 50 }),
  request: { unit, points: pointsAt([place('02010100')]) },
  beginnings: ['fefefe68', '687856341200006891', '68785634120000689106333434357856'],
})
