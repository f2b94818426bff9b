import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { ensureBrowser } from '../browser.ts'
import type { LoneTest } from './peer-test.ts'

const root = resolve(import.meta.dirname, '../..')

/** The journey of e2e/gateway.test.ts with pymodbus as the machine, away so long that the curve shows it. */
export const modbusPageTests: readonly LoneTest[] = [
  {
    name: 'Modbus: a pymodbus machine is connected through the pages; its outage has a reason in words and a hatched gap in the curve',
    alone: async () => {
      ensureBrowser()
      const journey = spawn(process.execPath, [join(root, 'node_modules/@playwright/test/cli.js'), 'test', 'e2e/gateway.test.ts'], {
        cwd: root,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, E2E_MODBUS_PEER: 'pymodbus' },
      })
      const said: string[] = []
      for (const stream of [journey.stdout, journey.stderr]) stream.on('data', (text) => said.push(String(text)))
      const [code] = await once(journey, 'exit')
      assert.equal(code, 0, said.join('').slice(-4_000))
    },
  },
]
