import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CallParameter, PointSetting } from '../contract.ts'
import { callFault, callSettingFault } from './call-rules.ts'

const parameter = (name: string, valueType: CallParameter['valueType'], max: number | null = null): CallParameter => ({
  ...{ name, label: name, labelEn: null, valueType, unit: null },
  ...{ min: null, max },
})
const parameters = [parameter('recipe', 'integer'), parameter('speed', 'number', 50), parameter('mode', 'string')]
const open = { min: null, max: null, step: null, allowed: null }
const limits = { recipe: { ...open, min: 1, max: 9, step: 2 }, mode: { ...open, allowed: ['auto', 'hand'] } }
const setting = (change: Partial<PointSetting> = {}): PointSetting => ({
  ...open,
  ...{ permission: 'commands.write', approval: false, interlocks: [], timeoutS: 10, arguments: limits },
  ...change,
})
const fits = { recipe: 3, speed: 12.5, mode: 'auto' }

test('each argument is there, of its type, within its own limits and the thing model’s; a text is from its list', () => {
  const fault = (change: object, of = setting()) => callFault({ ...fits, ...change }, parameters, of)
  assert.equal(fault({}), undefined)
  assert.deepEqual(fault({ recipe: 10 }), { kind: 'outOfLimits', min: 1, max: 9, argument: 'recipe' })
  assert.deepEqual(fault({ recipe: 4 }), { kind: 'betweenSteps', step: 2, argument: 'recipe' })
  assert.deepEqual(fault({ recipe: 3.5 }), { kind: 'wrongType', argument: 'recipe' })
  assert.deepEqual(fault({ speed: 51 }), { kind: 'outOfLimits', min: null, max: 50, argument: 'speed' })
  assert.deepEqual(fault({ mode: 'free' }), { kind: 'notAmongAllowed', argument: 'mode' })
  assert.deepEqual(fault({}, setting({ arguments: {} })), { kind: 'notAmongAllowed', argument: 'mode' }, 'not every text there is')
  assert.deepEqual(fault({ more: 1 }), { kind: 'wrongType' })
  assert.deepEqual(callFault({ recipe: 3, speed: 1, other: 'auto' }, parameters, setting()), { kind: 'wrongType', argument: 'mode' })
  assert.deepEqual(callFault(3, parameters, setting()), { kind: 'wrongType' })
  assert.equal(callFault({}, [], setting()), undefined)
})

test('the setting of a method limits its arguments and nothing else; a method is no interlock', () => {
  const fault = (change: Partial<PointSetting>) =>
    callSettingFault(setting(change), parameters, (name) => (name === 'guard' ? 'number' : 'call'))
  assert.equal(fault({}), undefined)
  assert.equal(fault({ min: 0 }), 'limitsNeedNumber')
  assert.equal(fault({ arguments: { ...limits, pace: open } }), 'argumentUnknown')
  assert.equal(fault({ arguments: {} }), 'textNeedsAllowed')
  assert.equal(fault({ arguments: { ...limits, speed: { ...open, min: 9, max: 1 } } }), 'minAboveMax')
  assert.equal(fault({ interlocks: [{ point: 'guard', is: 'eq', than: 1 }] }), undefined)
  assert.equal(fault({ interlocks: [{ point: 'start', is: 'eq', than: 1 }] }), 'interlockWrong')
})
