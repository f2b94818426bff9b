import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../../clock.ts'
import { type ModbusPlace, modbus } from './config.ts'
import { makeModbusDriver } from './driver.ts'
import { startModbusSimulator } from './simulator.ts'

const POINTS = 1_000
const READS = 100
/** Measured on an AMD EPYC core that others used too: 1.4 µs for the driver alone (100 links × 1,000 points), 2–3.3 with the simulator, as here. */
const MOST_CPU_US_A_VALUE = 15

test('100,000 values: the plan is made once, and the whole costs microseconds a value', async (t) => {
  const simulator = await startModbusSimulator()
  const device = simulator.unit(1)
  const driver = makeModbusDriver(
    modbus.connection.parse({ host: '127.0.0.1', port: simulator.port, requestTimeoutMs: 10_000 }),
    systemClock,
  )
  t.after(async () => {
    await driver.close()
    await simulator.stop()
  })
  const signal = new AbortController().signal
  await driver.connect(signal)
  const types: ModbusPlace['dataType'][] = ['uint16', 'int16', 'float32', 'uint32']
  const points = Array.from({ length: POINTS }, (_, id) => ({
    id,
    place: modbus.place.parse({ address: `hr:${id * 2}`, dataType: types[id % types.length] }),
  }))
  let good = 0
  const before = process.cpuUsage()
  for (let read = 0; read < READS; read++) {
    const samples = await driver.read({ unit: { unitId: 1 }, points }, signal)
    good += samples.filter(({ quality }) => quality === 'good').length
  }
  const { user, system } = process.cpuUsage(before)
  assert.equal(good, POINTS * READS)
  assert.equal(device.requestCount, READS * 16)
  const spentUs = (user + system) / good
  t.diagnostic(`${spentUs.toFixed(1)} µs of processor time a value, simulator included`)
  assert.ok(spentUs < MOST_CPU_US_A_VALUE, `${spentUs.toFixed(1)} µs a value`)
})
