import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { AlarmAction, type AlarmFinding, AlarmState, actionsIn, nextAlarmState, quiet, standing, transitions } from '../alarm-states.ts'

const steps: (AlarmAction | AlarmFinding)[] = [...AlarmAction.options, 'raise', 'return', 'latch', 'suppress', 'unsuppress', 'withdraw']

test('every state and step of ISA-18.2 is decided', () => {
  const table = AlarmState.options.map((state) => [state, ...steps.map((step) => transitions[state][step] ?? '—')].join(' '))
  assert.deepEqual(table, [
    // acknowledge reset shelve unshelve removeFromService returnToService | raise return latch suppress unsuppress withdraw
    'normal — — shelved — outOfService — unacknowledged — — suppressed — normal',
    'unacknowledged acknowledged — shelved — outOfService — — returnedUnacknowledged latchedUnacknowledged suppressed — normal',
    'acknowledged — — shelved — outOfService — — normal latchedAcknowledged suppressed — normal',
    'returnedUnacknowledged normal — shelved — outOfService — unacknowledged — — suppressed — normal',
    'latchedUnacknowledged latchedAcknowledged — shelved — outOfService — unacknowledged — — suppressed — normal',
    'latchedAcknowledged — normal shelved — outOfService — unacknowledged — — suppressed — normal',
    'shelved — — — landing outOfService — shelved shelved shelved shelved shelved normal',
    'suppressed — — shelved — outOfService — suppressed suppressed suppressed — landing normal',
    'outOfService — — — — — landing outOfService outOfService outOfService outOfService outOfService normal',
  ])
})

test('whatever happens, an alarm whose cause holds is seen by somebody or was set aside by somebody', () => {
  const step = fc.constantFrom(...steps.filter((one) => one !== 'withdraw'))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.boolean(), (walk, latched) => {
      let state: AlarmState = 'normal'
      const now = { active: false, suppressed: false }
      for (const wanted of walk) {
        // What values find comes in turns; whether a return latches is the rule's.
        const found = wanted === 'return' || wanted === 'latch' ? (latched ? 'latch' : 'return') : wanted
        if (found === 'raise' ? now.active : (found === 'return' || found === 'latch') && !now.active) continue
        if (found === 'suppress' ? now.suppressed : found === 'unsuppress' && !now.suppressed) continue
        if (found === 'raise') now.active = true
        if (found === 'return' || found === 'latch') now.active = false
        if (found === 'suppress') now.suppressed = true
        if (found === 'unsuppress') now.suppressed = false
        state = nextAlarmState(state, found, now) ?? state
        if (now.active) assert.ok(standing.includes(state) || quiet.includes(state), `${state} while its cause holds`)
        if (state === 'unacknowledged' || state === 'acknowledged') assert.ok(now.active, `${state} without a cause`)
        if (state === 'suppressed') assert.ok(now.suppressed)
        if (now.suppressed) assert.ok(quiet.includes(state))
      }
    }),
  )
})

test('what people may do is what the table says', () => {
  assert.deepEqual(actionsIn('unacknowledged'), ['acknowledge', 'shelve', 'removeFromService'])
  assert.deepEqual(actionsIn('latchedAcknowledged'), ['reset', 'shelve', 'removeFromService'])
  assert.deepEqual(actionsIn('shelved'), ['unshelve', 'removeFromService'])
  assert.deepEqual(actionsIn('outOfService'), ['returnToService'])
})
