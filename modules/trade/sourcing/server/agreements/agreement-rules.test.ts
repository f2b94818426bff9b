import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { decimal } from '#values/decimal.ts'
import type { AgreementLine, ProposedContent } from '../../agreement-contract.ts'
import { AgreementState, actionsOf, phaseOf } from '../../agreement-states.ts'
import { contentProblem, priceOf, withinTarget } from './agreement-rules.ts'

const line = (change: Partial<AgreementLine> = {}): AgreementLine => ({
  no: 1,
  materialId: 'm1' as MaterialId,
  unit: 'C62',
  taxRate: '0.13',
  breaks: [
    { from: '0', netPrice: '50' },
    { from: '1000', netPrice: '48.5' },
  ],
  targetQuantity: '1000',
  targetAmount: null,
  code: 'HS-01',
  name: '箱体',
  specification: '',
  ...change,
})

test('every state and side is decided, before, within and after the validity', () => {
  const period = { validFrom: '2026-02-01', validUntil: '2026-12-31', endsOn: null }
  const table = Object.fromEntries(
    AgreementState.options.flatMap((state) =>
      (state === 'proposed' || state === 'amending' ? (['supplier', 'buyer'] as const) : [null]).flatMap((turn) =>
        (['buyer', 'supplier'] as const).map((side) => [
          [state, turn && `waits for ${turn}:`, side].filter(Boolean).join(' '),
          ['2026-01-31', '2026-12-31', '2027-01-01'].map((day) => actionsOf({ ...period, state, turn }, side, day).join(' ')).join(' | '),
        ]),
      ),
    ),
  )
  const [answer, amended] = ['propose sign refuse', 'propose sign refuse terminate']
  assert.deepEqual(table, {
    'proposed waits for supplier: buyer': 'withdraw | withdraw | withdraw',
    'proposed waits for supplier: supplier': `${answer} | ${answer} | ${answer}`,
    'proposed waits for buyer: buyer': `${answer} | ${answer} | ${answer}`,
    'proposed waits for buyer: supplier': 'withdraw | withdraw | withdraw',
    'refused buyer': 'propose | propose | propose',
    'refused supplier': ' |  | ',
    'withdrawn buyer': 'propose | propose | propose',
    'withdrawn supplier': ' |  | ',
    'inForce buyer': 'propose terminate | propose terminate callOff | ',
    'inForce supplier': 'propose terminate | propose terminate | ',
    'amending waits for supplier: buyer': 'withdraw terminate | withdraw terminate callOff | ',
    'amending waits for supplier: supplier': `${amended} | ${amended} | `,
    'amending waits for buyer: buyer': `${amended} | ${amended} callOff | `,
    'amending waits for buyer: supplier': 'withdraw terminate | withdraw terminate | ',
    'terminated buyer': ' | callOff | ',
    'terminated supplier': ' |  | ',
  })
  const noticed = { state: 'terminated' as const, validFrom: '2026-01-01', validUntil: '2026-12-31', endsOn: '2026-06-30' }
  assert.deepEqual([phaseOf(noticed, '2026-06-30'), phaseOf(noticed, '2026-07-01')], ['terminating', 'ended'])
})

test('the price is that of the greatest break not above what is called off', () => {
  assert.deepEqual(
    ['0.000001', '999.999999', '1000', '5000'].map((quantity) => priceOf(line(), decimal(quantity))),
    ['50', '50', '48.5', '48.5'],
  )
})

test('never above the target, but by the tolerance', () => {
  const cases: [string, Partial<AgreementLine>, string, string, boolean][] = [
    ['just the rest', {}, '0', '100', true],
    ['one too many', {}, '0', '100.000001', false],
    ['within the tolerance', {}, '0.05', '150', true],
    ['above the tolerance', {}, '0.05', '150.000001', false],
    ['no target', { targetQuantity: null }, '0', '999999', true],
    ['amount just reached', { targetQuantity: null, targetAmount: '50000' }, '0', '100', true],
    ['amount passed by a fen', { targetQuantity: null, targetAmount: '49999.99' }, '0', '100', false],
    ['amount within the tolerance', { targetQuantity: null, targetAmount: '49999.99' }, '0.01', '100', true],
    ['the narrower of the two counts', { targetAmount: '45000' }, '0', '1', false],
  ]
  for (const [name, change, overTarget, quantity, fits] of cases)
    assert.equal(
      withinTarget(
        line(change),
        { currency: 'CNY', overTarget },
        { calledOff: decimal('900'), amount: 4_500_000n },
        { quantity: decimal(quantity), netPrice: '50' },
      ),
      fits,
      name,
    )
})

test('what is wrong with a content', () => {
  const proposed = (change: Partial<ProposedContent> = {}): ProposedContent => ({
    title: 'x',
    validFrom: '2026-01-01',
    validUntil: '2026-12-31',
    noticeDays: 0,
    deliverTo: 'x',
    paymentTerms: '',
    paymentDays: null,
    overTarget: '0',
    note: '',
    lines: [line()],
    ...change,
  })
  const before = { lines: [line()] }
  const cases: [Partial<ProposedContent>, string | undefined][] = [
    [{}, undefined],
    [{ validUntil: '2025-12-31' }, 'periodWrong'],
    [{ validFrom: '2026-01-01', validUntil: '2026-02-28' }, 'periodWrong'],
    [{ lines: [line({ breaks: [{ from: '1', netPrice: '1' }] })] }, 'breaksWrong'],
    [{ lines: [line({ breaks: [...line().breaks, { from: '1000', netPrice: '1' }] })] }, 'breaksWrong'],
    [{ lines: [line(), { ...line(), no: null }] }, 'doubledLine'],
    [{ lines: [line(), line({ materialId: 'm2' as MaterialId })] }, 'doubledLine'],
    [{ lines: [line({ no: 7 })] }, 'unknownLine'],
    [{ lines: [line({ unit: 'KGM' })] }, 'otherMaterial'],
  ]
  assert.deepEqual(
    cases.map(([change]) => contentProblem(proposed(change), before, '2026-03-01', 'buyer')?.problem),
    cases.map(([, problem]) => problem),
  )
  const added = proposed({ lines: [line(), { ...line({ materialId: 'm3' as MaterialId }), no: null }] })
  assert.deepEqual(
    (['buyer', 'supplier'] as const).map((side) => contentProblem(added, before, '2026-03-01', side)?.problem),
    [undefined, 'buyersOnly'],
  )
})
