import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Action, nextStanding, OrderState, type Turn } from './order-states.ts'

const turns: Turn[] = [null, 'buyer', 'supplier']
const actors = ['buyer', 'supplier', 'platform'] as const

test('every (state, turn, action, actor) is decided', () => {
  const allowed: string[] = []
  for (const state of OrderState.options)
    for (const turn of turns)
      for (const action of Action.options)
        for (const actor of actors) {
          const next = nextStanding({ state, turn }, action, actor)
          if (next) allowed.push(`${state} ${turn ?? '-'} | ${actor} ${action} > ${next.state} ${next.turn ?? '-'}`)
        }
  const legal = allowed.filter((line) => !/^(draft|awaitingApproval|completed) (buyer|supplier)/.test(line) && !/^proposed - /.test(line))
  assert.deepEqual(legal, [
    'draft - | buyer edit > draft -',
    'draft - | buyer submit > proposed supplier',
    'draft - | buyer askApproval > awaitingApproval -',
    'draft - | buyer withdraw > withdrawn -',
    'awaitingApproval - | buyer approve > proposed supplier',
    'awaitingApproval - | buyer sendBack > draft -',
    'awaitingApproval - | buyer withdraw > withdrawn -',
    'proposed buyer | buyer accept > agreed -',
    'proposed buyer | buyer counter > proposed supplier',
    'proposed buyer | supplier reject > rejected -',
    'proposed buyer | buyer withdraw > withdrawn -',
    'proposed supplier | supplier accept > agreed -',
    'proposed supplier | supplier counter > proposed buyer',
    'proposed supplier | supplier reject > rejected -',
    'proposed supplier | buyer withdraw > withdrawn -',
    'agreed - | buyer amend > agreed supplier',
    'agreed - | supplier amend > agreed buyer',
    'agreed - | buyer proposeCancellation > agreed supplier',
    'agreed - | supplier proposeCancellation > agreed buyer',
    'agreed - | buyer close > closed -',
    'agreed - | platform complete > completed -',
    'agreed buyer | buyer accept > agreed -',
    'agreed buyer | buyer acceptCancellation > cancelled -',
    'agreed buyer | buyer counter > agreed supplier',
    'agreed buyer | buyer reject > agreed -',
    'agreed buyer | supplier withdraw > agreed -',
    'agreed supplier | supplier accept > agreed -',
    'agreed supplier | supplier acceptCancellation > cancelled -',
    'agreed supplier | supplier counter > agreed buyer',
    'agreed supplier | supplier reject > agreed -',
    'agreed supplier | buyer withdraw > agreed -',
    'completed - | platform reopen > agreed -',
  ])
})

test('from an end nothing leads away', () => {
  for (const state of ['closed', 'rejected', 'withdrawn', 'cancelled'] as const)
    for (const action of Action.options)
      for (const actor of actors) assert.equal(nextStanding({ state, turn: null }, action, actor), undefined)
})
