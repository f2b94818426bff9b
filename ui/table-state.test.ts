import { expect, test } from 'vitest'
import type { Page } from '#values/list.ts'
import { localPage } from './local-page.ts'
import { EXPORT_LIMIT, fetchAll, nextSort, readListState, visibleRange, writeListState } from './table-state.ts'

test('a list’s state goes through the URL unchanged, and the default is not written', () => {
  const state = { search: '电机', sort: '-since', filters: { industry: 'motors' } }
  const params = writeListState(new URLSearchParams('tab=2'), '', ['industry', 'side'], state, 'name')
  expect(params.get('tab')).toBe('2')
  expect(readListState(params, '', ['industry', 'side'], 'name')).toEqual(state)
  expect(writeListState(params, '', ['industry', 'side'], { search: '', sort: 'name', filters: {} }, 'name').toString()).toBe('tab=2')
})

test('clicks on a column’s head go ascending, descending, back', () => {
  expect(nextSort('name', 'since', 'name')).toBe('since')
  expect(nextSort('since', 'since', 'name')).toBe('-since')
  expect(nextSort('-since', 'since', 'name')).toBe('name')
  expect(nextSort('-name', 'name', 'name')).toBe('name')
})

test('the export fetches every page and stops at its limit', async () => {
  const source =
    (total: number) =>
    async ({ cursor, limit }: { cursor?: string; limit: number }): Promise<Page<number>> => {
      const at = Number(cursor ?? 0)
      const items = Array.from({ length: Math.min(limit, total - at) }, (_, i) => at + i)
      return {
        items,
        nextCursor: at + limit < total ? String(at + limit) : null,
        total: Math.min(total, 10_000),
        totalCapped: total > 10_000,
      }
    }
  const state = { search: '', sort: '', filters: {} }
  const { signal } = new AbortController()
  const small = await fetchAll(source(450), state, signal, () => undefined)
  expect([small.rows.length, small.capped, new Set(small.rows).size]).toEqual([450, false, 450])
  const large = await fetchAll(source(25_000), state, signal, () => undefined)
  expect([large.rows.length, large.capped]).toEqual([EXPORT_LIMIT, true])
})

test('of a hundred thousand rows only those in sight are drawn', () => {
  const { from, until } = visibleRange(100_000, 44, 44 * 50_000, 800)
  expect(from).toBeLessThanOrEqual(50_000)
  expect(until).toBeGreaterThan(50_018)
  expect(until - from).toBeLessThan(60)
  expect(visibleRange(3, 44, 0, 800)).toEqual({ from: 0, until: 3 })
})

test('a list given whole is searched and sorted here, what is missing stands last', () => {
  const rows = [
    { n: 'b', at: null },
    { n: 'a', at: 2 },
    { n: 'ab', at: 1 },
  ]
  const how = { text: (r: { n: string }) => r.n, sorts: { at: (r: { at: number | null }) => r.at } }
  expect(localPage(rows, { sort: 'at', limit: 50 }, how as never).items.map((r) => r.n)).toEqual(['ab', 'a', 'b'])
  expect(localPage(rows, { search: 'A', sort: '-at', limit: 50 }, how as never).items.map((r) => r.n)).toEqual(['a', 'ab'])
})
