import { expect, test } from 'vitest'
import { instantOf, pickerTime } from './instant-field.tsx'

test('a picker shows the zone’s clock, whatever the browser’s, and gives the instant back', () => {
  const ms = Date.parse('2026-11-22T16:30:05Z')
  expect(pickerTime(ms, 'Asia/Shanghai').format('YYYY-MM-DD HH:mm:ss')).toBe('2026-11-23 00:30:05')
  for (const zone of ['Asia/Shanghai', 'UTC', 'Europe/Berlin'])
    expect(instantOf(pickerTime(ms, zone), zone)).toBe('2026-11-22T16:30:05.000Z')
})
