import { queryOptions, useQuery } from '@tanstack/react-query'
import { call } from '#ui/api.ts'
import type { Words } from '#ui/i18n.ts'
import { allPages } from '#ui/module-pages.ts'
import { accessApi, type Role } from '../contract.ts'

export const accessQueries = {
  roles: queryOptions({ queryKey: ['access', 'roles'], queryFn: ({ signal }) => call(accessApi.roles, { signal }) }),
  clients: queryOptions({ queryKey: ['access', 'clients'], queryFn: ({ signal }) => call(accessApi.clients, { signal }) }),
  sessions: queryOptions({
    queryKey: ['access', 'sessions'],
    queryFn: ({ signal }) => call(accessApi.sessions, { signal }),
    refetchInterval: 30_000,
  }),
  policy: queryOptions({ queryKey: ['access', 'policy'], queryFn: ({ signal }) => call(accessApi.policy, { signal }) }),
}

/** The sites to choose from, where a module offers them; this module knows no plants. */
export function useSites(): { value: string; label: string }[] {
  const provider = allPages().find((page) => page.siteOptions)
  const query = useQuery({
    queryKey: ['access', 'siteOptions'],
    queryFn: ({ signal }) => provider?.siteOptions?.(signal) ?? Promise.resolve([]),
    enabled: provider !== undefined,
    retry: false,
  })
  return query.data ?? []
}

/** A built-in role has a name in the page's language, an own role the name it was given. */
export const roleName = (role: Pick<Role, 'builtIn' | 'name'>, t: Words): string =>
  role.builtIn ? t(`access:builtIn.${role.builtIn}`, { defaultValue: role.name }) : role.name

export const permissionName = (permission: string, t: Words): string => {
  const [module = '', action = ''] = permission.split('.')
  return t(`${module}:permissions.${action}`, { defaultValue: permission })
}
