import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { systemClock } from '#edge/clock.ts'
import { driverContract } from '#edge/drivers/test-contract.ts'
import { freePort } from '#embedded/ports.ts'
import { formatAddress, parseAddress } from './address.ts'
import { decode, encode } from './codec.ts'
import { type ExampleProtocolPlace, exampleProtocol } from './config.ts'
import { makeExampleProtocolDriver } from './driver.ts'
import { type ExampleProtocolSimulator, startExampleProtocolSimulator } from './simulator.ts'

const place = (address: string, dataType: ExampleProtocolPlace['dataType']) => exampleProtocol.place.parse({ address, dataType })
const driverAt = (port: number) =>
  makeExampleProtocolDriver(
    exampleProtocol.connection.parse({ host: '127.0.0.1', port, requestTimeoutMs: 150 }),
    systemClock,
    import.meta.dirname,
  )

let simulator: ExampleProtocolSimulator
const nothing = await freePort()

driverContract<{ unitId: number }, ExampleProtocolPlace>({
  protocol: 'example-protocol',
  folder: import.meta.dirname,
  driver: () => driverAt(simulator.port),
  driverOfNothing: () => driverAt(nothing),
  async start(t) {
    simulator = await startExampleProtocolSimulator()
    t.after(() => simulator.stop())
    simulator.values.set('D1', '1.5').set('D2', 'P-7')
    return {
      unit: { unitId: 1 },
      absentUnit: { unitId: 2 },
      good: [
        { place: place('D1', 'number'), value: 1.5 },
        { place: place('D2', 'string'), value: 'P-7' },
      ],
      bad: place('D9', 'number'),
      badBy: { code: { name: 'example-protocol.error', value: '2' }, answer: /20213[2]0a$/ },
      writes: [
        { place: place('D1', 'number'), value: -3 },
        { place: place('D2', 'string'), value: 'P-8' },
      ],
      silence: (silent) => {
        simulator.silent = silent
      },
      cut: () => simulator.cut(),
      connections: () => simulator.connections,
    }
  },
})

test('an address is read as it is written; what is none is refused at its field', () => {
  fc.assert(fc.property(fc.nat(99_999), (address) => assert.equal(parseAddress(formatAddress(address)), address)))
  const parsed = exampleProtocol.place.safeParse({ address: '40001', dataType: 'number' })
  assert.deepEqual(
    parsed.error?.issues.map(({ path, message }) => [path.join('.'), message]),
    [['address', 'example-protocol.addressUnreadable']],
  )
})

test('a value is read as it was written', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = encode(value, 'number')
      assert.ok(text !== undefined && decode(text, 'number') === value)
    }),
  )
  assert.equal(encode('seven', 'number'), undefined)
  assert.equal(decode('', 'number'), undefined)
})
