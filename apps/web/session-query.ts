import { queryOptions } from '@tanstack/react-query'
import { accessApi, type Session } from '#modules/foundation/access/contract.ts'
import { ApiError, call, setApiSurroundings } from '#ui/api.ts'
import { changeLocale, currentLocale } from '#ui/i18n.ts'
import { queryClient } from '#ui/query.ts'
import { forgetSession, keepSession, keptSession } from './offline.ts'

/** Takes a session over: its token for the requests that change something, its person's language. */
export function adoptSession(session: Session): Session {
  setApiSurroundings({ csrfToken: session.csrfToken })
  keepSession(session)
  if (session.locale !== currentLocale()) void changeLocale(session.locale)
  return session
}

/** Without its token nothing can be changed: as soon as the server answers again the session is the real one. */
const OFFLINE_RETRY_MS = 3_000

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }) => {
    try {
      return adoptSession(await call(accessApi.session, { signal }))
    } catch (error) {
      const kept = error instanceof ApiError && error.code === 'ui.offline' ? keptSession() : undefined
      if (!kept) throw error
      return kept
    }
  },
  staleTime: 60_000,
  refetchOnReconnect: 'always',
  refetchInterval: ({ state }) => (state.data?.csrfToken === '' ? OFFLINE_RETRY_MS : 5 * 60_000),
})

export const stateQuery = queryOptions({
  queryKey: ['access', 'state'],
  queryFn: ({ signal }) => call(accessApi.state, { signal }),
})

export async function logOut(): Promise<void> {
  await call(accessApi.logOut)
  forgetSession()
  queryClient.clear()
}
