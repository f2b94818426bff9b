import { expect, test } from 'vitest'
import { argumentsFrom, choicesOf, fromText } from './typed-value.ts'

test('what is typed becomes a value of the point’s type, or none', () => {
  expect(fromText('number', ' 0.72 ')).toBe(0.72)
  expect(fromText('number', '0，72')).toBe(0.72)
  expect(fromText('integer', '1.5')).toBeUndefined()
  expect(fromText('integer', '12')).toBe(12)
  for (const text of ['', ' ', 'viel', '1e999']) expect(fromText('number', text), text).toBeUndefined()
  expect(fromText('boolean', 'true')).toBe(true)
  expect(fromText('boolean', '1')).toBeUndefined()
  expect(fromText('string', 'auto')).toBe('auto')
})

test('a switch, a state and a list of allowed values are chosen from', () => {
  const point = { valueType: 'integer', states: { '0': '停机', '4': '故障' } } as never
  expect(choicesOf(point, { allowed: null })).toEqual([0, 4])
  expect(choicesOf(point, { allowed: [0] })).toEqual([0])
  expect(choicesOf({ valueType: 'boolean', states: null } as never, { allowed: null })).toEqual([true, false])
  expect(choicesOf({ valueType: 'number', states: null } as never, { allowed: null })).toBeUndefined()
})

test('the arguments of a method are each a value of their own type, or there are none', () => {
  const of = (name: string, valueType: 'integer' | 'boolean') => ({
    name,
    valueType,
    label: name,
    labelEn: null,
    unit: null,
    min: null,
    max: null,
  })
  const parameters = [of('recipe', 'integer'), of('slow', 'boolean')]
  expect(argumentsFrom(parameters, { recipe: '7', slow: 'true' })).toEqual({ recipe: 7, slow: true })
  expect(argumentsFrom(parameters, { recipe: '7.5', slow: 'true' })).toBeUndefined()
  expect(argumentsFrom(parameters, { recipe: '7' })).toBeUndefined()
  expect(argumentsFrom([], {})).toEqual({})
})
