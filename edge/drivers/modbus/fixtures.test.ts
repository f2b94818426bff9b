import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { systemClock } from '../../clock.ts'
import type { Driver, Sample, WriteItem } from '../driver.ts'
import { type ModbusPlace, modbus } from './config.ts'
import { makeModbusDriver } from './driver.ts'
import { type SimulatedUnit, startModbusSimulator } from './simulator.ts'

// The examples that the specification itself prints, with the header of Modbus TCP before them.

const folder = join(import.meta.dirname, 'fixtures')
const never = new AbortController().signal

function fixture(name: string): { request: Buffer; answer: Buffer } {
  const lines = readFileSync(join(folder, `${name}.hex`), 'utf8').split('\n')
  const bytes = (mark: string) => Buffer.from((lines.find((line) => line.startsWith(mark)) ?? '').slice(1).replaceAll(' ', ''), 'hex')
  return { request: bytes('>'), answer: bytes('<') }
}

const place = (address: string, dataType: ModbusPlace['dataType']) => modbus.place.parse({ address, dataType })
const bits = (table: string, from: number, count: number) => Array.from({ length: count }, (_, i) => place(`${table}:${from + i}`, 'bool'))

/** What the specification's prose says of the bits, first one first. */
const coils20to38 = [...'1011001111010110101'].map((bit) => bit === '1')

interface Example {
  /** The device before. */
  device?(unit: SimulatedUnit): void
  /** The device after. */
  after?(unit: SimulatedUnit): void
  read?: { places: ModbusPlace[]; values: Sample['value'][]; reason?: string }
  write?: { place: ModbusPlace; value: WriteItem['value'] }
}

const examples: Record<string, Example> = {
  'read-coils': {
    device: (unit) => unit.coil.set(coils20to38.map(Number), 19),
    read: { places: bits('coil', 19, 19), values: coils20to38 },
  },
  'read-discrete-inputs': {
    device: (unit) => unit.discrete.set([0, 0, 1, 1, 0, 1, 0, 1, 1, 1, 0, 1, 1, 0, 1, 1, 1, 0, 1, 0, 1, 1], 196),
    read: {
      places: bits('discrete', 196, 22),
      values: [...'0011010111011011101011'].map((bit) => bit === '1'),
    },
  },
  'read-holding-registers': {
    device: (unit) => unit.holding.set([555, 0, 100], 107),
    read: { places: [place('40108', 'uint16'), place('40109', 'uint16'), place('40110', 'uint16')], values: [555, 0, 100] },
  },
  'read-input-register': {
    device: (unit) => {
      unit.input[8] = 10
    },
    read: { places: [place('30009', 'int16')], values: [10] },
  },
  'write-single-coil': { write: { place: place('coil:172', 'bool'), value: true }, after: (unit) => assert.equal(unit.coil[172], 1) },
  'write-single-register': { write: { place: place('40002', 'uint16'), value: 3 }, after: (unit) => assert.equal(unit.holding[1], 3) },
  'write-multiple-coils': {
    after: (unit) => assert.deepEqual([...unit.coil.subarray(19, 29)], [1, 0, 1, 1, 0, 0, 1, 1, 1, 0]),
  },
  'write-multiple-registers': {
    write: { place: place('40002', 'uint32'), value: 0x000a_0102 },
    after: (unit) => assert.deepEqual([...unit.holding.subarray(1, 3)], [0x0a, 0x0102]),
  },
  'mask-write-register': {
    device: (unit) => {
      unit.holding[4] = 0x12
    },
    after: (unit) => assert.equal(unit.holding[4], 0x17),
  },
  'read-write-registers': {
    device: (unit) => unit.holding.set([0xfe, 0x0acd, 1, 3, 0xd, 0xff], 3),
    after: (unit) => assert.deepEqual([...unit.holding.subarray(14, 17)], [0xff, 0xff, 0xff]),
  },
  'exception-illegal-address': {
    device: (unit) => {
      unit.illegal = [{ table: 'coil', from: 1_185, until: 1_186 }]
    },
    read: { places: [place('coil:1185', 'bool')], values: [null], reason: 'modbus.illegalAddress' },
  },
}

test('every fixture has an example', () => {
  assert.deepEqual(
    readdirSync(folder).sort(),
    Object.keys(examples)
      .map((name) => `${name}.hex`)
      .sort(),
  )
})

for (const [name, example] of Object.entries(examples)) {
  test(`the simulator answers as the specification: ${name}`, async (t) => {
    const { request, answer } = fixture(name)
    const simulator = await startModbusSimulator()
    t.after(() => simulator.stop())
    const unit = simulator.unit(request[6]!)
    example.device?.(unit)
    assert.deepEqual(await exchange(simulator.port, request), answer)
    example.after?.(unit)
  })

  const { read, write } = example
  if (!read && !write) continue
  test(`the driver asks and understands as the specification: ${name}`, async (t) => {
    const { request, answer } = fixture(name)
    const asked: Buffer[] = []
    const driver = await driverOn(t, (heard) => {
      asked.push(heard)
      return answer
    })
    const unit = { unitId: request[6]! }
    if (read) {
      const samples = await driver.read({ unit, points: read.places.map((where, id) => ({ id, place: where })) }, never)
      assert.deepEqual(
        samples.map(({ value, reason }) => ({ value, reason })),
        read.values.map((value) => ({ value, reason: read.reason })),
      )
    }
    if (write) await driver.write?.([{ unit, point: { id: 1, place: write.place }, value: write.value }], never)
    assert.deepEqual(asked[0], request)
  })
}

function exchange(port: number, request: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request))
    socket.on('error', reject)
    socket.once('data', (answer) => {
      socket.destroy()
      resolve(answer)
    })
  })
}

/** The first request is number 1, as in the fixtures. */
async function driverOn(t: TestContext, answer: (request: Buffer) => Buffer): Promise<Driver<{ unitId: number }, ModbusPlace>> {
  const server = createServer((socket) => {
    socket.on('data', (request) => socket.write(answer(request)))
    socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const driver = makeModbusDriver(modbus.connection.parse({ host: '127.0.0.1', port, requestTimeoutMs: 10_000 }), systemClock)
  t.after(async () => {
    await driver.close()
    await new Promise((resolve) => server.close(resolve))
  })
  await driver.connect(never)
  return driver
}
