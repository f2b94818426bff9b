import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkHappened, makeRoom, matchPoints } from './binding-rules.ts'

const at = (hour: number) => new Date(Date.UTC(2026, 10, 22, hour))

test('room for a new period after the last one', () => {
  const table: [Parameters<typeof makeRoom>[0], number, ReturnType<typeof makeRoom>][] = [
    [undefined, 8, 'nothing'],
    [{ from: at(1), until: null }, 8, 'end'],
    [{ from: at(8), until: null }, 8, 'overlap'],
    [{ from: at(9), until: null }, 8, 'overlap'],
    [{ from: at(1), until: at(8) }, 8, 'nothing'],
    [{ from: at(1), until: at(7) }, 8, 'nothing'],
    [{ from: at(1), until: at(9) }, 8, 'overlap'],
  ]
  for (const [last, hour, room] of table) assert.equal(makeRoom(last, at(hour)), room, JSON.stringify([last, hour]))
})

test('what is recorded has happened, give or take a browser’s clock', () => {
  checkHappened(new Date(at(8).getTime() + 299_000), at(8))
  assert.throws(() => checkHappened(at(9), at(8)), { code: 'devices.inFuture' })
})

test('points pair by name where they measure the same', () => {
  const power = { name: 'power', valueType: 'number', unit: 'kW', kind: 'instant' } as const
  const energy = { name: 'energy', valueType: 'number', unit: 'kWh', kind: 'counter' } as const
  assert.deepEqual(matchPoints([power, energy], [{ ...energy, unit: 'MWh' }, power]), { pairs: [[power, power]], differing: ['energy'] })
  assert.deepEqual(matchPoints([power, energy], [power]).differing, ['energy'])
})
