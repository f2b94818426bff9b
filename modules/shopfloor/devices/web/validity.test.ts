import { expect, test } from 'vitest'
import { validityOf } from './validity.ts'

test('a certificate holds through its last day, by the calendar in Shanghai', () => {
  const lateEvening = Date.parse('2026-11-22T16:30:00Z')
  expect(validityOf('2026-11-22', lateEvening)).toBe('over')
  expect(validityOf('2026-11-23', lateEvening)).toBe('ending')
  expect(validityOf('2026-12-23', lateEvening)).toBe('ending')
  expect(validityOf('2026-12-24', lateEvening)).toBe('valid')
  expect(validityOf(null, lateEvening)).toBe('valid')
})
