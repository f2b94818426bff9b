import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changedQuantities, Definition, PointKind, propertyIssues, ValueType } from './thing-model.ts'

test('every pair of value type and kind is decided', () => {
  const table = Object.fromEntries(
    ValueType.options.map((valueType) => [
      valueType,
      PointKind.options
        .map((kind) => propertyIssues({ valueType, kind, unit: null, min: null, max: null, states: null })[0]?.message ?? 'ok')
        .join(' '),
    ]),
  )
  assert.deepEqual(table, {
    number: 'ok ok ok stateNeedsCode',
    integer: 'ok ok ok ok',
    boolean: 'ok kindNeedsNumber kindNeedsNumber ok',
    string: 'ok kindNeedsNumber kindNeedsNumber ok',
  })
})

test('units and ranges are for numbers, states for states, a range runs upwards', () => {
  const property = { valueType: 'number', kind: 'instant', unit: '℃', min: 0, max: 100, states: null } as const
  assert.deepEqual(propertyIssues(property), [])
  assert.equal(propertyIssues({ ...property, min: 200 })[0]?.message, 'rangeReversed')
  assert.equal(propertyIssues({ ...property, states: { '1': '开' } })[0]?.message, 'statesOnlyForState')
  assert.deepEqual(
    propertyIssues({ ...property, valueType: 'string' }).map((i) => i.message),
    ['unitNeedsNumber', 'rangeNeedsNumber'],
  )
})

const model = (unit: string) =>
  Definition.parse({ properties: [{ name: 'p1', label: '功率', valueType: 'number', kind: 'instant', unit }] })

test('a property keeps its quantity under its name from version to version', () => {
  assert.deepEqual(changedQuantities(model('kW'), model('kW')), [])
  assert.deepEqual(changedQuantities(model('kW'), model('W')), ['p1'])
})

test('a name stands once', () => {
  const twice = { properties: [...model('kW').properties, ...model('kW').properties] }
  assert.equal(Definition.safeParse(twice).error?.issues[0]?.message, 'duplicateName')
})
