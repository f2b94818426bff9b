import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decimal, least, multiply } from '#values/decimal.ts'
import { actionsFor, claimMoves } from '../claim-rules.ts'
import { ShipmentState, Side, type Timed } from '../contract.ts'
import { ClaimAction, ClaimState } from '../receiving-contract.ts'
import { countReceived, isWhole, spreadExcess } from './receipt-rules.ts'
import { packingFault, type ShipmentAction, step, timeFault } from './shipment-rules.ts'

const actions: ShipmentAction[] = [
  'change',
  'discard',
  'issue',
  'foresee',
  'depart',
  'arrive',
  'book',
  'cancel',
  'receive',
  'finish',
  'finishShort',
]

test('every (state, action, side) of a shipment is decided', () => {
  const table = Object.fromEntries(
    ShipmentState.options.map((state) => [
      state,
      Object.fromEntries(
        Side.options.map((side) => [
          side,
          actions
            .flatMap((action) => {
              const next = step(state, action, side)
              return next.kind === 'to' ? [`${action}>${next.state}`] : []
            })
            .join(' '),
        ]),
      ),
    ]),
  )
  const receives = 'receive>receiving finish>received finishShort>short'
  assert.deepEqual(table, {
    draft: { buyer: '', supplier: 'change>draft discard>draft issue>issued book>draft' },
    issued: { buyer: `book>issued ${receives}`, supplier: 'foresee>issued depart>inTransit book>issued cancel>cancelled' },
    inTransit: {
      buyer: `arrive>arrived book>inTransit ${receives}`,
      supplier: 'foresee>inTransit arrive>arrived book>inTransit cancel>cancelled',
    },
    arrived: { buyer: `book>arrived ${receives}`, supplier: 'book>arrived' },
    receiving: { buyer: receives, supplier: '' },
    received: { buyer: '', supplier: '' },
    short: { buyer: '', supplier: '' },
    cancelled: { buyer: '', supplier: '' },
  })
})

test('every (state, action, side) of a claim is decided', () => {
  const table = Object.fromEntries(
    ClaimState.options.map((state) => [
      state,
      Side.options.map((side) =>
        actionsFor(state, side)
          .map((action) => `${action}>${claimMoves[state][action]?.to}`)
          .join(' '),
      ),
    ]),
  )
  assert.deepEqual(table, {
    open: ['withdraw>withdrawn', 'accept>accepted dispute>disputed'],
    accepted: ['settle>settled withdraw>withdrawn', ''],
    disputed: ['insist>open withdraw>withdrawn', 'accept>accepted'],
    settled: ['', ''],
    withdrawn: ['', ''],
  })
  assert.equal(ClaimAction.options.length, 5)
})

test('times: PURIS’ rules', () => {
  const now = new Date('2026-11-26T08:00:00Z')
  const at = (kind: Timed['kind'], hour: number): Timed => ({ kind, at: `2026-11-26T${String(hour).padStart(2, '0')}:00:00Z` })
  const fault = (departure: Timed, arrival: Timed, before?: [Timed, Timed]) =>
    timeFault({ departure, arrival }, before && { departure: before[0], arrival: before[1] }, now) ?? 'fine'
  assert.equal(fault(at('estimated', 9), at('estimated', 12)), 'fine')
  assert.equal(fault(at('estimated', 12), at('estimated', 12)), 'arrivalBeforeDeparture')
  assert.equal(fault(at('actual', 9), at('estimated', 12)), 'actualAhead')
  assert.equal(fault(at('estimated', 6), at('actual', 7)), 'departureUnknown')
  assert.equal(fault(at('actual', 6), at('actual', 7)), 'fine')
  assert.equal(fault(at('actual', 7), at('actual', 6)), 'arrivalBeforeDeparture')
  assert.equal(fault(at('actual', 5), at('estimated', 12), [at('actual', 6), at('estimated', 12)]), 'actualIsFinal')
  assert.equal(fault(at('estimated', 6), at('estimated', 12), [at('actual', 6), at('estimated', 12)]), 'actualIsFinal')
  assert.equal(fault(at('actual', 6), at('estimated', 14), [at('actual', 6), at('estimated', 12)]), 'fine')
})

test('packing: as a whole or not at all, nested upwards only, a serial number is of one piece', () => {
  const one = decimal('1')
  const content = (line: number, quantity: bigint, serial: string | null = null) => ({ line, quantity, serial })
  const box = (within: number | null, ...contents: ReturnType<typeof content>[]) => ({ within, contents })
  assert.equal(packingFault([10n * one], [], []), undefined)
  assert.equal(packingFault([10n * one], [box(null), box(0, content(0, 6n * one))], [content(0, 4n * one)]), undefined)
  assert.deepEqual(packingFault([10n * one], [box(null, content(0, 6n * one))], []), { fault: 'packedDiffers', line: 0 })
  assert.deepEqual(packingFault([10n * one], [], [content(3, one)]), { fault: 'packedDiffers', line: 3 })
  assert.deepEqual(packingFault([one], [box(0, content(0, one))], []), { fault: 'packOrder', line: 0 })
  assert.deepEqual(packingFault([2n * one], [], [content(0, 2n * one, 'S1')]), { fault: 'serialCount', line: 0 })
})

test('whatever arrives, the order’s counters stay within agreement and tolerance, and nothing gets lost', () => {
  const amount = fc.bigInt({ min: 0n, max: 2_000_000_000n })
  const fraction = fc.bigInt({ min: 0n, max: 200_000n })
  fc.assert(
    fc.property(
      amount,
      amount,
      amount,
      amount,
      amount,
      fraction,
      fraction,
      amount,
      amount,
      (agreed, otherWay, accepted, rejected, notified, over, under, good, bad) => {
        const most = agreed + multiply(agreed, over)
        const acceptedNow = least(accepted, most)
        // What was notified is on its way, and so within the tolerance when it was issued.
        const room = most - acceptedNow
        const onTheWay = least(notified, room)
        const others = least(otherWay, room - onTheWay)
        const shipped = acceptedNow + rejected + onTheWay + others
        const standing = { notified: onTheWay, receivedBefore: 0n, agreed, over, under, shipped, accepted: acceptedNow, rejected }
        const counted = countReceived(standing, { good, bad })
        assert.equal(counted.good + counted.excess, good)
        assert.ok(counted.bad <= bad && counted.shippedToo >= 0n)
        const after = { shipped: shipped + counted.shippedToo, accepted: acceptedNow + counted.good, rejected: rejected + counted.bad }
        assert.ok(after.accepted <= most)
        assert.ok(shipped + counted.shippedToo - rejected <= most)
        assert.ok(after.shipped - after.rejected >= after.accepted - acceptedNow)
        if (isWhole(standing)) assert.equal(counted.shippedToo, 0n)
      },
    ),
  )
})

test('the excess of several rows is taken from the last on, and sums up', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ accepted: fc.bigInt({ min: 0n, max: 99n }), quarantined: fc.bigInt({ min: 0n, max: 99n }) })),
      fc.nat(100),
      (rows, part) => {
        const good = rows.reduce((sum, row) => sum + row.accepted + row.quarantined, 0n)
        const excess = (good * BigInt(part)) / 100n
        const spread = spreadExcess(rows, excess)
        assert.equal(
          spread.reduce((sum, row) => sum + row.excess, 0n),
          excess,
        )
        for (const row of spread) assert.equal(row.shelf + row.apart + row.excess, row.accepted + row.quarantined)
      },
    ),
  )
})
