import { expect, test } from 'vitest'
import type { ModulePages } from '#ui/module-pages.ts'
import type { PageSession } from '#ui/session.ts'
import { activeEntry, homePath, menuOf } from './home-path.ts'
import { safeReturnPath } from './return-path.ts'

const entry = (path: string, permission: string, extra = {}) => ({
  group: 'chain' as const,
  path,
  label: 'l',
  icon: 'list' as const,
  permission,
  order: 1,
  ...extra,
})
const pages: ModulePages[] = [
  {
    module: 'm',
    words: { zh: {}, en: {} },
    routes: [],
    menu: [
      entry('/organisations', 'organisations.read'),
      entry('/devices', 'devices.read'),
      entry('/platform', 'organisations.read', { organisationKinds: ['operator'] }),
    ],
  },
]
const session = (roles: string[], permissions: string[], kind = 'supplier') =>
  ({ roles, permissions, organisation: { kind } }) as unknown as PageSession

test('each role starts where its work is, if it may', () => {
  expect(homePath(pages, session(['engineer'], ['organisations.read', 'devices.read']))).toBe('/devices')
  expect(homePath(pages, session(['owner'], ['organisations.read', 'devices.read']))).toBe('/organisations')
  expect(homePath(pages, session(['engineer'], ['organisations.read']))).toBe('/organisations')
  expect(homePath(pages, session([], []))).toBeUndefined()
})

test('the menu shows what one may see, and the operator’s pages to the operator alone', () => {
  const paths = (s: PageSession) => menuOf(pages, s).flatMap((g) => g.entries.map((e) => e.path))
  expect(paths(session([], ['organisations.read']))).toEqual(['/organisations'])
  expect(paths(session([], ['organisations.read'], 'operator'))).toEqual(['/organisations', '/platform'])
})

test('the entry that stands for a page is the longest that fits', () => {
  expect(activeEntry(['/organisations', '/organisations/own'], '/organisations/own')).toBe('/organisations/own')
  expect(activeEntry(['/devices'], '/devices/1')).toBe('/devices')
  expect(activeEntry(['/devices'], '/devices-other')).toBeUndefined()
})

test('the way back after the log-in stays on this site', () => {
  expect(['/devices?x=1', '//evil.example', 'https://evil.example', '/\\evil', null, '/log-in'].map(safeReturnPath)).toEqual([
    '/devices?x=1',
    '/',
    '/',
    '/',
    '/',
    '/',
  ])
})
