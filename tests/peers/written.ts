import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { builtIn } from '#edge/drivers/opcua/codec.ts'
import { PLANT_URI } from '#edge/drivers/opcua/simulator.ts'
import { openTestLink } from '#edge/gateway/remote/test-link.ts'
import { freePort } from '#embedded/ports.ts'
import { startOpcuaServer } from './opcua/process.ts'
import type { LoneTest } from './peer-test.ts'

// A command as the gateway carries it out, on machines that this project did not write.

const python = '/usr/bin/python3'
const folder = join(import.meta.dirname, 'modbus')
const scaled = { name: 'setPoint', valueType: 'number' as const, scale: 0.01, offset: 0 }

async function onPymodbus(): Promise<void> {
  const port = await freePort()
  const server = spawn(python, [join(folder, 'server.py'), String(port)], { stdio: 'ignore' })
  const ended = once(server, 'exit')
  try {
    const link = await openTestLink('modbus', { connection: { host: '127.0.0.1', port }, unit: { unitId: 1 } })
    const seen = () => Number(execFileSync(python, [join(folder, 'read.py'), String(port), '600'], { encoding: 'utf8' }))
    try {
      const point = { ...scaled, place: { address: 'holding:600', dataType: 'uint16' } }
      const first = await link.write({ point, value: 0.75 })
      assert.ok(first.outcome === 'done', JSON.stringify(first))
      assert.deepEqual([first.before, first.readBack, first.differs, seen()], [0, 0.75, false, 75])
      const guarded = await link.write({ point, value: 0.9, interlocks: [{ ...point, is: 'lt', than: 0.5 }] })
      assert.deepEqual([guarded.outcome, seen()], ['refused', 75])
      const missing = await link.write({ point: { ...point, place: { address: 'holding:1001', dataType: 'uint16' } }, value: 1 })
      assert.equal(missing.outcome, 'refused')
    } finally {
      await link.stop()
    }
  } finally {
    server.kill('SIGKILL')
    await ended
  }
}

async function onNodeOpcua(): Promise<void> {
  const server = await startOpcuaServer({ nodes: [{ name: 'setPoint', dataType: builtIn.float, value: 75 }] })
  try {
    const settings = { connection: { host: '127.0.0.1', port: server.port, security: 'none' }, unit: { name: '' } }
    const point = { ...scaled, place: { address: `nsu=${PLANT_URI};s=setPoint` } }
    const link = await openTestLink('opcua', settings)
    const first = await link.write({ point, value: 0.8 })
    await link.stop()
    assert.ok(first.outcome === 'done', JSON.stringify(first))
    assert.deepEqual([first.before, first.readBack, first.differs], [0.75, 0.8, false])
    // Another session finds what the first one left.
    const again = await openTestLink('opcua', settings)
    const second = await again.write({ point, value: 0.7 })
    await again.stop()
    assert.deepEqual([second.outcome, second.before], ['done', 0.8])
  } finally {
    await server.kill()
  }
}

export const writtenToPymodbus: LoneTest = {
  name: 'Commands: pymodbus takes a value once, and its own client sees it; an interlock keeps the next one away',
  alone: onPymodbus,
}
export const writtenToNodeOpcua: LoneTest = {
  name: 'Commands: node-opcua’s server takes a value and another session finds it',
  alone: onNodeOpcua,
}
