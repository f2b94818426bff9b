import { queryOptions } from '@tanstack/react-query'
import { accessApi, type Session } from '#modules/foundation/access/contract.ts'
import { call, setApiSurroundings } from '#ui/api.ts'
import { changeLocale, currentLocale } from '#ui/i18n.ts'
import { queryClient } from '#ui/query.ts'

/** Takes a session over: its token for the requests that change something, its person's language. */
export function adoptSession(session: Session): Session {
  setApiSurroundings({ csrfToken: session.csrfToken })
  if (session.locale !== currentLocale()) void changeLocale(session.locale)
  return session
}

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }) => adoptSession(await call(accessApi.session, { signal })),
  staleTime: 60_000,
  refetchInterval: 5 * 60_000,
})

export const stateQuery = queryOptions({
  queryKey: ['access', 'state'],
  queryFn: ({ signal }) => call(accessApi.state, { signal }),
})

export async function logOut(): Promise<void> {
  await call(accessApi.logOut)
  queryClient.clear()
}
