import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { v7 } from 'uuid'
import type { Settings, WriteCommand } from '#modules/shopfloor/gateways/contract.ts'
import { systemClock } from '../../clock.ts'
import { startMcSimulator } from '../../drivers/mc/simulator.ts'
import { startModbusSimulator } from '../../drivers/modbus/simulator.ts'
import { builtIn } from '../../drivers/opcua/codec.ts'
import { PLANT_URI, startOpcuaSimulator } from '../../drivers/opcua/simulator.ts'
import { startS7Simulator } from '../../drivers/s7/simulator.ts'
import { PlatformTime } from './platform-time.ts'
import { openTestLink, type TestLink } from './test-link.ts'
import { WriteJournal } from './write-journal.ts'

const point = (place: Settings, change: Partial<WriteCommand['point']> = {}): WriteCommand['point'] => ({
  name: 'setPoint',
  place,
  valueType: 'number',
  scale: 0.01,
  offset: 0,
  ...change,
})

interface Machine {
  connection: Settings
  unit: Settings
  number: Settings
  flag: Settings
}

/** A number of 75 (0.75 scaled) and a switch that is off. */
const machines: Record<string, (t: TestContext) => Promise<Machine>> = {
  modbus: async (t) => {
    const simulator = await startModbusSimulator()
    t.after(() => simulator.stop())
    simulator.unit(1).set({ address: 'holding:0', dataType: 'int16' }, 75)
    const number = { address: 'holding:0', dataType: 'int16' }
    return {
      connection: { host: '127.0.0.1', port: simulator.port },
      unit: { unitId: 1 },
      number,
      flag: { address: 'coil:5', dataType: 'bool' },
    }
  },
  s7: async (t) => {
    const simulator = await startS7Simulator()
    t.after(() => simulator.stop())
    const number = { address: 'DB1.DBW0', dataType: 'int16' } as const
    simulator.cpu.memory('DB', 1)
    simulator.set(number, 75)
    return { connection: { host: '127.0.0.1', port: simulator.port }, unit: {}, number, flag: { address: 'DB1.DBX10.3', dataType: 'bool' } }
  },
  mc: async (t) => {
    const simulator = await startMcSimulator('binary')
    t.after(() => simulator.stop())
    const number = { address: 'D100', dataType: 'int16' } as const
    simulator.set(number, 75)
    return { connection: { host: '127.0.0.1', port: simulator.port }, unit: {}, number, flag: { address: 'M20', dataType: 'bool' } }
  },
  opcua: async (t) => {
    const nodes = [
      { name: 'number', dataType: builtIn.double, value: 75 },
      { name: 'flag', dataType: builtIn.boolean, value: false },
    ]
    const simulator = await startOpcuaSimulator({ nodes })
    t.after(() => simulator.stop())
    const at = (name: string) => ({ address: `nsu=${PLANT_URI};s=${name}` })
    const connection = { host: '127.0.0.1', port: simulator.port, security: 'none' }
    return { connection, unit: { name: '' }, number: at('number'), flag: at('flag') }
  },
}

for (const [protocol, start] of Object.entries(machines))
  test(`${protocol}: a number and a switch are written and read back, and an interlock is judged by the machine itself`, async (t) => {
    const machine = await start(t)
    const link = await openTestLink(protocol, machine)
    t.after(() => link.stop())
    const facts = async (written: Parameters<TestLink['write']>[0]) => {
      const result = await link.write(written)
      if (result.outcome !== 'done') return [result.outcome, result.reason, result.before]
      return [result.outcome, result.before, result.readBack, result.differs]
    }
    const number = point(machine.number)
    const flag = point(machine.flag, { name: 'door', valueType: 'boolean', scale: 1 })
    assert.deepEqual(await facts({ point: number, value: 0.8 }), ['done', 0.75, 0.8, false])
    assert.deepEqual(await facts({ point: flag, value: true }), ['done', false, true, false])
    const open = { ...flag, is: 'eq' as const, than: false }
    assert.deepEqual(await facts({ point: number, value: 0.9, interlocks: [open] }), ['refused', 'gateways.interlocked', 0.8])
    assert.deepEqual(await facts({ point: number, value: 0.9, interlocks: [{ ...open, than: true }] }), ['done', 0.8, 0.9, false])
    assert.deepEqual(await facts({ point: number, value: 'text' }), ['refused', 'gateways.valueOfAnotherType', 0.9])
  })

test('what is over its time by the platform’s clock is not written', async (t) => {
  const simulator = await startModbusSimulator()
  t.after(() => simulator.stop())
  simulator.unit(1)
  const link = await openTestLink('modbus', { connection: { host: '127.0.0.1', port: simulator.port }, unit: { unitId: 1 } })
  t.after(() => link.stop())
  const written = { point: point({ address: 'holding:0', dataType: 'int16' }), value: 1 }
  const late = await link.write({ ...written, expiresAtMs: systemClock.nowMs() - 1 })
  assert.deepEqual([late.outcome, 'reason' in late && late.reason], ['refused', 'gateways.commandLate'])
  // The platform is an hour ahead of this machine.
  link.time.answered(link.time.asked(), systemClock.nowMs() + 3_600_000)
  const ahead = await link.write(written)
  assert.equal('reason' in ahead && ahead.reason, 'gateways.commandLate')
  assert.equal(simulator.unit(1).writeCount, 0)
})

test('the platform’s time is the latest that it can be, whichever of the two clocks stood still', (t) => {
  const clock = { ...systemClock, wall: 1_000_000, nowMs: () => clock.wall }
  const time = new PlatformTime(clock)
  assert.equal(time.latestMs(), undefined)
  const asked = time.asked()
  time.answered(asked, 5_000_000)
  const soon = time.latestMs() ?? 0
  assert.ok(soon >= 5_000_000 && soon < 5_001_000)
  // The machine slept for an hour: its steady clock did not go on.
  clock.wall += 3_600_000
  assert.ok((time.latestMs() ?? 0) >= 8_600_000)
  // Somebody set the clock back.
  clock.wall -= 7_200_000
  assert.ok((time.latestMs() ?? 0) >= 5_000_000)
  t.diagnostic(`${time.latestMs()}`)
})

test('the journal: about to send is on the disk before anything is sent; without a result it is unknown for ever', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'lianshu-journal-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const journal = WriteJournal.open(folder, systemClock)
  const [cut, done, torn] = [v7(), v7(), v7()]
  await journal.about(cut, 0.5)
  await journal.about(done, 0.5)
  assert.equal(readdirSync(join(folder, 'writes')).length, 2)
  await journal.ended(done, { outcome: 'done', before: 0.5, readBack: 0.6, differs: false, atMs: 1 })
  await journal.told(done)
  assert.deepEqual(journal.untold(), [])
  writeFileSync(join(folder, 'writes', `${torn}.json`), '{"before":')
  // As after a kill.
  const again = WriteJournal.open(folder, systemClock)
  assert.ok([cut, done, torn].every((id) => again.has(id)))
  assert.deepEqual(
    again.untold().map(({ id, result }) => [id === cut || id === torn, result.outcome, 'reason' in result && result.reason]),
    [
      [true, 'unknown', 'gateways.endedWhileWriting'],
      [true, 'unknown', 'gateways.endedWhileWriting'],
    ],
  )
})

test('a journal that cannot be written keeps the value from being sent', async (t) => {
  const simulator = await startModbusSimulator()
  t.after(() => simulator.stop())
  simulator.unit(1)
  const link = await openTestLink('modbus', { connection: { host: '127.0.0.1', port: simulator.port }, unit: { unitId: 1 } })
  t.after(() => link.stop())
  rmSync(join(link.folder, 'writes'), { recursive: true })
  const result = await link.write({ point: point({ address: 'holding:0', dataType: 'int16' }), value: 1 })
  assert.deepEqual([result.outcome, 'reason' in result && result.reason], ['refused', 'gateways.journalFailed'])
  assert.equal(simulator.unit(1).writeCount, 0)
})
