import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { dayKind, type ShiftTimes, shiftMinutes, shiftsOverlap } from './work-calendar.ts'

const shift = (start: string, end: string, validFrom = '2026-01-01', validUntil: string | null = null): ShiftTimes => ({
  startMinute: minute(start),
  endMinute: minute(end),
  validFrom,
  validUntil,
})
const minute = (hhmm: string) => Number(hhmm.slice(0, 2)) * 60 + Number(hhmm.slice(3))

test('a date is a workday by the week unless the site’s calendar says otherwise (National Day 2026 and its make-up days)', () => {
  const table: [string, Parameters<typeof dayKind>[1], string][] = [
    ['2026-10-01', 'holiday', 'holiday'],
    ['2026-10-10', 'workday', 'makeUpWork'],
    ['2026-10-11', undefined, 'rest'],
    ['2026-10-12', undefined, 'work'],
  ]
  for (const [date, entry, kind] of table) assert.equal(dayKind(date, entry), kind, date)
})

test('shifts: length, also past midnight and round the clock', () => {
  assert.equal(shiftMinutes(shift('08:00', '16:00')), 480)
  assert.equal(shiftMinutes(shift('20:00', '08:00')), 720)
  assert.equal(shiftMinutes(shift('08:00', '08:00')), 1440)
})

test('shifts of a site must not overlap while both are worked', () => {
  const table: [ShiftTimes, ShiftTimes, boolean][] = [
    [shift('08:00', '16:00'), shift('16:00', '00:00'), false],
    [shift('08:00', '16:00'), shift('15:59', '20:00'), true],
    [shift('20:00', '08:00'), shift('08:00', '20:00'), false],
    [shift('20:00', '08:00'), shift('07:00', '09:00'), true],
    [shift('20:00', '08:00'), shift('00:00', '01:00'), true],
    [shift('08:00', '08:00'), shift('03:00', '03:30'), true],
    [shift('08:00', '16:00', '2026-01-01', '2026-06-01'), shift('09:00', '17:00', '2026-06-01'), false],
    [shift('08:00', '16:00', '2026-01-01', '2026-06-02'), shift('09:00', '17:00', '2026-06-01'), true],
  ]
  for (const [a, b, overlap] of table) {
    assert.equal(shiftsOverlap(a, b), overlap, JSON.stringify([a, b]))
    assert.equal(shiftsOverlap(b, a), overlap, JSON.stringify([b, a]))
  }
})

test('overlap agrees with painting every minute of the day', () => {
  const minutes = fc.integer({ min: 0, max: 1439 })
  const painted = (s: ShiftTimes) => new Set(Array.from({ length: shiftMinutes(s) }, (_, i) => (s.startMinute + i) % 1440))
  fc.assert(
    fc.property(minutes, minutes, minutes, minutes, (a1, a2, b1, b2) => {
      const [a, b] = [
        { startMinute: a1, endMinute: a2, validFrom: '2026-01-01', validUntil: null },
        { startMinute: b1, endMinute: b2, validFrom: '2026-01-01', validUntil: null },
      ]
      const inB = painted(b)
      assert.equal(
        shiftsOverlap(a, b),
        [...painted(a)].some((m) => inB.has(m)),
      )
    }),
  )
})
