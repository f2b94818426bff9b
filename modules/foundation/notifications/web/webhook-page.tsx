import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Space } from 'antd'
import { useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import { call, errorText } from '#ui/api.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { formatDateTime, formatNumber } from '#ui/format.ts'
import { useWords, type Words } from '#ui/i18n.ts'
import { DetailGrid, Loaded, NotFoundPage, Page, Section, StatusTag } from '#ui/page.tsx'
import { OLD_SECRET_HOURS, type Webhook, type WebhookDelivery, webhookApi } from '../webhook-contract.ts'
import { notificationQueries } from './queries.ts'
import { SecretShown } from './secret-shown.tsx'
import { WebhookForm } from './webhook-form.tsx'
import { eventText, WebhookState } from './webhook-words.tsx'
import './notifications.css'

/** One webhook: where to, of what, and what became of each message. */
export function Component() {
  const { id = '' } = useParams()
  const query = useQuery(notificationQueries.webhooks)
  return (
    <Loaded query={query}>
      {(webhooks) => {
        const webhook = webhooks.find((one) => one.id === id)
        return webhook ? <WebhookPage webhook={webhook} /> : <NotFoundPage />
      }}
    </Loaded>
  )
}

function WebhookPage({ webhook }: { webhook: Webhook }) {
  const t = useWords('notifications')
  return (
    <Page
      title={webhook.note || new URL(webhook.url).hostname}
      breadcrumbs={[{ label: t('webhooks.title'), path: '/notifications/webhooks' }]}
      tags={<WebhookState webhook={webhook} />}
      actions={<Actions webhook={webhook} />}
    >
      <Section>
        <DetailGrid
          columns={2}
          items={[
            { label: t('webhooks.channel'), value: t(`webhooks.channels.${webhook.channel}`), wide: true },
            { label: t('webhooks.url'), value: <span className="notifications-url">{webhook.url}</span>, wide: true },
            {
              label: t('webhooks.events'),
              value: webhook.events.map((event) => eventText(event, t)).join(t('ui:listSeparator')),
              wide: true,
            },
            { label: t('webhooks.createdAt'), value: formatDateTime(webhook.createdAt) },
            webhook.oldSecretUntil !== null && {
              label: t('webhooks.secret'),
              value: t('webhooks.oldSecretUntil', { at: formatDateTime(webhook.oldSecretUntil) }),
            },
          ]}
        />
      </Section>
      <Deliveries webhook={webhook} />
    </Page>
  )
}

function Actions({ webhook }: { webhook: Webhook }) {
  const t = useWords('notifications')
  const client = useQueryClient()
  const navigate = useNavigate()
  const { modal, message } = App.useApp()
  const [editing, setEditing] = useState(false)
  const [secret, setSecret] = useState<string>()
  const params = { id: webhook.id }
  const settled = {
    onSettled: () => client.invalidateQueries({ queryKey: ['notifications', 'webhooks'] }),
    onError: (error: unknown) => void message.error(errorText(error, t)),
  }
  const test = useMutation({
    mutationFn: () => call(webhookApi.testWebhook, { params }),
    onSuccess: () => void message.success(t('webhooks.testQueued')),
    ...settled,
  })
  const toggle = useMutation({
    mutationFn: () => {
      const { url, note, events, version, active } = webhook
      return call(webhookApi.updateWebhook, { params, body: { url, note, events, version, active: !active } })
    },
    ...settled,
  })
  const rotate = useMutation({
    mutationFn: () => call(webhookApi.rotateSecret, { params, body: { version: webhook.version } }),
    onSuccess: (made) => setSecret(made.secret ?? undefined),
    ...settled,
  })
  const remove = useMutation({
    mutationFn: () => call(webhookApi.deleteWebhook, { params }),
    onSuccess: () => void navigate('/notifications/webhooks'),
    ...settled,
  })
  const ask = (what: 'pause' | 'rotate' | 'delete', act: () => Promise<unknown>) =>
    modal.confirm({
      title: t(`webhooks.${what}Title`),
      content: t(`webhooks.${what}Text`, { hours: OLD_SECRET_HOURS }),
      okText: t(`webhooks.${what}`),
      okButtonProps: { danger: what !== 'rotate' },
      onOk: () => act().catch(() => undefined),
    })
  return (
    <Space wrap>
      <Button type="primary" disabled={!webhook.active} loading={test.isPending} onClick={() => test.mutate()}>
        {t('webhooks.test')}
      </Button>
      <Button onClick={() => setEditing(true)}>{t('webhooks.edit')}</Button>
      {webhook.channel === 'standard' && <Button onClick={() => ask('rotate', () => rotate.mutateAsync())}>{t('webhooks.rotate')}</Button>}
      {webhook.active ? (
        <Button onClick={() => ask('pause', () => toggle.mutateAsync())}>{t('webhooks.pause')}</Button>
      ) : (
        <Button loading={toggle.isPending} onClick={() => toggle.mutate()}>
          {t('webhooks.resume')}
        </Button>
      )}
      <Button danger onClick={() => ask('delete', () => remove.mutateAsync())}>
        {t('webhooks.delete')}
      </Button>
      <WebhookForm open={editing} webhook={webhook} onClose={() => setEditing(false)} onSecret={setSecret} />
      <SecretShown secret={secret} onClose={() => setSecret(undefined)} />
    </Space>
  )
}

const tones = { waiting: 'info', delivered: 'good', failed: 'bad' } as const
const REFRESH_MS = 5_000

function Deliveries({ webhook }: { webhook: Webhook }) {
  const t = useWords('notifications')
  const client = useQueryClient()
  const { message, modal } = App.useApp()
  const resend = useMutation({
    mutationFn: (delivery: WebhookDelivery) => call(webhookApi.resendDelivery, { params: { id: delivery.id } }),
    onSuccess: () => void message.success(t('webhooks.resent')),
    onError: (error) => void message.error(errorText(error, t)),
    onSettled: () => client.invalidateQueries({ queryKey: ['notifications', 'webhooks'] }),
  })
  const show = (delivery: WebhookDelivery) =>
    modal.info({ title: t('webhooks.body'), width: 640, content: <pre className="notifications-body">{pretty(delivery.body)}</pre> })
  return (
    <Section title={t('webhooks.deliveries')} flush>
      <DataTable<WebhookDelivery>
        name="webhook-deliveries"
        label={t('webhooks.deliveries')}
        queryKey={['notifications', 'webhooks', webhook.id, 'deliveries']}
        rowKey={(delivery) => delivery.id}
        pageQuery={(query, signal) => call(webhookApi.webhookDeliveries, { params: { id: webhook.id }, query: query as never, signal })}
        defaultSort="-createdAt"
        searchable={false}
        refreshMs={REFRESH_MS}
        onOpen={show}
        columns={columnsOf(t, webhook, (delivery) => resend.mutate(delivery))}
        filters={[
          {
            key: 'state',
            label: t('webhooks.deliveryState'),
            options: (['waiting', 'delivered', 'failed'] as const).map((value) => ({ value, label: t(`webhooks.states.${value}`) })),
          },
        ]}
        empty={{ text: t('webhooks.deliveriesEmpty') }}
      />
    </Section>
  )
}

const pretty = (body: string): string => JSON.stringify(JSON.parse(body), null, 2)

const answerText = ({ lastStatus, reason }: WebhookDelivery, t: Words): string => {
  if (reason !== null) return reasonText(reason, t)
  return lastStatus === null ? '' : `HTTP ${lastStatus}`
}

function columnsOf(t: Words, webhook: Webhook, resend: (delivery: WebhookDelivery) => void): Column<WebhookDelivery>[] {
  return [
    { key: 'event', title: t('webhooks.event'), primary: true, render: (delivery) => eventText(delivery.event, t) },
    {
      key: 'state',
      title: t('webhooks.deliveryState'),
      width: 130,
      render: ({ state }) => <StatusTag tone={tones[state]}>{t(`webhooks.states.${state}`)}</StatusTag>,
      text: ({ state }) => t(`webhooks.states.${state}`),
    },
    { key: 'answer', title: t('webhooks.lastStatus'), width: 150, render: (delivery) => answerText(delivery, t) },
    { key: 'attempts', title: t('webhooks.attempts'), width: 80, align: 'right', render: ({ attempts }) => formatNumber(attempts) },
    { key: 'nextAt', title: t('webhooks.nextAt'), width: 160, render: ({ nextAt }) => formatDateTime(nextAt) },
    {
      key: 'createdAt',
      title: t('webhooks.createdAt'),
      sort: 'createdAt',
      width: 160,
      render: ({ createdAt }) => formatDateTime(createdAt),
    },
    {
      key: 'actions',
      title: '',
      width: 90,
      actions: true,
      render: (delivery) =>
        delivery.state !== 'waiting' &&
        webhook.active && (
          <Button
            size="small"
            onClick={(event) => {
              event.stopPropagation()
              resend(delivery)
            }}
          >
            {t('webhooks.resend')}
          </Button>
        ),
    },
  ]
}

const reasonText = (reason: string, t: Words): string =>
  reason.startsWith('robot.')
    ? t('webhooks.reasons.robot', { code: reason.slice('robot.'.length) })
    : t(`webhooks.reasons.${reason}`, { defaultValue: t('webhooks.reasons.error') })
