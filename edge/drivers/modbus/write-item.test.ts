import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { systemClock } from '../../clock.ts'
import type { WriteItem } from '../driver.ts'
import { type ModbusPlace, modbus } from './config.ts'
import { makeModbusDriver } from './driver.ts'
import { startModbusSimulator } from './simulator.ts'

const never = new AbortController().signal

async function bench(t: TestContext) {
  const simulator = await startModbusSimulator()
  const driver = makeModbusDriver(modbus.connection.parse({ host: '127.0.0.1', port: simulator.port, requestTimeoutMs: 150 }), systemClock)
  t.after(async () => {
    await driver.close()
    await simulator.stop()
  })
  await driver.connect(never)
  const write = async (address: string, dataType: ModbusPlace['dataType'], value: WriteItem['value'], more: Partial<ModbusPlace> = {}) => {
    const place = modbus.place.parse({ address, dataType, ...more })
    const outcomes = await driver.write?.([{ unit: { unitId: 1 }, point: { id: 1, place }, value }], never)
    return outcomes?.[0]
  }
  return { simulator, driver, device: simulator.unit(1), write }
}

test('each kind of value goes by its function', async (t) => {
  const { device, write } = await bench(t)
  await write('coil:1', 'bool', true)
  await write('hr:1', 'uint16', 7)
  await write('hr:2', 'float32', 1)
  await write('hr:4.3', 'bool', true)
  assert.deepEqual([device.coil[1], ...device.holding.subarray(1, 5)], [1, 7, 0x3f80, 0, 8])
  assert.deepEqual(
    [0x05, 0x06, 0x10, 0x16, 0x0f].map((code) => device.requests.get(code) ?? 0),
    [1, 1, 1, 1, 0],
  )
})

test('a device without the functions for one value is written with those for several', async (t) => {
  const { device, write } = await bench(t)
  device.unsupported = new Set([0x05, 0x06])
  assert.deepEqual(await write('coil:1', 'bool', true), { kind: 'done', readBack: true })
  assert.deepEqual(await write('hr:1', 'int16', -7), { kind: 'done', readBack: -7 })
})

test('a bit without mask write is changed by reading and writing, leaves its neighbours and says so', async (t) => {
  const { device, write } = await bench(t)
  device.unsupported = new Set([0x16])
  device.holding[4] = 0b1010_0001
  assert.deepEqual(await write('hr:4.0', 'bool', false), { kind: 'done', readBack: false, note: 'modbus.readModifyWrite' })
  assert.deepEqual(await write('hr:4.15', 'bool', true), { kind: 'done', readBack: true, note: 'modbus.readModifyWrite' })
  assert.equal(device.holding[4], 0b1000_0000_1010_0000)
  assert.equal(device.requests.get(0x16), 1, 'asked once, then remembered')
})

test('with mask write the neighbours are the device’s own affair', async (t) => {
  const { device, write } = await bench(t)
  device.holding[4] = 0b1010_0001
  assert.deepEqual(await write('hr:4.0', 'bool', false), { kind: 'done', readBack: false })
  assert.deepEqual(await write('hr:4.1', 'bool', true), { kind: 'done', readBack: true })
  assert.equal(device.holding[4], 0b1010_0010)
})

test('what cannot be is refused without a request', async (t) => {
  const { device, write } = await bench(t)
  assert.deepEqual(await write('ir:1', 'uint16', 1), { kind: 'refused', reason: 'modbus.notWritable' })
  assert.deepEqual(await write('di:1', 'bool', true), { kind: 'refused', reason: 'modbus.notWritable' })
  assert.deepEqual(await write('hr:1', 'uint16', 70_000), { kind: 'refused', reason: 'modbus.valueOutOfRange' })
  assert.deepEqual(await write('coil:1', 'bool', 1), { kind: 'refused', reason: 'modbus.wrongType' })
  assert.equal(device.requestCount, 0)
})

test('exceptions refuse; 05 and 0B leave it open', async (t) => {
  const { device, write } = await bench(t)
  for (const [exception, kind, reason] of [
    [2, 'refused', 'modbus.illegalAddress'],
    [3, 'refused', 'modbus.illegalValue'],
    [6, 'refused', 'modbus.deviceBusy'],
    [5, 'unknown', 'modbus.acknowledge'],
    [11, 'unknown', 'modbus.gatewayNoAnswer'],
  ] as const) {
    device.exception = exception
    assert.deepEqual(await write('hr:1', 'uint16', 1), { kind, reason })
  }
})

test('a write without an answer is sent once; a stop leaves what was sent unknown and the rest refused', async (t) => {
  const { simulator, driver, device, write } = await bench(t)
  device.silent = true
  assert.deepEqual(await write('hr:1', 'uint16', 1), { kind: 'unknown', reason: 'modbus.noAnswer' })
  assert.equal(device.requestCount, 1)
  const item = (address: string) => ({
    unit: { unitId: 1 },
    point: { id: 1, place: modbus.place.parse({ address, dataType: 'uint16' }) },
    value: 3,
  })
  const controller = new AbortController()
  setTimeout(() => controller.abort(), 30)
  assert.deepEqual(await driver.write?.([item('hr:1'), item('hr:2')], controller.signal), [
    { kind: 'unknown', reason: 'modbus.stopped' },
    { kind: 'refused', reason: 'modbus.stopped' },
  ])
  setTimeout(() => simulator.cut(), 30)
  assert.deepEqual(await driver.write?.([item('hr:1'), item('hr:2')], never), [
    { kind: 'unknown', reason: 'modbus.connectionLost' },
    { kind: 'refused', reason: 'modbus.connectionLost' },
  ])
})

test('a written value that cannot be read is done, without a value', async (t) => {
  const { device, write } = await bench(t)
  device.unsupported = new Set([0x03])
  assert.deepEqual(await write('hr:1', 'uint16', 1), { kind: 'done', readBack: null })
})
