import assert from 'node:assert/strict'
import { join } from 'node:path'
import { startMcSimulator } from '#edge/drivers/mc/simulator.ts'
import { runProgram } from './foreign-client.ts'
import { packagesOfNode20 } from './node20.ts'
import type { LoneTest } from './peer-test.ts'

/** Mcprotocol as a client of our simulator, in both codes. */
export const mcTests: readonly LoneTest[] = (['binary', 'ascii'] as const).map((code) => ({
  name: `MC: mcprotocol reads and writes our simulator by 3E frames in ${code} code`,
  alone: async () => {
    const { node, packages } = packagesOfNode20('plc')
    const simulator = await startMcSimulator(code)
    try {
      for (const [address, dataType, value] of [
        ['D0', 'int16', -12_345],
        ...Array.from({ length: 5 }, (_, i) => [`D${10 + i}`, 'int16', 100 + i] as const),
        ['D1000', 'float32', -1_234.5],
        ['D2000', 'int32', -1_234_567_890],
        ['M1003', 'bool', true],
        ['M17', 'bool', true],
        ['M23', 'bool', true],
        ['R100', 'int16', 4_711],
      ] as const)
        simulator.set({ address, dataType }, value)
      const { code: exit, said } = await runProgram(node, [
        join(import.meta.dirname, 'plc/mc-client.cjs'),
        packages,
        String(simulator.port),
        code,
      ])
      assert.equal(exit, 0, said)
      const first = {
        word: -12_345,
        words: [100, 101, 102, 103, 104],
        real: -1_234.5,
        double: -1_234_567_890,
        relay: true,
        relays: [false, true, false, false, false, false, false, true],
        file: 4_711,
      }
      assert.deepEqual(JSON.parse(said), { first, second: { ...first, word: -7, real: 0.15625 } })
    } finally {
      await simulator.stop()
    }
  },
}))
