import { PlusOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useState } from 'react'
import { call } from '#ui/api.ts'
import { DataTable } from '#ui/data-table.tsx'
import { formatDateTime } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { localPage } from '#ui/local-page.ts'
import { Page } from '#ui/page.tsx'
import { type Webhook, webhookApi } from '../webhook-contract.ts'
import { notificationQueries } from './queries.ts'
import { SecretShown } from './secret-shown.tsx'
import { WebhookForm } from './webhook-form.tsx'
import { eventText, WebhookState } from './webhook-words.tsx'
import './notifications.css'

/** Where the organisation's own systems hear of events. */
export function Component() {
  const t = useWords('notifications')
  const [adding, setAdding] = useState(false)
  const [secret, setSecret] = useState<string>()
  const add = (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setAdding(true)}>
      {t('webhooks.add')}
    </Button>
  )
  const events = (webhook: Webhook) => webhook.events.map((event) => eventText(event, t)).join(t('ui:listSeparator'))
  return (
    <Page title={t('webhooks.title')} subtitle={t('webhooks.subtitle')} actions={add}>
      <DataTable<Webhook>
        name="webhooks"
        label={t('webhooks.title')}
        queryKey={notificationQueries.webhooks.queryKey}
        rowKey={(webhook) => webhook.id}
        pageQuery={async (query, signal) =>
          localPage((await call(webhookApi.webhooks, { signal })).webhooks, query, {
            text: (webhook) => `${webhook.note} ${webhook.url} ${events(webhook)}`,
            sorts: { note: (webhook) => webhook.note, createdAt: (webhook) => webhook.createdAt },
          })
        }
        defaultSort="-createdAt"
        columns={[
          {
            key: 'note',
            title: t('webhooks.note'),
            sort: 'note',
            primary: true,
            render: (webhook) => webhook.note || new URL(webhook.url).hostname,
          },
          {
            key: 'channel',
            title: t('webhooks.channel'),
            render: (webhook) => t(`webhooks.channels.${webhook.channel}`),
            text: (webhook) => t(`webhooks.channels.${webhook.channel}`),
          },
          { key: 'url', title: t('webhooks.url'), render: (webhook) => webhook.url },
          { key: 'events', title: t('webhooks.events'), render: events },
          {
            key: 'state',
            title: t('webhooks.state'),
            render: (webhook) => <WebhookState webhook={webhook} />,
            text: (w) => t(w.active ? 'webhooks.active' : 'webhooks.paused'),
          },
          {
            key: 'createdAt',
            title: t('webhooks.createdAt'),
            sort: 'createdAt',
            width: 160,
            render: (webhook) => formatDateTime(webhook.createdAt),
          },
        ]}
        rowHref={(webhook) => `/notifications/webhooks/${webhook.id}`}
        empty={{ text: t('webhooks.empty'), action: add }}
      />
      <WebhookForm open={adding} onClose={() => setAdding(false)} onSecret={setSecret} />
      <SecretShown secret={secret} onClose={() => setSecret(undefined)} />
    </Page>
  )
}
