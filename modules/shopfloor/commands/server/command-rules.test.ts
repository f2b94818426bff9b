import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CommandAction, CommandState, type PointSetting } from '../contract.ts'
import { dueAt, firstState, isOpen, nextState, overdueAction, settingFault, valueFault } from './command-rules.ts'

const setting = (change: Partial<PointSetting> = {}): PointSetting => ({
  permission: 'commands.write',
  min: null,
  max: null,
  step: null,
  allowed: null,
  approval: false,
  interlocks: [],
  timeoutS: 10,
  ...change,
})

test('every (state, action) pair is decided', () => {
  const table = Object.fromEntries(
    CommandState.options.map((state) => [
      state,
      CommandAction.options.flatMap((action) => {
        const next = nextState(state, action)
        return next ? [`${action} → ${next}`] : []
      }),
    ]),
  )
  assert.deepEqual(table, {
    awaitingApproval: ['approve → queued', 'decline → declined', 'withdraw → withdrawn', 'expire → expired'],
    queued: ['withdraw → withdrawn', 'expire → expired', 'take → sent'],
    sent: ['confirm → done', 'refuse → refused', 'lose → unknown'],
    done: [],
    refused: [],
    unknown: ['confirm → done', 'refuse → refused'],
    declined: [],
    expired: [],
    withdrawn: [],
  })
})

test('whatever happens in whatever order, a command is sent at most once, and never without the approval it needs', () => {
  fc.assert(
    fc.property(fc.boolean(), fc.array(fc.constantFrom(...CommandAction.options), { maxLength: 40 }), (approval, actions) => {
      let state = firstState({ approval })
      let [sent, approved] = [0, 0]
      for (const action of actions) {
        const next = nextState(state, action)
        if (!next) continue
        if (next === 'queued') approved++
        if (next === 'sent') sent++
        // What has ended without being sent stays so; what was sent is never called back.
        assert.ok(isOpen(state) || state === 'unknown')
        assert.ok(!(sent > 0 && (next === 'withdrawn' || next === 'expired' || next === 'queued')))
        state = next
      }
      assert.ok(sent <= 1)
      assert.ok(sent === 0 || !approval || approved === 1)
    }),
  )
})

test('every open state has a time by which it ends, and an action that ends it', () => {
  for (const state of CommandState.options) {
    assert.equal(dueAt(state, setting(), 0) !== undefined, isOpen(state), state)
    if (isOpen(state)) assert.ok(nextState(state, overdueAction(state)), state)
  }
  assert.equal(dueAt('queued', setting({ timeoutS: 7 }), 1_000)?.getTime(), 8_000)
})

test('a value that passes lies within limits, on a step, among those allowed, and of the point’s type', () => {
  const decimals = fc.integer({ min: -5_000, max: 5_000 }).map((n) => n / 10)
  const nullable = (values: fc.Arbitrary<number>) => fc.option(values, { nil: null })
  fc.assert(
    fc.property(decimals, nullable(decimals), nullable(decimals), nullable(fc.constantFrom(0.1, 0.5, 2, 10)), (value, min, max, step) => {
      const isInside = (min === null || value >= min) && (max === null || value <= max)
      // In tenths everything is whole.
      const isOnStep = step === null || Math.abs((Math.round(value * 10) - Math.round((min ?? 0) * 10)) % Math.round(step * 10)) === 0
      const fault = valueFault(value, 'number', { min, max, step, allowed: null })?.kind
      assert.equal(fault, !isInside ? 'outOfLimits' : isOnStep ? undefined : 'betweenSteps')
    }),
  )
  fc.assert(
    fc.property(
      fc.oneof(fc.double(), fc.boolean(), fc.string(), fc.integer()),
      fc.constantFrom('number', 'integer', 'boolean', 'string'),
      (value, type) => {
        const isNumber = typeof value === 'number' && Number.isFinite(value)
        const isFit = {
          number: isNumber,
          integer: isNumber && Number.isSafeInteger(value),
          boolean: typeof value === 'boolean',
          string: typeof value === 'string',
        }[type]
        assert.equal(valueFault(value, type as 'number', setting()) === undefined, isFit)
      },
    ),
  )
  assert.deepEqual(valueFault(3, 'integer', setting({ allowed: [1, 2] })), { kind: 'notAmongAllowed' })
  assert.equal(valueFault('auto', 'string', setting({ allowed: ['auto', 'manual'] })), undefined)
})

test('a setting that contradicts itself, its point or its interlocks is refused', () => {
  const types = { speed: 'number', door: 'boolean', mode: 'string' } as const
  const fault = (change: Partial<PointSetting>, type: 'number' | 'boolean' | 'string' = 'number') =>
    settingFault(setting(change), type, (name) => types[name as keyof typeof types])
  assert.equal(fault({ min: 1, max: 5, step: 0.5, allowed: [1, 1.5] }), undefined)
  assert.equal(fault({ min: 5, max: 1 }), 'minAboveMax')
  assert.equal(fault({ max: 1 }, 'boolean'), 'limitsNeedNumber')
  assert.equal(fault({ allowed: ['x'] }), 'allowedOfAnotherType')
  assert.equal(fault({ max: 1, allowed: [2] }), 'allowedOutside')
  assert.equal(fault({}, 'string'), 'textNeedsAllowed')
  assert.equal(
    fault({
      interlocks: [
        { point: 'speed', is: 'eq', than: 0 },
        { point: 'door', is: 'eq', than: true },
      ],
    }),
    undefined,
  )
  for (const wrong of [
    { point: 'nothing', is: 'eq', than: 0 },
    { point: 'speed', is: 'eq', than: '0' },
    { point: 'door', is: 'gt', than: true },
    { point: 'mode', is: 'le', than: 'auto' },
  ] as const)
    assert.equal(fault({ interlocks: [wrong] }), 'interlockWrong', JSON.stringify(wrong))
})
