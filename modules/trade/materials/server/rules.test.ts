import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decimal, multiply } from '#values/decimal.ts'
import { standardFactor, unitCodes } from '#values/units.ts'
import { type Attribute, checkAttributes, inherited } from '../attributes.ts'
import type { CategoryId } from '../contract.ts'
import { SourceAction, SourceState } from '../supply-contract.ts'
import { MAX_DEPTH, misplaced, pathTo, prefixOf, subtree } from './category-rules.ts'
import { choosePrice, grossOf, netOf } from './price-rules.ts'
import { priceState, sourceTransitions } from './source-rules.ts'
import { between, factorOf, hasUnitTwice } from './unit-rules.ts'

const attribute = (key: string, change: Partial<Attribute> = {}): Attribute => ({
  key,
  label: key,
  labelEn: null,
  type: 'text',
  unit: null,
  choices: [],
  required: false,
  ...change,
})

test('what stands nearer replaces what comes from above, everything else is inherited', () => {
  const keys = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 5 })
  fc.assert(
    fc.property(fc.array(keys, { minLength: 1, maxLength: 6 }), (levels) => {
      const path = levels.map((level, i) => level.map((key) => attribute(key, { label: `${i}` })))
      const template = inherited(path)
      assert.deepEqual([...new Set(levels.flat())].sort(), template.map((a) => a.key).sort())
      for (const { key, label } of template)
        assert.equal(
          Number(label),
          levels.findLastIndex((level) => level.some((one) => one === key)),
        )
    }),
  )
})

test('attribute values: each type takes what is its own', () => {
  const template = [
    attribute('text', { required: true }),
    attribute('size', { type: 'number' }),
    attribute('seal', { type: 'choice', choices: ['2RS', 'ZZ'] }),
    attribute('coated', { type: 'yesNo' }),
  ]
  const cases: [values: Record<string, string | boolean>, problems: string[]][] = [
    [{ text: 'x' }, []],
    [{ text: 'x', size: '1.50', seal: 'ZZ', coated: false }, []],
    [{}, ['text required']],
    [{ text: '' }, ['text required']],
    [{ text: true }, ['text notText']],
    [{ text: 'x', size: '1e3' }, ['size notNumber']],
    [{ text: 'x', size: true }, ['size notNumber']],
    [{ text: 'x', seal: 'RS' }, ['seal notAChoice']],
    [{ text: 'x', coated: 'yes' }, ['coated notYesNo']],
    [{ text: 'x', colour: 'red' }, ['colour unknown']],
    [{ text: 'x', __proto__x: 'red' }, ['__proto__x unknown']],
  ]
  for (const [values, expected] of cases) {
    const checked = checkAttributes(template, values)
    assert.deepEqual('problems' in checked ? checked.problems.map((p) => `${p.key} ${p.problem}`) : [], expected, JSON.stringify(values))
  }
  assert.deepEqual(checkAttributes(template, { text: 'x', size: '1.50', coated: false }), {
    values: { text: 'x', size: '1.5', coated: false },
  })
})

test('the tree: prefixes are inherited, nothing hangs below itself or deeper than is allowed', () => {
  const ids = Array.from({ length: 9 }, (_, i) => `c${i}` as CategoryId)
  const chain = new Map(
    ids.slice(0, MAX_DEPTH).map((id, i) => [id, { id, parentId: ids[i - 1] ?? null, prefix: i === 1 ? 'P' : null, attributes: [] }]),
  )
  const at = (i: number) => ids[i] as CategoryId
  assert.equal(pathTo(chain, at(3)).length, 4)
  assert.equal(prefixOf(chain, at(0)), undefined)
  assert.equal(prefixOf(chain, at(7)), 'P')
  assert.deepEqual(subtree(chain, at(6)), [at(6), at(7)])
  assert.equal(misplaced(chain, undefined, at(7)), 'tooDeep')
  assert.equal(misplaced(chain, undefined, at(6)), undefined)
  assert.equal(misplaced(chain, at(2), at(2)), 'loop')
  assert.equal(misplaced(chain, at(2), at(5)), 'loop')
  assert.equal(misplaced(chain, at(2), null), undefined)
  assert.equal(misplaced(chain, at(2), at(8)), 'unknownParent')
  assert.equal(misplaced(chain, at(5), at(6)), 'loop')
  assert.equal(misplaced(chain, at(1), at(0)), undefined)
})

test('units: a material’s own factor goes before the standard one, and there and back is one', () => {
  const material = {
    baseUnit: 'H87',
    units: [
      { unit: 'XBX' as const, factor: '50' },
      { unit: 'KGM' as const, factor: '12.5' },
    ],
  }
  assert.equal(factorOf(material, 'H87'), decimal('1'))
  assert.equal(factorOf(material, 'XBX'), decimal('50'))
  assert.equal(factorOf(material, 'DZN'), decimal('12'))
  assert.equal(factorOf(material, 'MTR'), undefined)
  assert.equal(between(material, 'XBX', 'KGM'), decimal('4'))
  assert.equal(factorOf({ baseUnit: 'KGM', units: [] }, 'TNE'), decimal('1000'))
  assert.ok(hasUnitTwice({ baseUnit: 'H87', units: [{ unit: 'H87', factor: '2' }] }))
  assert.ok(!hasUnitTwice(material))
  fc.assert(
    fc.property(fc.constantFrom(...unitCodes), fc.constantFrom(...unitCodes), (a, b) => {
      const [there, back] = [standardFactor(a, b), standardFactor(b, a)]
      if (there === undefined || back === undefined) return
      // Minutes in hours have no end behind the point.
      const off = multiply(there, back) - decimal('1')
      assert.ok(off * off <= decimal('0.0001') * decimal('0.0001') || there < 1000n || back < 1000n, `${a} ${b}`)
    }),
  )
})

test('prices: the greatest break that is reached, whatever the order; none below the smallest', () => {
  const breaks = fc.uniqueArray(fc.bigInt({ min: 0n, max: 10_000n }), { maxLength: 8 })
  fc.assert(
    fc.property(breaks, fc.bigInt({ min: 0n, max: 11_000n }), (list, quantity) => {
      const chosen = choosePrice(
        list.map((fromQuantity) => ({ fromQuantity })),
        quantity,
      )
      const reached = list.filter((one) => one <= quantity)
      assert.equal(chosen?.fromQuantity, reached.sort((a, b) => Number(a - b)).at(-1))
    }),
  )
})

test('tax in and out: gross of net of gross is the gross price, to the last digit', () => {
  const rates = fc.constantFrom('0', '0.03', '0.06', '0.09', '0.13').map(decimal)
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n }), rates, (gross, rate) => {
      const off = grossOf(netOf(gross, rate), rate) - gross
      assert.ok(off >= -1n && off <= 1n)
    }),
  )
  assert.equal(grossOf(decimal('8.5'), decimal('0.13')), decimal('9.605'))
})

test('every (state, action) pair of a source is decided; a price by its days', () => {
  const table = Object.fromEntries(
    SourceState.options.map((s) => [s, SourceAction.options.map((a) => sourceTransitions[s][a] ?? '—').join(' ')]),
  )
  assert.deepEqual(table, { proposed: 'approved blocked — —', approved: '— — blocked —', blocked: '— — — approved' })
  const state = (from: string, until: string | null, withdrawn = false) => priceState({ from, until, withdrawn }, '2026-11-26')
  assert.deepEqual(
    [state('2026-11-26', '2026-11-26'), state('2026-11-27', null), state('2026-01-01', '2026-11-25'), state('2026-11-27', null, true)],
    ['inForce', 'upcoming', 'ended', 'withdrawn'],
  )
})
