import { describe, expect, test } from 'vitest'
import { LineContent } from '../order-content.ts'
import { deliveryChanges, isChanged, needsReason, newLineOf, proposalOf, type TypedLine, typedOf } from './proposal-form.ts'

const line = LineContent.parse({
  no: 1,
  materialId: '0190b6a0-0000-7000-8000-000000000001',
  materialCode: 'A',
  materialName: '箱体',
  supplierCode: null,
  specification: '',
  unit: 'H87',
  unitFactor: '1',
  netPrice: '48.5',
  taxRate: '0.13',
  rejected: null,
  schedule: [
    { no: 1, requested: { quantity: '100', day: '2026-12-10' }, confirmed: null },
    { no: 2, requested: { quantity: '50', day: '2026-12-20' }, confirmed: { quantity: '40', day: '2026-12-20', reason: '产能' } },
  ],
})
const typed = (): TypedLine => typedOf({ terms: {} as never, lines: [line] })[0] as TypedLine
const first = (one: TypedLine, change: object): TypedLine => ({
  ...one,
  schedule: one.schedule.map((d, i) => (i === 0 ? { ...d, ...change } : d)),
})

describe('the editor of a counter-proposal', () => {
  test('starts from what stands, and sends nothing of a line that was not touched', () => {
    expect(isChanged(typed())).toBe(false)
    expect(proposalOf([typed()], [], null)).toEqual({ terms: null, lines: [], added: [] })
  })
  test('an equal number written otherwise is no change', () => {
    expect(isChanged(first(typed(), { quantity: '100.0' }))).toBe(false)
  })
  test('a changed delivery takes its line along, whole', () => {
    const changed = first(typed(), { day: '2026-12-12' })
    expect(deliveryChanges(changed, changed.schedule[0]!)).toEqual({ quantity: false, day: true, isNew: false })
    expect(proposalOf([changed], [], null).lines).toEqual([
      {
        no: 1,
        rejected: null,
        schedule: [
          { no: 1, quantity: '100', day: '2026-12-12', reason: '' },
          { no: 2, quantity: '40', day: '2026-12-20', reason: '产能' },
        ],
      },
    ])
  })
  test('the supplier must say why he confirms otherwise, the buyer need not', () => {
    const changed = first(typed(), { quantity: '90' })
    expect(needsReason(changed, changed.schedule[0]!, 'supplier')).toBe(true)
    expect(needsReason(changed, changed.schedule[0]!, 'buyer')).toBe(false)
    expect(needsReason(typed(), typed().schedule[0]!, 'supplier')).toBe(false)
  })
  test('a price of the list is not sent: the server takes the one in force', () => {
    const base = {
      key: 'a',
      materialId: line.materialId,
      code: 'A',
      name: '',
      unit: 'H87',
      listPrice: '48.5',
      listTax: '0.13',
      netPrice: '48.5',
      taxPercent: '13',
      schedule: [],
    }
    expect(newLineOf(base)).toMatchObject({ netPrice: null, taxRate: null })
    expect(newLineOf({ ...base, netPrice: '50' })).toMatchObject({ netPrice: '50', taxRate: '0.13' })
  })
})
