import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { businessDay, businessDayBounds, instantMsOfWall, nextDate, wallMs } from './instant.ts'

const zones = ['Asia/Shanghai', 'UTC', 'Europe/Berlin', 'America/St_Johns']

test('a production day starts at its plant’s minute in its plant’s zone', () => {
  const starts = [{ from: '2026-01-01', minuteOfDay: 8 * 60 }]
  assert.equal(businessDay(Date.parse('2026-11-22T23:59:59Z'), 'Asia/Shanghai', starts), '2026-11-22')
  assert.equal(businessDay(Date.parse('2026-11-23T00:00:00Z'), 'Asia/Shanghai', starts), '2026-11-23')
  assert.equal(businessDay(Date.parse('2026-11-22T16:00:00Z'), 'Asia/Shanghai', []), '2026-11-23')
})

test('a changed day start holds from its date on, and days neither overlap nor leave a gap', () => {
  const starts = [
    { from: '2026-01-01', minuteOfDay: 0 },
    { from: '2026-06-01', minuteOfDay: 8 * 60 },
  ]
  const last = businessDayBounds('2026-05-31', 'Asia/Shanghai', starts)
  assert.equal((last.untilMs - last.fromMs) / 3_600_000, 32)
  assert.equal(businessDayBounds('2026-06-01', 'Asia/Shanghai', starts).fromMs, last.untilMs)
})

test('every instant lies inside the bounds of its own day, in zones with and without clock changes', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: Date.parse('2000-01-01'), max: Date.parse('2040-01-01') }),
      fc.constantFrom(...zones),
      fc.constantFrom(0, 390, 480),
      (ms, zone, minuteOfDay) => {
        const starts = [{ from: '1990-01-01', minuteOfDay }]
        const day = businessDay(ms, zone, starts)
        const { fromMs, untilMs } = businessDayBounds(day, zone, starts)
        assert.ok(fromMs <= ms && ms < untilMs, `${day} ${zone} ${new Date(ms).toISOString()}`)
        assert.equal(businessDayBounds(nextDate(day), zone, starts).fromMs, untilMs)
      },
    ),
  )
})

test('wall clock and instant are each other’s way back outside skipped hours', () => {
  const ms = Date.parse('2026-11-22T14:05:00.250Z')
  for (const zone of zones) assert.equal(instantMsOfWall(wallMs(ms, zone), zone), ms)
})

test('a wall clock is read the same whether or not its minute was asked about before, around every kind of change', () => {
  const changes = [
    ['Australia/Lord_Howe', '2026-04-04T15:00:00Z'],
    ['Asia/Kathmandu', '1985-12-31T18:30:00Z'],
    ['Asia/Pyongyang', '2018-05-04T15:00:00Z'],
    ['America/St_Johns', '2006-04-02T03:31:00Z'],
    ['Pacific/Apia', '2011-12-30T10:00:00Z'],
    ['Africa/Monrovia', '1972-01-07T00:44:30Z'],
  ] as const
  for (const [zone, at] of changes) {
    for (let s = -1_800; s <= 1_800; s += 7) {
      const ms = Date.parse(at) + s * 1_000
      const shown = new Date(ms).toLocaleString('sv-SE', { timeZone: zone })
      assert.equal(new Date(wallMs(ms, zone)).toISOString().slice(0, 19).replace('T', ' '), shown, `${zone} ${s}`)
    }
  }
})
