import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compileExpression, type Expression } from './expression.ts'

function expressionOf(text: string): Expression {
  const made = compileExpression(text)
  if (!('holds' in made)) throw new Error(`${text}: ${JSON.stringify(made)}`)
  return made
}
const holds = (text: string, values: Record<string, number | boolean>) => expressionOf(text).holds({ active: false, ...values })

test('points are numbers, and numbers are never cut to whole ones', () => {
  assert.deepEqual(expressionOf('temp > 80 && press < 0.6 || temp > limit_2').names, ['temp', 'press', 'limit_2'])
  assert.equal(holds('temp > 80 && press < 0.6', { temp: 80.5, press: 0.5 }), true)
  assert.equal(holds('temp > 80 && press < 0.6', { temp: 80, press: 0.5 }), false)
  assert.equal(holds('5 / 9 * (temp - 32) > 26.6', { temp: 80 }), true)
  assert.equal(holds('state in [1, 3] ? current > 1e1 : false', { state: 3, current: 10.5 }), true)
  assert.equal(holds('abs(a - b) > 2 && max(a, b) % 4 == 3', { a: 7, b: 4 }), true)
  assert.equal(holds('!(run == 1)', { run: 0 }), true)
})

test('a bit of a status word', () => {
  for (const n of [0, 5, 15, 31]) {
    assert.equal(holds(`bit(word, ${n})`, { word: 2 ** n }), true)
    assert.equal(holds(`bit(word, ${n})`, { word: 2 ** 33 - 1 - 2 ** n }), false)
  }
})

test('it may return at another limit than it is raised at', () => {
  const text = 'active ? temp > 75 : temp > 80'
  assert.deepEqual(expressionOf(text).names, ['temp'])
  assert.deepEqual([holds(text, { temp: 78 }), holds(text, { temp: 78, active: true })], [false, true])
})

test('what is wrong is named with its place', () => {
  const problems: [string, ReturnType<typeof compileExpression>][] = [
    ['temp > ', { problem: 'expressionSyntax', at: 6, text: '> ' }],
    ['temp > 80 &&& press < 6', { problem: 'expressionSyntax', at: 13, text: '&' }],
    ['temp > 80 and b < 1', { problem: 'expressionSyntax', at: 11, text: 'and' }],
    ['temp = 80', { problem: 'expressionSyntax', at: 6, text: '=' }],
    ['temp > 80，b', { problem: 'expressionSyntax', at: 10, text: '，' }],
    ['temp', { problem: 'expressionNotTrueFalse' }],
    ['temp > 80 && press', { problem: 'expressionMismatch', at: 1, text: 'temp > 80 && press' }],
    ['min(a) > 1', { problem: 'expressionMismatch', at: 1, text: 'min(a)' }],
    ['name == "x"', { problem: 'expressionUnsupported', at: 9, text: '"x"' }],
    ['temp.size() > 1', { problem: 'expressionUnsupported', at: 1, text: 'temp.size()' }],
    ['[1, 2].all(x, x > temp)', { problem: 'expressionUnsupported', at: 1, text: '[1, 2].all(x, x > temp)' }],
    ['matches(temp)', { problem: 'expressionUnsupported', at: 1, text: 'matches(temp)' }],
    ['temp > 0x1F', { problem: 'expressionUnsupported', at: 8, text: '0x1F' }],
  ]
  for (const [text, problem] of problems) assert.deepEqual(compileExpression(text), problem, text)
})

test('the hostile ends: depth, length, names of the language itself', () => {
  for (const text of [
    '('.repeat(200),
    `${'('.repeat(60)}a > 1${')'.repeat(60)}`,
    `${'a > 1 || '.repeat(60)}a > 1`,
    `a in [${'1,'.repeat(80)}1]`,
  ])
    assert.ok('problem' in compileExpression(text), text.slice(0, 40))
  for (const text of [
    '__proto__ > 1',
    'constructor > 1',
    'toString() > 1',
    'a["b"] > 1',
    '{}.a > 1',
    'a.b.c',
    'dyn(a) > 1',
    'type(a) == a',
  ])
    assert.doesNotThrow(() => compileExpression(text), text)
})

test('whatever is typed ends in an expression or a problem within the text', () => {
  const piece = fc.constantFrom(
    'temp',
    'b',
    '1',
    '20',
    '0.5',
    '>',
    '<=',
    '&&',
    '||',
    '!',
    '(',
    ')',
    '+',
    '%',
    '?',
    ':',
    'in',
    '[',
    ']',
    ',',
    'abs',
    ' ',
    '"',
    '.',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const text = pieces.join(' ')
      const made = compileExpression(text)
      if ('holds' in made) {
        const values = Object.fromEntries(made.names.map((name, i) => [name, i]))
        assert.equal(typeof made.holds({ active: false, ...values }), 'boolean')
      } else if ('at' in made) assert.ok(made.at >= 1 && made.at <= text.length + 1, `${text}: ${made.at}`)
    }),
    { numRuns: 2_000 },
  )
})
