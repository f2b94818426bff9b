import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AgreedTerm, bucketOf, dueOf, ruleFor, type TermRule } from './term-rules.ts'

const sixty: TermRule = {
  clause: 'sme60',
  name: '六十日',
  payerClasses: ['large'],
  payeeClasses: ['medium', 'small', 'micro'],
  days: 60,
  validFrom: '2025-06-01',
  validUntil: null,
  blocking: false,
  source: '国令第802号',
}
const classes = ['large', 'medium', 'small', 'micro', null] as const

test('the 60 days hold where a large enterprise pays one that is not, from the day the rule is in force', () => {
  for (const payer of classes)
    for (const payee of classes) {
      const holds = payer === 'large' && payee !== 'large' && payee !== null
      assert.equal(ruleFor([sixty], { payer, payee }, '2025-06-01') !== undefined, holds, `${payer} pays ${payee}`)
      assert.equal(ruleFor([sixty], { payer, payee }, '2025-05-31'), undefined)
    }
})

test('a later version of the rule holds for later deliveries only', () => {
  const thirty: TermRule = { ...sixty, days: 30, validFrom: '2027-01-01' }
  const both = [{ ...sixty, validUntil: '2026-12-31' }, thirty]
  const days = (day: string) => ruleFor(both, { payer: 'large', payee: 'micro' }, day)?.days
  assert.deepEqual([days('2026-12-31'), days('2027-01-01')], [60, 30])
})

const facts = { deliveredDay: '2026-11-01', invoiceDay: '2026-11-20', defaultDays: 30 }
const agreed = (days: number, basis: AgreedTerm['basis']): AgreedTerm => ({ days, basis, validFrom: '2026-01-01', source: '框架协议' })

test('due: what is agreed, never later than the law, else the default', () => {
  const due = (rule: TermRule | undefined, term: AgreedTerm | undefined) => {
    const { day, kind } = dueOf({ ...facts, rule, agreed: term })
    return `${day} ${kind}`
  }
  assert.equal(due(undefined, undefined), '2026-12-20 default')
  assert.equal(due(sixty, undefined), '2026-12-31 law')
  assert.equal(due(sixty, agreed(30, 'delivery')), '2026-12-01 agreed')
  assert.equal(due(sixty, agreed(90, 'invoice')), '2026-12-31 law')
  assert.equal(due(undefined, agreed(90, 'invoice')), '2027-02-18 agreed')
  assert.equal(due(undefined, agreed(30, 'monthEnd')), '2026-12-30 agreed')
})

test('ageing by days past the due day', () => {
  const of = (day: string) => bucketOf(day, '2026-11-26')
  assert.deepEqual(
    ['2026-11-26', '2026-11-25', '2026-10-27', '2026-10-26', '2026-09-27', '2026-09-26', '2026-08-28', '2026-08-27'].map(of),
    ['notDue', 'to30', 'to30', 'to60', 'to60', 'to90', 'to90', 'over90'],
  )
})
