import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { Link, useNavigate } from 'react-router'
import { call, errorText } from '#ui/api.ts'
import { nowMs } from '#ui/clock.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { formatDateTime } from '#ui/format.ts'
import { useWords, type Words } from '#ui/i18n.ts'
import { Page, StatusTag } from '#ui/page.tsx'
import { type Message, notificationsApi } from '../contract.ts'
import { messageText, notificationQueries, senderText } from './queries.ts'
import './notifications.css'

/** One's own inbox. */
export function Component() {
  const t = useWords('notifications')
  const navigate = useNavigate()
  const { data } = useQuery(notificationQueries.unread)
  const read = useRead()
  const open = (message: Message) => {
    if (message.readAt === null) read(message)
    void navigate(message.path)
  }
  return (
    <Page title={t('name')} subtitle={t('subtitle')} actions={<Actions unread={data?.unread ?? 0} />}>
      <DataTable<Message>
        name="notifications"
        label={t('name')}
        queryKey={['notifications', 'messages']}
        rowKey={(message) => message.id}
        pageQuery={(query, signal) => call(notificationsApi.messages, { query: query as never, signal })}
        defaultSort="-toldAt"
        searchable={false}
        columns={columnsOf(t, open)}
        filters={[
          {
            key: 'unread',
            label: t('state'),
            options: [
              { value: 'true', label: t('states.unread') },
              { value: 'false', label: t('states.read') },
            ],
          },
          { key: 'from', label: t('kind'), options: (data?.senders ?? []).map((value) => ({ value, label: t(`${value}:name`) })) },
        ]}
        onOpen={open}
        refreshMs={30_000}
        empty={{ text: t('empty') }}
      />
    </Page>
  )
}

function useRead(): (message: Message) => void {
  const client = useQueryClient()
  const { mutate } = useMutation({
    mutationFn: (message: Message) => call(notificationsApi.markRead, { params: { id: message.id } }),
    onSettled: () => client.invalidateQueries({ queryKey: ['notifications'] }),
  })
  return mutate
}

function Actions({ unread }: { unread: number }) {
  const t = useWords('notifications')
  const client = useQueryClient()
  const { message } = App.useApp()
  const told = {
    onSettled: () => client.invalidateQueries({ queryKey: ['notifications'] }),
    onError: (error: unknown) => void message.error(errorText(error, t)),
  }
  const markAll = useMutation({
    mutationFn: () => call(notificationsApi.markAllRead, { body: { until: new Date(nowMs()).toISOString() } }),
    onSuccess: () => void message.success(t('marked')),
    ...told,
  })
  const test = useMutation({ mutationFn: () => call(notificationsApi.sendTest), ...told })
  return (
    <>
      <Link to="/notifications/settings">
        <Button>{t('settings.title')}</Button>
      </Link>
      <Button onClick={() => test.mutate()} loading={test.isPending}>
        {t('sendTest')}
      </Button>
      <Button type="primary" disabled={unread === 0} onClick={() => markAll.mutate()} loading={markAll.isPending}>
        {t('markAll')}
      </Button>
    </>
  )
}

function columnsOf(t: Words, open: (message: Message) => void): Column<Message>[] {
  return [
    {
      key: 'message',
      title: t('message'),
      primary: true,
      render: (message) => (
        <Link
          to={message.path}
          className={message.readAt === null ? 'notifications-unread' : undefined}
          onClick={(event) => {
            event.preventDefault()
            event.stopPropagation()
            open(message)
          }}
        >
          {messageText(message, t)}
          {message.times > 1 && <span className="ls-quiet"> {t('times', { n: message.times })}</span>}
        </Link>
      ),
      text: (message) => messageText(message, t),
    },
    {
      key: 'from',
      title: t('kind'),
      width: 140,
      render: (message) => senderText(message.kind, t),
      text: (message) => senderText(message.kind, t),
    },
    {
      key: 'state',
      title: t('state'),
      width: 110,
      render: ({ readAt }) => (
        <StatusTag tone={readAt === null ? 'info' : 'neutral'}>{t(readAt === null ? 'states.unread' : 'states.read')}</StatusTag>
      ),
      text: ({ readAt }) => t(readAt === null ? 'states.unread' : 'states.read'),
    },
    {
      key: 'toldAt',
      title: t('toldAt'),
      sort: 'toldAt',
      width: 160,
      render: (m) => formatDateTime(m.toldAt),
      text: (m) => formatDateTime(m.toldAt),
    },
  ]
}
