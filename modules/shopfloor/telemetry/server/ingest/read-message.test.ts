import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { AHEAD_MS, EARLIEST_MS, type PieceSink, readMessage } from './read-message.ts'
import { type IngestPoint, SeriesState } from './series-state.ts'

const nowMs = Date.parse('2026-11-22T12:00:00Z')

const point = (name: string, change: Partial<IngestPoint> = {}): IngestPoint => ({
  name,
  type: 'number',
  kind: 'instant',
  min: Number.NEGATIVE_INFINITY,
  max: Number.POSITIVE_INFINITY,
  bindings: [{ fromMs: 0, untilMs: Number.POSITIVE_INFINITY, state: new SeriesState(1, 1, 0) }],
  ...change,
})
const points = new Map(
  [
    point('temp', { min: 0, max: 100 }),
    point('count', { type: 'integer' }),
    point('on', { type: 'boolean' }),
    point('note', { type: 'string' }),
    point('state', { type: 'integer', kind: 'state' }),
    point('bound', { bindings: [{ fromMs: nowMs - 1000, untilMs: nowMs, state: new SeriesState(1, 2, 0) }] }),
  ].map((p) => [p.name, p]),
)

function read(message: unknown) {
  const stored: unknown[] = []
  const refused: unknown[] = []
  const sink: PieceSink = {
    number: (_, atMs, value, quality, seq) => void stored.push([atMs - nowMs, value, quality, seq]),
    text: (_, atMs, text, quality, seq) => void stored.push([atMs - nowMs, text, quality, seq]),
    refuse: (reason, pieces, index, name) => void refused.push([reason, pieces, index, name]),
    outOfRange: () => undefined,
  }
  readMessage(Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)), points, nowMs, sink)
  return { stored, refused }
}

test('each type takes what it is and nothing else', () => {
  const cases: [string, unknown, unknown][] = [
    ['temp', 1.5, 1.5],
    ['temp', '1.5', 'wrongType'],
    ['temp', true, 'wrongType'],
    ['temp', null, 'wrongType'],
    ['temp', [1], 'wrongType'],
    ['count', 3, 3],
    ['count', '-12', -12],
    ['count', '9007199254740993', '9007199254740993'],
    ['count', 9007199254740994, 'imprecise'],
    ['count', 1.5, 'wrongType'],
    ['count', '1e5', 'wrongType'],
    ['on', true, 1],
    ['on', 0, 0],
    ['on', 2, 'wrongType'],
    ['on', 'true', 'wrongType'],
    ['note', 'ok', 'ok'],
    ['note', 5, 'wrongType'],
    ['note', 'x'.repeat(1001), 'tooLarge'],
    ['state', 2, 2],
    ['state', 2 ** 31, 'wrongType'],
    ['nothing', 1, 'unknownPoint'],
  ]
  for (const [name, value, expected] of cases) {
    const { stored, refused } = read({ ts: nowMs, values: { [name]: value } })
    const isRefusal = typeof expected === 'string' && refused.length > 0
    assert.deepEqual(isRefusal ? refused : stored, isRefusal ? [[expected, 1, 0, name]] : [[0, expected, 0, -1]], `${name} ${value}`)
  }
})

test('quality: known codes only; a value beyond its range is uncertain unless the source said otherwise; null needs a bad one', () => {
  const one = (value: unknown, q: unknown) => read({ ts: nowMs, values: { temp: value }, q: { temp: q } })
  assert.deepEqual(one(5, 0x40).stored, [[0, 5, 0x40, -1]])
  assert.deepEqual(one(101, 0).stored, [[0, 101, 0x42, -1]])
  assert.deepEqual(one(101, 0x80).stored, [[0, 101, 0x80, -1]])
  assert.deepEqual(one(null, 0x81).stored, [[0, Number.NaN, 0x81, -1]])
  for (const wrong of [1.5, '0', 0xff, null, 3]) assert.deepEqual(one(5, wrong).refused, [['badQuality', 1, 0, 'temp']])
})

test('stamps: from the year 2000 to five minutes ahead, and within a binding', () => {
  const at = (ts: unknown) => read({ ts, values: { temp: 1, count: 1 } })
  for (const ts of [EARLIEST_MS, nowMs + AHEAD_MS]) assert.equal(at(ts).stored.length, 2)
  assert.deepEqual(at(EARLIEST_MS - 1).refused, [['ancient', 2, 0, null]])
  assert.deepEqual(at(nowMs + AHEAD_MS + 1).refused, [['future', 2, 0, null]])
  for (const ts of ['1', 1.5, null, undefined, 1e300]) assert.deepEqual(at(ts).refused, [['malformed', 1, 0, null]])
  const bound = (ts: number) => read({ ts, values: { bound: 1 } }).refused
  assert.deepEqual(
    [bound(nowMs - 1001), bound(nowMs - 1000), bound(nowMs - 1), bound(nowMs)].map((r) => r.length),
    [1, 0, 0, 1],
  )
})

test('whatever comes, every piece is either stored or refused, and nothing is thrown', () => {
  const names = fc.constantFrom('temp', 'count', 'on', 'note', 'state', 'nothing', '__proto__', 'toString')
  const item = fc.record(
    {
      ts: fc.oneof(fc.constant(nowMs), fc.integer(), fc.anything()),
      values: fc.oneof(fc.dictionary(names, fc.oneof(fc.double(), fc.string(), fc.boolean(), fc.jsonValue())), fc.anything()),
      q: fc.oneof(fc.dictionary(names, fc.oneof(fc.constantFrom(0, 0x40, 0x80, 0xff), fc.jsonValue())), fc.anything()),
      seq: fc.oneof(fc.nat(), fc.anything()),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(fc.oneof(item, fc.array(item, { maxLength: 5 }), fc.jsonValue()), (message) => {
      let text: string | undefined
      try {
        text = JSON.stringify(message)
      } catch {
        return
      }
      if (text === undefined) return
      const { stored, refused } = read(text)
      const parsed = JSON.parse(text) as { values?: object }
      assert.ok(
        stored.length + refused.length >= (Array.isArray(parsed) || (parsed?.values && Object.keys(parsed.values).length === 0) ? 0 : 1),
      )
    }),
    { numRuns: 500 },
  )
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      read(text)
    }),
  )
})

test('a message beyond 256 kB is not even parsed; deep nesting is just not a number', () => {
  assert.deepEqual(read(`{"ts":${nowMs},"values":{"temp":1},"x":"${'y'.repeat(256 * 1024)}"}`).refused, [['tooLarge', 1, 0, null]])
  assert.deepEqual(read(`{"ts":${nowMs},"values":{"temp":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`).refused, [
    ['wrongType', 1, 0, 'temp'],
  ])
})
