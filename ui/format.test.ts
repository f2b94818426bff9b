import { expect, test } from 'vitest'
import {
  EMPTY,
  formatAge,
  formatDate,
  formatDateTime,
  formatDateTimeSeconds,
  formatMoney,
  formatNumber,
  formatPrice,
  formatQuantity,
  formatValue,
} from './format.ts'

test('instants show in Shanghai unless a zone is given; nothing shows as a dash', () => {
  expect(formatDateTime('2026-11-22T06:05:09Z')).toBe('2026-11-22 14:05')
  expect(formatDateTimeSeconds('2026-11-22T06:05:09Z')).toBe('2026-11-22 14:05:09')
  expect(formatDateTime('2026-11-22T20:00:00Z', 'Europe/Berlin')).toBe('2026-11-22 21:00')
  expect(formatDate('2026-11-22')).toBe('2026-11-22')
  expect(formatDate('2026-11-22T20:00:00Z')).toBe('2026-11-23')
  expect([formatDateTime(null), formatDateTime('nonsense'), formatDate(undefined)]).toEqual(['—', '—', '—'])
})

test('numbers carry their unit; zero is a number and nothing is not', () => {
  expect(formatNumber(1234.5678, 'kW')).toBe('1,234.568 kW')
  expect(formatNumber(0, '℃')).toBe('0 ℃')
  expect(formatNumber(2, undefined, 2)).toBe('2.00')
  expect(formatNumber(null, 'kW')).toBe('—')
  expect(formatNumber(Number.NaN)).toBe('—')
  expect(formatValue(false)).toBe('false')
  expect(formatValue('')).toBe('—')
})

test('an age in the largest unit that fits', () => {
  const t = (key: string, values?: Record<string, unknown>) => `${key} ${values?.n ?? ''}`.trim()
  const now = Date.UTC(2026, 10, 22)
  const ages = [0, 30, 90, 7200, 200_000, -90].map((s) => formatAge(now - s * 1000, now, t))
  expect(ages).toEqual(['ui:age.now', 'ui:age.seconds 30', 'ui:age.minutes 1', 'ui:age.hours 2', 'ui:age.days 2', 'ui:age.minutesAhead 1'])
})

test('money, prices and quantities keep every digit that they have', () => {
  expect(formatMoney({ currency: 'CNY', amount: '-1234.50' })).toBe('-¥1,234.50')
  expect(formatMoney(null)).toBe(EMPTY)
  expect(formatPrice('CNY', '126.123456')).toBe('¥126.123456')
  expect(formatPrice('USD', '5')).toBe('US$5.00')
  expect(formatQuantity('1000.5', '件')).toBe('1,000.5 件')
  expect(formatQuantity(null, '件')).toBe(EMPTY)
})
