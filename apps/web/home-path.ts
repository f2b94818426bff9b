import type { MenuEntry, ModulePages } from '#ui/module-pages.ts'
import { mayDo, type PageSession } from '#ui/session.ts'

/** Where each role's work is; a role of the organisation's own starts at the first page it may see. */
const startOf: Record<string, string> = {
  engineer: '/devices',
  owner: '/organisations',
  buyer: '/orders',
  sales: '/orders',
  warehouse: '/inventory',
  accountant: '/finance',
  staff: '/organisations',
  systemAdmin: '/access/users',
  securityAdmin: '/access/roles',
  auditAdmin: '/security/audit',
}

const groups = ['chain', 'trade', 'shopfloor', 'administration'] as const

export const menuOf = (
  pages: readonly ModulePages[],
  session: PageSession,
): { group: (typeof groups)[number]; entries: (MenuEntry & { module: string })[] }[] =>
  groups
    .map((group) => ({
      group,
      entries: pages
        .flatMap((page) => page.menu.map((entry) => ({ ...entry, module: page.module })))
        .filter((entry) => entry.group === group && mayDo(session, entry.permission))
        .filter((entry) => entry.organisationKinds?.includes(session.organisation.kind) ?? true)
        .sort((a, b) => a.order - b.order),
    }))
    .filter(({ entries }) => entries.length > 0)

export function homePath(pages: readonly ModulePages[], session: PageSession): string | undefined {
  const allowed = menuOf(pages, session).flatMap(({ entries }) => entries.map((entry) => entry.path))
  const wanted = Object.entries(startOf)
    .filter(([role]) => session.roles.includes(role))
    .map(([, path]) => path)
  if (session.organisation.kind === 'operator') wanted.unshift('/access/organisations')
  return wanted.find((path) => allowed.includes(path)) ?? allowed[0]
}

/** The menu entry a path belongs to: the longest that it starts with. */
export function activeEntry(paths: readonly string[], pathname: string): string | undefined {
  return paths.filter((path) => pathname === path || pathname.startsWith(`${path}/`)).sort((a, b) => b.length - a.length)[0]
}
