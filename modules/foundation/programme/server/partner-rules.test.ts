import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PartnerAction, PartnerState } from '../contract.ts'
import { checklistOf, connectionOf, daysBetween, fiveDayWeek, isCounted, neededDays, validityOf, windowBefore } from './connection-rules.ts'
import { actionsOf, stepOf } from './partner-rules.ts'

test('every state, action and side is decided', () => {
  const table = Object.fromEntries(
    PartnerState.options.flatMap((state) =>
      (['buyer', 'supplier'] as const).map((side) => [
        `${state} ${side}`,
        PartnerAction.options.flatMap((action) => {
          const step = stepOf(state, action, side)
          return step ? [`${action} → ${step.to}${step.reason ? ' why' : ''}`] : []
        }),
      ]),
    ),
  )
  assert.deepEqual(table, {
    'invited buyer': ['invite → invited', 'withdraw → withdrawn'],
    'invited supplier': ['apply → applied', 'decline → withdrawn why'],
    'applied buyer': ['startReview → underReview'],
    'applied supplier': ['recall → withdrawn why'],
    'underReview buyer': ['return → invited why', 'refuse → refused why', 'admit → admitted'],
    'underReview supplier': [],
    'admitted buyer': ['changeTier → admitted why', 'suspend → suspended why', 'exit → exited why'],
    'admitted supplier': ['exit → exited why'],
    'suspended buyer': ['resume → admitted why', 'exit → exited why'],
    'suspended supplier': ['exit → exited why'],
    'exited buyer': ['invite → invited'],
    'exited supplier': [],
    'refused buyer': ['invite → invited'],
    'refused supplier': [],
    'withdrawn buyer': ['invite → invited'],
    'withdrawn supplier': [],
  })
  for (const state of PartnerState.options)
    for (const side of ['buyer', 'supplier'] as const)
      assert.deepEqual([...actionsOf(state, side)].sort(), PartnerAction.options.filter((action) => stepOf(state, action, side)).sort())
})

test('the window is the 30 whole days before today; a Sunday neither counts nor takes away', () => {
  const { from, until } = windowBefore('2026-11-26')
  assert.deepEqual([from, until, daysBetween(from, until).length], ['2026-10-27', '2026-11-25', 30])
  const workdays = fiveDayWeek(from, until)
  assert.equal(workdays.length, 22)
  assert.ok(!workdays.includes('2026-11-22') && !workdays.includes('2026-11-21') && workdays.includes('2026-11-20'))
  const every = connectionOf({ way: 'device', firstDay: from, days: daysBetween(from, until), workdays }, 15)
  assert.deepEqual([every.validDays, every.neededDays, every.enough], [22, 15, true])
  const sundays = daysBetween(from, until).filter((day) => new Date(day).getUTCDay() === 0)
  assert.equal(connectionOf({ way: 'device', firstDay: from, days: sundays, workdays }, 15).validDays, 0)
  // Nothing came on Sundays and Saturdays: the count is the same.
  assert.equal(connectionOf({ way: 'device', firstDay: from, days: workdays, workdays }, 15).validDays, every.validDays)
})

test('exactly N days are enough and one less is not; a long holiday asks for all the days that are left; a plant at rest never counts', () => {
  const workdays = fiveDayWeek('2026-10-27', '2026-11-25')
  const with_ = (n: number) => connectionOf({ way: 'portal', firstDay: '2026-01-01', days: workdays.slice(0, n), workdays }, 15).enough
  assert.deepEqual([with_(14), with_(15)], [false, true])
  assert.deepEqual([neededDays(15, 22), neededDays(15, 9), neededDays(15, 0)], [15, 9, 1])
  assert.equal(connectionOf({ way: 'device', firstDay: '2026-01-01', days: ['2026-11-25'], workdays: [] }, 15).enough, false)
})

test('who counts: admitted, a contract in force, one way with enough days', () => {
  const enough = [{ way: 'device' as const, firstDay: '2026-01-01', validDays: 20, neededDays: 15, enough: true }]
  const standing = { state: 'admitted' as const, contractNo: 'HT-1', contractFrom: '2026-01-01', contractUntil: '2026-12-31' }
  assert.equal(isCounted(standing, enough, '2026-11-26'), true)
  assert.equal(isCounted({ ...standing, contractUntil: null }, enough, '2027-11-26'), true)
  assert.equal(isCounted(standing, enough, '2027-01-01'), false)
  assert.equal(isCounted({ ...standing, contractNo: null }, enough, '2026-11-26'), false)
  assert.equal(isCounted({ ...standing, state: 'suspended' }, enough, '2026-11-26'), false)
  assert.equal(isCounted(standing, [{ ...enough[0]!, enough: false }], '2026-11-26'), false)
})

test('certificates warn 60, 30 and 7 days before they end', () => {
  const at = (validUntil: string | null) => validityOf(validUntil, '2026-11-26')
  assert.deepEqual(
    ['2027-01-26', '2027-01-25', '2026-12-27', '2026-12-26', '2026-12-04', '2026-12-03', '2026-11-26', '2026-11-25', null].map(
      (day) => at(day).validity,
    ),
    ['valid', 'within60', 'within60', 'within30', 'within30', 'within7', 'within7', 'over', 'unlimited'],
  )
  assert.equal(at('2026-11-25').daysLeft, -1)
})

test('the checklist is read from facts', () => {
  const none = checklistOf({ connections: [], certificates: [{ validity: 'over' }], contract: false })
  assert.ok(none.every((step) => !step.done))
  const connections = (['device', 'portal'] as const).map((way) => ({
    way,
    firstDay: '2026-11-01',
    validDays: 3,
    neededDays: 15,
    enough: false,
  }))
  const some = checklistOf({ connections, certificates: [{ validity: 'within7' }], contract: true })
  assert.deepEqual(
    some.filter((step) => step.done).map((step) => step.step),
    ['signedIn', 'certificate', 'contract', 'firstData'],
  )
})
