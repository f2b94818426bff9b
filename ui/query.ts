import { QueryClient } from '@tanstack/react-query'
import { ApiError } from './api.ts'

const RETRIES = 2

/** A refusal is an answer and is not asked for again; silence and a server starting up are. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // Without a network a question fails at once and the page says so; waiting would look like loading.
      networkMode: 'always',
      staleTime: 10_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) => failures < RETRIES && (!(error instanceof ApiError) || error.status === 0 || error.status >= 502),
    },
    mutations: { retry: false, networkMode: 'always' },
  },
})
