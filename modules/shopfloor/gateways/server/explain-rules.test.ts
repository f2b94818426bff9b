import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type LinkId, type LinkStatus, type UnitStatus, type WireStatus, wireLimits } from '../contract.ts'
import { explainPoint, type ReadPoint } from './explain-rules.ts'

const SKEW_MS = 2_000

const unit = (change: Partial<UnitStatus> = {}): UnitStatus => ({
  device: 'M-1',
  state: 'ok',
  reason: null,
  sinceMs: 7_000,
  goodPoints: 2,
  badPoints: 0,
  badAddresses: [],
  ...change,
})
const link = (change: Partial<LinkStatus> = {}): LinkStatus => ({
  id: 'l' as LinkId,
  state: 'connected',
  reason: null,
  sinceMs: 5_000,
  cycle: null,
  units: [unit()],
  ...change,
})
const asked = (links: LinkStatus[], change: Partial<ReadPoint> = {}, gateway: Partial<ReadPoint['gateway']> = {}): ReadPoint => ({
  deviceActive: true,
  enabled: true,
  inTable: true,
  filledIn: true,
  gateway: {
    state: 'online',
    lastSeenMs: 9_000,
    revision: 3,
    status: { revision: 3, clockSkewMs: SKEW_MS, links } as WireStatus,
    ...gateway,
  },
  link: 'l',
  device: 'M-1',
  point: 'p',
  ...change,
})
const fault = (change: object = {}) =>
  ({ name: 'p', reason: 'modbus.illegalAddress', quality: 'badIllegalAddress', sinceMs: 8_000, ...change }) as never
const told = (point: ReadPoint) => {
  const { cause, reason, sinceMs } = explainPoint(point)
  return [cause, reason, sinceMs]
}

test('the cause nearest to the platform is told, its moment by the platform’s clock', () => {
  const failed = link({ state: 'failed', reason: 'modbus.connectionRefused', details: { port: '502' } })
  assert.deepEqual(told(asked([failed], { deviceActive: false })), ['deviceInactive', null, null])
  assert.deepEqual(told(asked([failed], { enabled: false })), ['switchedOff', null, null])
  assert.deepEqual(told(asked([failed], { inTable: false })), ['notInTable', null, null])
  assert.deepEqual(told(asked([failed], { filledIn: false })), ['notFilledIn', null, null])
  assert.deepEqual(told(asked([failed], {}, { state: 'never', status: null })), ['gatewayNever', null, null])
  assert.deepEqual(told(asked([failed], {}, { state: 'offline' })), ['gatewaySilent', null, 9_000])
  assert.deepEqual(told(asked([failed])), ['link', 'modbus.connectionRefused', 5_000 - SKEW_MS])
  assert.deepEqual(explainPoint(asked([failed])).details, { port: '502' })
  assert.deepEqual(told(asked([], {}, { revision: 4 })), ['notApplied', null, null])
  const open = link({ units: [unit({ state: 'open', reason: 'modbus.noAnswer' })] })
  assert.deepEqual(told(asked([open])), ['unit', 'modbus.noAnswer', 7_000 - SKEW_MS])
  assert.deepEqual(told(asked([link({ units: [unit({ badPoints: 1, badAddresses: [fault()] })] })])), [
    'point',
    'modbus.illegalAddress',
    8_000 - SKEW_MS,
  ])
  assert.deepEqual(told(asked([link()])), ['read', null, null])
})

test('the device’s number and the frames go with the cause, their moments by the platform’s clock', () => {
  const shown = {
    code: { name: 'modbus.exception', value: '2' },
    frames: [{ atMs: 8_000, way: 'sent' as const, hex: '0103', size: 2 }],
  }
  const ours = { ...shown, frames: [{ ...shown.frames[0], atMs: 8_000 - SKEW_MS }] }
  assert.deepEqual(explainPoint(asked([link({ units: [unit({ badPoints: 1, badAddresses: [fault({ shown })] })] })])).shown, ours)
  const open = link({ units: [unit({ state: 'open', reason: 'modbus.noAnswer', shown })] })
  assert.deepEqual(explainPoint(asked([open])).shown, ours)
  assert.equal(explainPoint(asked([link({ units: [unit({ badPoints: 1, badAddresses: [fault()] })] })])).shown, undefined)
})

test('while all of a unit is silent the unit is the cause; a wrong setting stays one though its link is cut', () => {
  const silent = fault({ reason: 'modbus.noAnswer', quality: 'badTimeout' })
  const failing = link({ units: [unit({ state: 'failing', reason: 'modbus.noAnswer', badPoints: 1, badAddresses: [silent] })] })
  assert.deepEqual(told(asked([failing])).slice(0, 2), ['unit', 'modbus.noAnswer'])
  const wrong = fault({ reason: 'modbus.addressBeyondEnd', quality: 'badConfiguration' })
  const cut = link({ state: 'failed', reason: 'modbus.connectionLost', units: [unit({ badPoints: 1, badAddresses: [wrong] })] })
  assert.deepEqual(told(asked([cut])).slice(0, 2), ['point', 'modbus.addressBeyondEnd'])
})

test('what nobody said is not guessed: an older gateway, a list that is full, a unit that is missing', () => {
  const older = { name: 'q', reason: 'modbus.illegalAddress' }
  assert.deepEqual(told(asked([link({ units: [unit({ badPoints: 1, badAddresses: [older] })] })]))[0], 'untold')
  assert.deepEqual(told(asked([link({ units: [unit({ badPoints: 1 })] })]))[0], 'untold')
  const full = Array.from({ length: wireLimits.faultsOfUnit }, (_, i) => fault({ name: `q${i}` }))
  assert.deepEqual(told(asked([link({ units: [unit({ badPoints: full.length, badAddresses: full })] })]))[0], 'untold')
  assert.deepEqual(told(asked([link({ units: [] })]))[0], 'untold')
})
