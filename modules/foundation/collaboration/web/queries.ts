import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { call } from '#ui/api.ts'
import { collaborationApi, type Entry } from '../contract.ts'

const COUNT_MS = 60_000
const PAGE = 30

export interface DocumentKey {
  entity: string
  recordId: string
}

export const collaborationQueries = {
  todos: queryOptions({
    queryKey: ['collaboration', 'todos'],
    queryFn: async ({ signal }) => (await call(collaborationApi.todos, { signal })).groups,
  }),
  todoCount: queryOptions({
    queryKey: ['collaboration', 'todos', 'count'],
    queryFn: async ({ signal }) => (await call(collaborationApi.todoCount, { signal })).total,
    refetchInterval: COUNT_MS,
  }),
  document: (params: DocumentKey) =>
    queryOptions({
      queryKey: ['collaboration', 'document', params.entity, params.recordId],
      queryFn: ({ signal }) => call(collaborationApi.document, { params, signal }),
      staleTime: 60_000,
      retry: false,
    }),
  entries: (params: DocumentKey, kind: Entry['kind'] | undefined) =>
    infiniteQueryOptions({
      queryKey: ['collaboration', 'entries', params.entity, params.recordId, kind],
      queryFn: ({ pageParam, signal }) =>
        call(collaborationApi.entries, { params, query: { limit: PAGE, kind, ...(pageParam ? { cursor: pageParam } : {}) }, signal }),
      initialPageParam: '',
      getNextPageParam: (page) => page.nextCursor ?? undefined,
      refetchInterval: COUNT_MS,
    }),
}
