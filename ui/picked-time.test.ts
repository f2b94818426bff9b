import dayjs from 'dayjs'
import { expect, test, vi } from 'vitest'
import { instantOfPicked, pickedOfInstant } from './picked-time.ts'

// Deadlines of requests and times of shipments were once read in the browser's own zone and shown in China's.
test('what is picked is the reading that the pages show, in whatever zone the browser stands', () => {
  for (const zone of ['UTC', 'America/New_York', 'Asia/Shanghai']) {
    vi.stubEnv('TZ', zone)
    expect(instantOfPicked(dayjs('2026-12-01T18:00:00')), zone).toBe('2026-12-01T10:00:00.000Z')
    // At home it is the 26th; here the 27th has begun.
    expect(pickedOfInstant('2026-11-26T17:30:00Z').format('YYYY-MM-DD HH:mm'), zone).toBe('2026-11-27 01:30')
  }
  vi.unstubAllEnvs()
})
