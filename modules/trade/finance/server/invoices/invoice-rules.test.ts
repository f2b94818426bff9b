import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decimal } from '#values/decimal.ts'
import { InvoiceState } from '../../invoice-contract.ts'
import { type InvoiceStep, nextInvoiceState } from './invoice-states.ts'
import { type MatchedInvoice, matchInvoice, type Tolerances, takenOf } from './match-rules.ts'

const actions: InvoiceStep[] = ['change', 'submit', 'match', 'block', 'release', 'approve', 'pay', 'reopen', 'reject', 'withdraw']
const billActions: InvoiceStep[] = ['revise', 'dispute', 'confirm', 'issue', 'withdraw']
const billStates = ['proposed', 'disputed', 'confirmed'] as const

test('every (state, action, side) is decided', () => {
  const table = (actor: { drafter: boolean; buyer: boolean }, supplier = false) =>
    Object.fromEntries(
      InvoiceState.options
        .filter((state) => !billStates.some((one) => one === state))
        .map((state) => [state, actions.map((action) => nextInvoiceState(state, action, { ...actor, supplier }) ?? '—').join(' ')]),
    )
  assert.deepEqual(table({ drafter: true, buyer: false }), {
    draft: 'draft submitted — — — — — — — withdrawn',
    submitted: '— — — — — — — — — withdrawn',
    matched: '— — — — — — — — — withdrawn',
    blocked: '— — — — — — — — — withdrawn',
    approved: '— — — — — — — — — —',
    paid: '— — — — — — — — — —',
    rejected: '— — — — — — — — — —',
    withdrawn: '— — — — — — — — — —',
  })
  assert.deepEqual(table({ drafter: false, buyer: true }), {
    draft: '— — — — — — — — — —',
    submitted: '— — matched — — — — — rejected —',
    matched: '— — matched blocked — approved — — rejected —',
    blocked: '— — matched — matched — — — rejected —',
    approved: '— — — — — — paid — — —',
    paid: '— — — — — — — approved — —',
    rejected: '— — — — — — — — — —',
    withdrawn: '— — — — — — — — — —',
  })
  assert.deepEqual(
    Object.values(table({ drafter: false, buyer: false })).map((row) => row.replace(/[— ]/g, '')),
    InvoiceState.options.slice(billStates.length).map(() => ''),
  )
})

test('of a self-bill every (state, action, side) is decided', () => {
  const table = (side: 'buyer' | 'supplier', states: readonly InvoiceState[] = billStates) => {
    const actor = { drafter: side === 'buyer', buyer: side === 'buyer', supplier: side === 'supplier' }
    return states.map((state) => billActions.map((action) => nextInvoiceState(state, action, actor) ?? '—').join(' '))
  }
  assert.deepEqual(table('buyer'), ['proposed — — — withdrawn', 'proposed — — — withdrawn', '— — — — withdrawn'])
  assert.deepEqual(table('supplier'), ['— disputed confirmed — —', '— — confirmed — —', '— — — submitted —'])
  // Nothing of it is possible to either side once the tax invoice is there, and nothing of an invoice before.
  const after = InvoiceState.options.filter((state) => !billStates.some((one) => one === state))
  assert.ok(table('supplier', after).every((row) => row === '— — — — —'))
  for (const state of billStates)
    for (const action of actions.filter((one) => one !== 'withdraw'))
      assert.equal(nextInvoiceState(state, action, { drafter: true, buyer: true, supplier: true }), undefined)
})

const exact: Tolerances = { priceFraction: 0n, lineAmount: 0n, taxAmount: 0n, quantityFraction: 0n }
/** 10 pieces at 12.345678, 13 %. */
const line = (change: Partial<MatchedInvoice['lines'][number]> = {}): MatchedInvoice['lines'][number] => ({
  lineNo: 1,
  open: decimal('10'),
  agreedPrice: decimal('12.345678'),
  agreedTaxRate: decimal('0.13'),
  quantity: decimal('10'),
  taxRate: decimal('0.13'),
  net: 12346n,
  tax: 1605n,
  ...change,
})
const invoice = (lines = [line()], change: Partial<MatchedInvoice> = {}): MatchedInvoice => ({
  currency: 'CNY',
  net: lines.reduce((sum, one) => sum + one.net, 0n),
  tax: lines.reduce((sum, one) => sum + one.tax, 0n),
  lines,
  ...change,
})
const kinds = (given: MatchedInvoice, tolerances = exact) =>
  matchInvoice(given, tolerances).map(({ kind, lineNo }) => `${lineNo ?? ''}${kind}`)

const cases: [string, MatchedInvoice, Tolerances, string[]][] = [
  ['fits to the cent', invoice(), exact, []],
  ['a part of what was accepted', invoice([line({ quantity: decimal('4'), net: 4938n, tax: 642n })]), exact, []],
  ['more than was accepted', invoice([line({ quantity: decimal('11'), net: 13580n, tax: 1765n })]), exact, ['1quantity']],
  [
    'more, within the tolerance',
    invoice([line({ quantity: decimal('11'), net: 13580n, tax: 1765n })]),
    { ...exact, quantityFraction: decimal('0.1') },
    [],
  ],
  ['a cent more', invoice([line({ net: 12347n })]), exact, ['1price']],
  ['a cent more, within the amount', invoice([line({ net: 12347n })]), { ...exact, lineAmount: 1n }, []],
  [
    'two per cent dearer, within the fraction',
    invoice([line({ net: 12592n, tax: 1637n })]),
    { ...exact, priceFraction: decimal('0.02') },
    [],
  ],
  ['a cent beyond the fraction', invoice([line({ net: 12594n, tax: 1637n })]), { ...exact, priceFraction: decimal('0.02') }, ['1price']],
  ['another tax rate', invoice([line({ taxRate: decimal('0.09'), tax: 1111n })]), exact, ['1taxRate']],
  [
    'tax reckoned on the sum',
    invoice([line({ net: 12346n, tax: 1605n }), line({ lineNo: 2, tax: 1605n })], { tax: 3211n }),
    { ...exact, taxAmount: 1n },
    [],
  ],
  ['tax reckoned on the sum, none allowed', invoice([line(), line({ lineNo: 2 })], { tax: 3211n }), exact, ['tax']],
  ['the head is not the sum of the lines', invoice([line()], { net: 12350n }), { ...exact, taxAmount: 2n }, ['net']],
  ['no receipt at all', invoice([], { net: 5n, tax: 0n }), exact, ['nothingLinked']],
  ['a return in red', invoice([line({ open: decimal('-10'), quantity: decimal('-10'), net: -12346n, tax: -1605n })]), exact, []],
  ['a return invoiced in black', invoice([line({ open: decimal('-10') })]), exact, ['1quantity']],
  ['what is invoiced already', invoice([line({ open: 0n })]), exact, ['1quantity']],
]
for (const [name, given, tolerances, expected] of cases)
  test(`three-way match: ${name}`, () => {
    assert.deepEqual(kinds(given, tolerances), expected)
  })

test('an invoice above the open quantity takes all of it and no more', () => {
  assert.equal(takenOf(decimal('10'), decimal('11')), decimal('10'))
  assert.equal(takenOf(decimal('10'), decimal('3')), decimal('3'))
  assert.equal(takenOf(decimal('-10'), decimal('-11')), decimal('-10'))
})
