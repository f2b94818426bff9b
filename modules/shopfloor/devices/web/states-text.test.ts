import { expect, test } from 'vitest'
import { exampleArgument } from './connect-help.tsx'
import { parseStates, statesText } from './states-text.ts'

test('states are typed and shown alike, with Chinese and Western marks', () => {
  expect(parseStates('0=停机, 1=运行')).toEqual({ 0: '停机', 1: '运行' })
  expect(parseStates('0＝停机；1＝运行，2=A=B')).toEqual({ 0: '停机', 1: '运行', 2: 'A=B' })
  expect(parseStates('  ')).toBeNull()
  for (const wrong of ['停机', '0=', '=停机']) expect(parseStates(wrong)).toBeUndefined()
  expect(statesText(parseStates('0=停机,1=运行'))).toBe('0=停机, 1=运行')
})

test('the example is a shell argument with values that the points take', () => {
  const point = { min: null, max: null, states: null }
  const argument = exampleArgument([
    { ...point, name: 'temperature', valueType: 'number', min: 0, max: 800 },
    { ...point, name: 'state', valueType: 'string', states: { '$("x")': '运行' } },
    { ...point, name: 'door', valueType: 'boolean' },
  ])
  const values = String.raw`{\"temperature\":400,\"state\":\"\$(\\\"x\\\")\",\"door\":true}`
  expect(argument).toBe(`${String.raw`"{\"ts\":$(date +%s)000,\"values\":`}${values}}"`)
})
