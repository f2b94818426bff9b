import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '#edge/clock.ts'
import type { Driver, WriteItem } from '#edge/drivers/driver.ts'
import { type S7Place, type S7Unit, s7 } from '#edge/drivers/s7/config.ts'
import { makeS7Driver } from '#edge/drivers/s7/driver.ts'
import { startS7Simulator } from '#edge/drivers/s7/simulator.ts'
import { freePort } from '#embedded/ports.ts'
import { runProgram } from './foreign-client.ts'
import { packagesOfNode20 } from './node20.ts'
import type { LoneTest } from './peer-test.ts'

// Snap7's server as the CPU of our driver, nodes7 as a client of our simulator.

const folder = join(import.meta.dirname, 'plc')
const never = new AbortController().signal
const unit = s7.unit.parse({})
const STARTS_WITHIN_MS = 10_000

const place = (address: string, dataType: S7Place['dataType'], more: Partial<S7Place> = {}) =>
  s7.place.parse({ address, dataType, ...more })

/** As server.cjs fills them. */
const filled: [S7Place, number | bigint | boolean | string][] = [
  [place('DB1.DBW0', 'int16'), -12_345],
  [place('DB1.DBW2', 'uint16'), 0xfedc],
  [place('DB1.DBD4', 'int32'), -1_234_567_890],
  [place('DB1.DBD8', 'uint32'), 0xfedcba98],
  [place('DB1.DBD12', 'float32'), -1_234.5],
  [place('DB1.16', 'float64'), -1.5e300],
  [place('DB1.24', 'int64'), -1_234_567_890_123_456_789n],
  [place('DB1.DBX32.0', 'bool'), true],
  [place('DB1.DBX32.1', 'bool'), false],
  [place('DB1.DBX32.7', 'bool'), true],
  [place('DB1.40', 'string', { length: 10 }), 'Snap7'],
  [place('MW10', 'uint16'), 4_711],
  [place('A1.6', 'bool'), true],
  [place('T0', 'timer'), 125_000],
  [place('C0', 'counter'), 42],
]

async function withSnap7(work: (driver: Driver<S7Unit, S7Place>, kill: () => Promise<void>) => Promise<void>): Promise<void> {
  const { node, packages } = packagesOfNode20('plc')
  const port = await freePort()
  const server = spawn(node, [join(folder, 's7-server.cjs'), packages, String(port)], { stdio: ['ignore', 'ignore', 'inherit'] })
  const ended = once(server, 'exit')
  const driver = makeS7Driver(s7.connection.parse({ host: '127.0.0.1', port, requestTimeoutMs: 3_000 }), systemClock, import.meta.dirname)
  const kill = async () => {
    server.kill('SIGKILL')
    await ended
  }
  try {
    const until = performance.now() + STARTS_WITHIN_MS
    for (;;) {
      try {
        await driver.connect(never)
        break
      } catch (error) {
        if (performance.now() > until) throw error
        await sleep(100)
      }
    }
    await work(driver, kill)
  } finally {
    await driver.close()
    await kill()
  }
}

async function readValues(driver: Driver<S7Unit, S7Place>, places: readonly S7Place[]) {
  const samples = await driver.read({ unit, points: places.map((where, id) => ({ id, place: where })) }, never)
  return samples.toSorted((a, b) => a.point - b.point).map(({ value, reason }) => reason ?? value)
}

async function writeValues(driver: Driver<S7Unit, S7Place>, items: readonly [S7Place, WriteItem['value']][]) {
  const outcomes = await driver.write?.(
    items.map(([where, value], id) => ({ unit, point: { id, place: where }, value })),
    never,
  )
  return outcomes?.map((outcome) => (outcome.kind === 'done' ? outcome.readBack : outcome))
}

export const s7Tests: readonly LoneTest[] = [
  {
    name: 'S7: Snap7’s data block, merkers, outputs, timers and counters are read as they stand, 500 words in whole requests',
    alone: () =>
      withSnap7(async (driver) => {
        assert.deepEqual(
          await readValues(
            driver,
            filled.map(([where]) => where),
          ),
          filled.map(([, value]) => value),
        )
        const words = Array.from({ length: 500 }, (_, i) => place(`DB2.DBW${i * 4}`, 'int16'))
        assert.deepEqual(
          await readValues(driver, words),
          words.map(() => 0),
        )
      }),
  },
  {
    name: 'S7: Snap7 keeps what is written, and refuses what lies beyond a block or in none',
    alone: () =>
      withSnap7(async (driver) => {
        const writes: [S7Place, WriteItem['value']][] = [
          [place('DB1.DBW0', 'int16'), 7],
          [place('DB1.DBD12', 'float32'), 0.15625],
          [place('DB1.24', 'int64'), 2n ** 61n + 3n],
          [place('DB1.DBX32.1', 'bool'), true],
          [place('DB1.40', 'string', { length: 10 }), 'Lianshu'],
          [place('A1.0', 'bool'), true],
        ]
        assert.deepEqual(
          await writeValues(driver, writes),
          writes.map(([, value]) => value),
        )
        assert.deepEqual(await readValues(driver, [place('DB1.DBX32.0', 'bool'), place('DB1.DBX32.7', 'bool')]), [true, true])
        assert.deepEqual(await writeValues(driver, [[place('DB1.DBW600', 'int16'), 1]]), [
          { kind: 'refused', reason: 's7.addressOutOfRange' },
        ])
        const mixed = [place('DB1.DBW0', 'int16'), place('DB1.DBW511', 'int16'), place('DB9.DBW0', 'int16'), place('MW10', 'uint16')]
        for (let read = 0; read < 2; read++)
          assert.deepEqual(await readValues(driver, mixed), [7, 's7.addressOutOfRange', 's7.objectMissing', 4_711])
      }),
  },
  {
    name: 'S7: a Snap7 that is killed is a lost link',
    alone: () =>
      withSnap7(async (driver, kill) => {
        await kill()
        await assert.rejects(readValues(driver, [place('MW10', 'uint16')]), { reason: 's7.connectionLost' })
        await assert.rejects(driver.connect(never), { reason: 's7.connectionRefused' })
      }),
  },
  {
    name: 'S7: nodes7 reads and writes our simulator',
    alone: async () => {
      const { node, packages } = packagesOfNode20('plc')
      const simulator = await startS7Simulator()
      try {
        simulator.cpu.missing.add(9)
        for (const [address, dataType, value, more] of [
          ['DB1.DBW0', 'uint16', 0xfedc, {}],
          ['DB1.DBW2', 'int16', -12_345, {}],
          ['DB1.DBD4', 'int32', -1_234_567_890, {}],
          ['DB1.DBD8', 'float32', -1_234.5, {}],
          ['DB1.DBX12.3', 'bool', true, {}],
          ['DB1.20', 'string', 'Lianshu', { length: 10 }],
          ['MW10', 'uint16', 4_711, {}],
          ['DB3.DBW600', 'int16', 5, {}],
        ] as const)
          simulator.set({ address, dataType, ...more }, value)
        const { code, said } = await runProgram(node, [join(folder, 's7-client.cjs'), packages, String(simulator.port)])
        assert.equal(code, 0, said)
        const first = {
          word: 0xfedc,
          int: -12_345,
          dint: -1_234_567_890,
          real: -1_234.5,
          bit: true,
          text: 'Lianshu',
          merker: 4_711,
          far: 5,
        }
        const known = { ...first, missing: 'BAD 255' }
        assert.deepEqual(JSON.parse(said), { first: known, second: { ...known, int: -7, real: 0.15625, bit: false } })
      } finally {
        await simulator.stop()
      }
    },
  },
]
