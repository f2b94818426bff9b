import { queryOptions } from '@tanstack/react-query'
import { call } from '#ui/api.ts'
import type { Words } from '#ui/i18n.ts'
import { notificationsApi } from '../contract.ts'

const COUNT_MS = 30_000

export const notificationQueries = {
  unread: queryOptions({
    queryKey: ['notifications', 'unread'],
    queryFn: ({ signal }) => call(notificationsApi.unread, { signal }),
    refetchInterval: COUNT_MS,
    refetchOnWindowFocus: true,
  }),
}

/** What a message says, in the words of the module that told it. */
export function messageText({ kind, values }: { kind: string; values: Record<string, string> }, t: Words): string {
  const [module = '', name = ''] = kind.split('.')
  return t(`${module}:notices.${name}`, values)
}

/** The module that tells it, as its pages call it. */
export const senderText = (kind: string, t: Words): string => t(`${kind.split('.')[0]}:name`)
