import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '#edge/clock.ts'
import type { Driver, WriteItem } from '#edge/drivers/driver.ts'
import { type ModbusPlace, modbus } from '#edge/drivers/modbus/config.ts'
import { makeModbusDriver } from '#edge/drivers/modbus/driver.ts'
import { startModbusSimulator } from '#edge/drivers/modbus/simulator.ts'
import { freePort } from '#embedded/ports.ts'
import { runProgram } from './foreign-client.ts'
import type { LoneTest } from './peer-test.ts'

// pymodbus and libmodbus as devices of our driver, and as masters of our simulator.

type ModbusDriver = Driver<{ unitId: number }, ModbusPlace>

const folder = join(import.meta.dirname, 'modbus')
const never = new AbortController().signal
const unit = { unitId: 1 }
const orders = ['ABCD', 'CDAB', 'BADC', 'DCBA'] as const
const STARTS_WITHIN_MS = 10_000

const place = (address: string, dataType: ModbusPlace['dataType'], more: Partial<ModbusPlace> = {}) =>
  modbus.place.parse({ address, dataType, ...more })

/** In the order of server.py. */
const packed: [ModbusPlace['dataType'], number | bigint][] = [
  ['uint16', 0xfedc],
  ['int16', -12_345],
  ['uint32', 0xfedcba98],
  ['int32', -1_234_567_890],
  ['float32', -1_234.5],
  ['uint64', 0xfedcba9876543210n],
  ['int64', -1_234_567_890_123_456_789n],
  ['float64', -1.5e300],
]

const written: [ModbusPlace['dataType'], number | bigint][] = [
  ['uint16', 65_535],
  ['int16', -1],
  ['uint32', 3_000_000_000],
  ['int32', -2_147_483_648],
  ['float32', 0.15625],
  ['uint64', 2n ** 64n - 2n],
  ['int64', -(2n ** 62n) - 3n],
  ['float64', Math.PI],
  ['bcd16', 9_876],
  ['bcd32', 12_345_678],
]

async function readValues(driver: ModbusDriver, places: readonly ModbusPlace[], of = unit) {
  const samples = await driver.read({ unit: of, points: places.map((where, id) => ({ id, place: where })) }, never)
  return samples.toSorted((a, b) => a.point - b.point).map(({ value, reason }) => reason ?? value)
}

async function writeValues(driver: ModbusDriver, items: readonly { place: ModbusPlace; value: WriteItem['value'] }[]) {
  const outcomes = await driver.write?.(
    items.map((item, id) => ({ unit, point: { id, place: item.place }, value: item.value })),
    never,
  )
  return outcomes?.map((outcome) => (outcome.kind === 'done' ? outcome.readBack : outcome))
}

const allNumbers = packed.map(([dataType], i) => place(`hr:${i * 4}`, dataType))
const allValues = packed.map(([, value]) => value)

/** Somebody else's server with our driver on it; both end with the work. */
async function withServer(
  command: [string, ...string[]],
  work: (driver: ModbusDriver, server: ChildProcess) => Promise<void>,
  more: object = {},
): Promise<void> {
  const port = await freePort()
  const server = spawn(command[0], [...command.slice(1), String(port)], { stdio: 'ignore' })
  const ended = once(server, 'exit')
  const driver = makeModbusDriver(modbus.connection.parse({ host: '127.0.0.1', port, requestTimeoutMs: 2_000, ...more }), systemClock)
  try {
    await untilConnected(driver)
    await work(driver, server)
  } finally {
    await driver.close()
    server.kill('SIGKILL')
    await ended
  }
}

async function untilConnected(driver: ModbusDriver): Promise<void> {
  const until = performance.now() + STARTS_WITHIN_MS
  for (;;) {
    try {
      return await driver.connect(never)
    } catch (error) {
      if (performance.now() > until) throw error
      await sleep(50)
    }
  }
}

const pymodbusServer: [string, ...string[]] = ['/usr/bin/python3', join(folder, 'server.py')]

export const pymodbusTests: readonly LoneTest[] = [
  {
    name: 'Modbus: every number in every order, as pymodbus packs it',
    alone: () =>
      withServer(pymodbusServer, async (driver) => {
        for (const table of ['hr', 'ir'])
          for (const [number, order] of orders.entries()) {
            const places = packed.map(([dataType], position) => place(`${table}:${number * 100 + position * 4}`, dataType, { order }))
            assert.deepEqual(
              await readValues(driver, places),
              packed.map(([, value]) => value),
              `${table} ${order}`,
            )
          }
        const bits = (table: string) => Array.from({ length: 99 }, (_, i) => place(`${table}:${i}`, 'bool'))
        const wanted = Array.from({ length: 99 }, (_, i) => i % 3 === 0)
        assert.deepEqual(await readValues(driver, bits('coil')), wanted)
        assert.deepEqual(await readValues(driver, bits('discrete')), wanted)
      }),
  },
  {
    name: 'Modbus: pymodbus keeps every kind of value that is written, in every order',
    alone: () => withServer(pymodbusServer, (driver) => writesAll(driver, 500)),
  },
  {
    name: 'Modbus: pymodbus refuses one address and one unit, and the others go on',
    alone: () =>
      withServer(pymodbusServer, async (driver) => {
        const places = [place('hr:998', 'uint16'), place('hr:1001', 'uint16'), place('hr:0', 'uint16')]
        for (let read = 0; read < 2; read++)
          assert.deepEqual(await readValues(driver, places), [0, 'modbus.illegalAddress', packed[0]?.[1]])
        assert.deepEqual(await readValues(driver, [place('hr:0', 'uint16')], { unitId: 9 }), ['modbus.noAnswer'])
        assert.deepEqual(await readValues(driver, [place('hr:0', 'uint16')]), [packed[0]?.[1]])
      }),
  },
  {
    name: 'Modbus: pymodbus by RTU frames over TCP: every kind of value is read, written and refused as by Modbus TCP',
    alone: () =>
      withServer(
        [...pymodbusServer, 'rtu'],
        async (driver) => {
          assert.deepEqual(await readValues(driver, allNumbers), allValues)
          await writesAll(driver, 500)
          const places = [place('hr:998', 'uint16'), place('hr:1001', 'uint16'), place('hr:0', 'uint16')]
          assert.deepEqual(await readValues(driver, places), [0, 'modbus.illegalAddress', packed[0]?.[1]])
        },
        { framing: 'rtu' },
      ),
  },
  {
    name: 'Modbus: a pymodbus that is killed is a lost link',
    alone: () =>
      withServer(pymodbusServer, async (driver, server) => {
        server.kill('SIGKILL')
        await once(server, 'exit')
        await assert.rejects(readValues(driver, [place('hr:0', 'uint16')]), { reason: 'modbus.connectionLost' })
        await assert.rejects(driver.connect(never), { reason: 'modbus.connectionRefused' })
      }),
  },
  {
    name: 'Modbus: pymodbus reads and writes our simulator with every function',
    alone: async () => {
      const said = await onSimulator((port) => runProgram('/usr/bin/python3', [join(folder, 'client.py'), port]))
      assert.deepEqual(said, [
        '[True, False, False, False, False]',
        '[True, False]',
        '[1000, 1100, 1200]',
        '[70, 77]',
        '[48810, 1, 2, 3]',
        '[True, True, True, False, True]',
        '[7, 8]',
        '2',
        '11',
      ])
    },
  },
]

/** Two serial ports with a cable between them, as two pseudo-terminals of socat. */
async function withCable(work: (ports: readonly [string, string], cable: ChildProcess) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'lianshu-serial-'))
  const ends = [join(dir, 'a'), join(dir, 'b')] as const
  const cable = spawn(
    'socat',
    ends.map((link) => `pty,raw,echo=0,link=${link}`),
    { stdio: 'ignore' },
  )
  try {
    const until = performance.now() + STARTS_WITHIN_MS
    while (!ends.every((end) => existsSync(end)) && performance.now() < until) await sleep(20)
    await work([realpathSync(ends[0]), realpathSync(ends[1])], cable)
  } finally {
    cable.kill('SIGKILL')
    rmSync(dir, { recursive: true, force: true })
  }
}

const overSerial = (device: string) =>
  makeModbusDriver(modbus.connection.parse({ framing: 'serial', device, baudRate: '19200', requestTimeoutMs: 500 }), systemClock)

export const serialTests: readonly LoneTest[] = [
  {
    name: 'Modbus: pymodbus at a serial port: every kind of value is read, written and refused; dead it is silent, unplugged it is lost',
    alone: () =>
      withCable(async ([own, other], cable) => {
        const server = spawn(pymodbusServer[0], [...pymodbusServer.slice(1), 'serial', other], { stdio: 'ignore' })
        const driver = overSerial(own)
        try {
          await driver.connect(never)
          await untilReads(driver)
          assert.deepEqual(await readValues(driver, allNumbers), allValues)
          await writesAll(driver, 500)
          const places = [place('hr:998', 'uint16'), place('hr:1001', 'uint16'), place('hr:0', 'uint16')]
          assert.deepEqual(await readValues(driver, places), [0, 'modbus.illegalAddress', packed[0]?.[1]])
          await assert.rejects(overSerial(own).connect(never), { reason: 'modbus.serialBusy' })
          server.kill('SIGKILL')
          assert.deepEqual(await readValues(driver, [place('hr:0', 'uint16')]), ['modbus.noAnswer'])
          cable.kill('SIGKILL')
          await once(cable, 'exit')
          await sleep(100)
          await assert.rejects(readValues(driver, [place('hr:0', 'uint16')]), { reason: 'modbus.connectionLost' })
          await assert.rejects(driver.connect(never), { reason: 'modbus.serialMissing' })
          await assert.rejects(overSerial('/dev/null').connect(never), { reason: 'modbus.serialSettings' })
        } finally {
          await driver.close()
          server.kill('SIGKILL')
        }
      }),
  },
]

async function untilReads(driver: ModbusDriver): Promise<void> {
  const until = performance.now() + STARTS_WITHIN_MS
  while ((await readValues(driver, [place('hr:0', 'uint16')]))[0] !== packed[0]?.[1])
    if (performance.now() > until) throw new Error('pymodbus does not answer at its serial port.')
}

const withProgram = async (source: 'server.c' | 'client.c', work: (program: string) => Promise<void>): Promise<void> => {
  const dir = mkdtempSync(join(tmpdir(), 'lianshu-libmodbus-'))
  try {
    const program = join(dir, 'program')
    const { status, stderr } = spawnSync('gcc', ['-Wall', '-I/usr/include/modbus', join(folder, source), '-lmodbus', '-o', program], {
      encoding: 'utf8',
    })
    assert.equal(status, 0, stderr)
    await work(program)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

export const libmodbusTests: readonly LoneTest[] = [
  {
    name: 'Modbus: libmodbus’s bits, registers and integers, and what it refuses',
    alone: () =>
      withProgram('server.c', (program) =>
        withServer([program], async (driver) => {
          assert.deepEqual(await readValues(driver, [place('40001', 'int32'), place('40003', 'int64')]), [
            -1_234_567_890,
            -1_234_567_890_123_456_789n,
          ])
          const bits = (table: string) => Array.from({ length: 50 }, (_, i) => place(`${table}:${i}`, 'bool'))
          assert.deepEqual(
            await readValues(driver, bits('co')),
            bits('co').map((_, i) => i % 2 === 1),
          )
          assert.deepEqual(
            await readValues(driver, bits('di')),
            bits('di').map((_, i) => i % 5 === 0),
          )
          assert.deepEqual(await readValues(driver, [place('30200', 'uint16'), place('30201', 'uint16')]), [
            199 * 7,
            'modbus.illegalAddress',
          ])
        }),
      ),
  },
  {
    name: 'Modbus: libmodbus keeps every kind of value that is written, in every order',
    alone: () => withProgram('server.c', (program) => withServer([program], (driver) => writesAll(driver, 20))),
  },
  {
    name: 'Modbus: libmodbus reads and writes our simulator with every function',
    alone: () =>
      withProgram('client.c', async (program) => {
        const said = await onSimulator((port) => runProgram(program, [port]))
        assert.deepEqual(said, [
          'coils 5: 1 0 0 0 0',
          'inputs 2: 1 0',
          'holding 3: 1000 1100 1200',
          'input 2: 70 77',
          'write 1 1 3 3 1',
          'both 4: 48810 1 2 3',
          'most 1: 0',
          'floats 123456.75 123456.75 123456.75 123456.75',
          'refused -1 1',
          'absent -1 1',
        ])
      }),
  },
]

async function writesAll(driver: ModbusDriver, firstRegister: number): Promise<void> {
  for (const order of orders) {
    const numbers = written.map(([dataType, value], i) => ({ place: place(`hr:${firstRegister + i * 4}`, dataType, { order }), value }))
    const others = [
      { place: place(`hr:${firstRegister + 50}`, 'string', { order, length: 11, encoding: 'gb18030' }), value: '压铸机A-7' },
      { place: place(`hr:${firstRegister + 60}.9`, 'bool'), value: true },
      { place: place('coil:40', 'bool'), value: true },
    ] as const
    const items = [...numbers, ...others]
    const wanted = items.map(({ value }) => value)
    assert.deepEqual(await writeValues(driver, items), wanted, order)
    // All together, as the gateway reads them.
    assert.deepEqual(
      await readValues(
        driver,
        items.map((item) => item.place),
      ),
      wanted,
      order,
    )
  }
}

/** What a master says after its work on a simulator; both masters do the same. */
async function onSimulator(run: (port: string) => Promise<{ code: number | null; said: string }>): Promise<string[]> {
  const simulator = await startModbusSimulator()
  try {
    const device = simulator.unit(1)
    device.coil[0] = 1
    device.discrete[3] = 1
    device.holding.set([1_000, 1_100, 1_200], 10)
    device.input.set([70, 77], 10)
    for (const [i, order] of orders.entries()) device.set(place(`hr:${40 + i * 2}`, 'float32', { order }), 123_456.75)
    device.illegal = [{ table: 'holding', from: 500, until: 501 }]
    const { code, said } = await run(String(simulator.port))
    assert.equal(code, 0, said)
    assert.deepEqual([...device.coil.subarray(0, 5)], [1, 1, 1, 0, 1])
    assert.deepEqual([...device.holding.subarray(20, 24)], [0xbeaa, 1, 2, 3])
    return said.split('\n').map((line) => line.trim())
  } finally {
    await simulator.stop()
  }
}
