import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Area, announce, BEGINS_ABOVE, ENDS_BELOW, type Flood, floodFigures, WINDOW_MS } from './flood-rules.ts'

const MINUTE_MS = 60_000

/** Floods of a sequence of times, and which of the announced belong to which. */
function floodsOf(times: readonly number[]): { floods: Flood[]; members: string[][] } {
  const area: Area = { recent: [], flood: undefined }
  const floods: Flood[] = []
  const members: string[][] = []
  for (const [i, atMs] of times.entries()) {
    const step = announce(area, { alarmId: `a${i}`, atMs })
    if (step.kind === 'begins') members.push([...step.with, `a${i}`])
    if (step.kind === 'during') members.at(-1)?.push(`a${i}`)
    if (step.kind === 'begins') floods.push(area.flood!)
    else if (step.kind === 'during') floods[floods.length - 1] = area.flood!
  }
  return { floods, members }
}
const minutes = (...at: number[]) => at.map((minute) => Math.round(minute * MINUTE_MS))
const shown = ({ floods }: ReturnType<typeof floodsOf>) =>
  floods.map(({ begunMs, endsMs, raised, first }) => [first, begunMs / MINUTE_MS, endsMs / MINUTE_MS, raised])

test('ten in ten minutes are none, the eleventh makes them one, with the first of them first', () => {
  assert.deepEqual(shown(floodsOf(minutes(0, 1, 2, 3, 4, 5, 6, 7, 8, 9))), [])
  assert.deepEqual(shown(floodsOf(minutes(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9.9))), [['a0', 0, 16, 11]])
  // The first has left the window when the eleventh comes.
  assert.deepEqual(shown(floodsOf(minutes(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10))), [])
})

test('it ends when fewer than five were announced in ten minutes, not before', () => {
  const trip = Array.from({ length: 12 }, (_, i) => i / 10)
  // Five newest: 0.7 … 1.1; the fifth newest leaves the window at 10.7.
  assert.deepEqual(shown(floodsOf(minutes(...trip))), [['a0', 0, 10.7, 12]])
  assert.deepEqual(shown(floodsOf(minutes(...trip, 10.6))), [['a0', 0, 10.8, 13]])
  assert.deepEqual(shown(floodsOf(minutes(...trip, 10.7))), [['a0', 0, 10.7, 12]])
  // A slow tail keeps it going as long as there are always five in ten minutes; one in two minutes is one too few.
  assert.deepEqual(shown(floodsOf(minutes(...trip, 3, 4.9, 6.8, 8.7, 10.6, 12.5, 14.4))), [['a0', 0, 16.8, 19]])
  assert.deepEqual(shown(floodsOf(minutes(...trip, 3, 5, 7, 9, 11, 13, 15))), [['a0', 0, 13, 17]])
})

test('two trips are two floods, and what belonged to the first does not belong to the second', () => {
  const trip = (from: number, n: number) => Array.from({ length: n }, (_, i) => from + i / 100)
  const { floods, members } = floodsOf(minutes(...trip(0, 11), 9.99, 10.07, ...trip(10.2, 11)))
  assert.deepEqual(
    floods.map(({ raised }) => raised),
    members.map((some) => some.length),
  )
  assert.deepEqual(members.flat().length, new Set(members.flat()).size)
})

/** Composed after a pump trip: a burst in the first seconds, then ever slower. */
test('a burst with a long tail is one flood and its first-out the first', () => {
  const seconds = [
    0, 0.4, 0.9, 1.2, 2, 2.1, 3, 4, 5, 6, 8, 9, 12, 14, 15, 21, 25, 33, 41, 52, 60, 75, 90, 130, 170, 240, 300, 380, 420, 500,
  ]
  const after = [560, 600, 640, 1_300]
  const found = floodsOf([...seconds, ...after].map((second) => second * 1_000))
  assert.deepEqual(
    found.floods.map(({ first, raised, endsMs }) => [first, raised, endsMs / 1_000]),
    [['a0', 33, 1_020]],
  )
})

test('against the definition, told by counting at every announcement', () => {
  const gaps = fc.array(fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 200_000 })), { maxLength: 120 })
  fc.assert(
    fc.property(gaps, (some) => {
      let at = 1_000_000
      const times = some.map((gap) => {
        at += gap
        return at
      })
      const { floods, members } = floodsOf(times)
      const inWindow = (ms: number, upTo: number) => times.filter((t, i) => i <= upTo && t > ms - WINDOW_MS && t <= ms).length
      let running = false
      const flooded = times.map((ms, i) => {
        // Just before it came: did the count fall below five since the last one?
        if (running && i > 0 && inWindow(ms, i - 1) < ENDS_BELOW) running = false
        if (!running && inWindow(ms, i) > BEGINS_ABOVE) running = true
        return running
      })
      const found = times.map((ms) =>
        floods.some(({ endsMs }, n) => members[n]!.some((id) => times[Number(id.slice(1))] === ms) && ms < endsMs),
      )
      // Whatever comes while one runs belongs to one; those before the eleventh belong to it too.
      flooded.forEach((is, i) => {
        if (is) assert.ok(found[i], `announcement ${i}`)
      })
      assert.equal(floods.length, flooded.filter((is, i) => is && (i === 0 || !flooded[i - 1] || !sameFlood(members, i))).length)
      for (const [n, flood] of floods.entries()) {
        assert.equal(flood.raised, members[n]!.length)
        assert.equal(flood.first, members[n]![0])
        assert.ok(n === 0 || floods[n - 1]!.endsMs <= flood.begunMs)
      }
    }),
    { numRuns: 300 },
  )
})
const sameFlood = (members: readonly string[][], i: number) => members.some((some) => some.includes(`a${i}`) && some.includes(`a${i - 1}`))

test('figures: a flood counts as much as lies in the period, and two at once are one time', () => {
  const flood = (from: number, until: number) => ({ begunMs: from, endsMs: until })
  assert.deepEqual(floodFigures([], 0, 0), { count: 0, share: null, longestS: 0 })
  assert.deepEqual(floodFigures([flood(-5_000, 20_000), flood(10_000, 30_000), flood(95_000, 120_000)], 0, 100_000), {
    count: 3,
    share: 0.35,
    longestS: 20,
  })
  assert.deepEqual(floodFigures([flood(-5_000, 0), flood(100_000, 120_000)], 0, 100_000), { count: 0, share: 0, longestS: 0 })
})
