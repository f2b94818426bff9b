import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { App } from 'antd'
import { call, errorText } from '#ui/api.ts'
import { useWords, type Words } from '#ui/i18n.ts'
import { notificationsApi } from '../contract.ts'
import { type MailSettings, mailApi } from '../mail-contract.ts'
import { webhookApi } from '../webhook-contract.ts'

const COUNT_MS = 30_000

export const notificationQueries = {
  unread: queryOptions({
    queryKey: ['notifications', 'unread'],
    queryFn: ({ signal }) => call(notificationsApi.unread, { signal }),
    refetchInterval: COUNT_MS,
    refetchOnWindowFocus: true,
  }),
  settings: queryOptions({
    queryKey: ['notifications', 'settings'],
    queryFn: ({ signal }) => call(mailApi.settings, { signal }),
  }),
  webhooks: queryOptions({
    queryKey: ['notifications', 'webhooks'],
    queryFn: async ({ signal }) => (await call(webhookApi.webhooks, { signal })).webhooks,
  }),
  webhookEvents: queryOptions({
    queryKey: ['notifications', 'webhookEvents'],
    queryFn: ({ signal }) => call(webhookApi.webhookEvents, { signal }),
  }),
}

/** What the server answered is what the page shows. */
export function usePutMailSettings(): (settings: MailSettings) => void {
  const client = useQueryClient()
  return (settings) => {
    client.setQueryData(notificationQueries.settings.queryKey, settings)
    void client.invalidateQueries({ queryKey: ['notifications', 'mails'] })
  }
}

export function useMailSettings<Change>(change: (values: Change) => Promise<MailSettings>) {
  const t = useWords('notifications')
  const client = useQueryClient()
  const { message } = App.useApp()
  return useMutation({
    mutationFn: change,
    onSuccess: usePutMailSettings(),
    onError: (error) => {
      void message.error(errorText(error, t))
      void client.invalidateQueries({ queryKey: notificationQueries.settings.queryKey })
    },
  })
}

/** What a message says, in the words of the module that told it. */
export function messageText({ kind, values }: { kind: string; values: Record<string, string> }, t: Words): string {
  const [module = '', name = ''] = kind.split('.')
  return t(`${module}:notices.${name}`, values)
}

/** The module that tells it, as its pages call it. */
export const senderText = (kind: string, t: Words): string => t(`${kind.split('.')[0]}:name`)
