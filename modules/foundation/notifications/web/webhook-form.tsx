import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Form, Input, Select } from 'antd'
import { call } from '#ui/api.ts'
import { EditDrawer } from '#ui/form.tsx'
import { useWords } from '#ui/i18n.ts'
import { type Webhook, webhookApi } from '../webhook-contract.ts'
import { notificationQueries } from './queries.ts'
import { eventText } from './webhook-words.tsx'

interface Values {
  note: string
  url: string
  events: string[]
}

/** `webhook` undefined: a new one. */
export function WebhookForm(props: { open: boolean; webhook?: Webhook; onClose: () => void; onSecret: (secret: string) => void }) {
  const { webhook } = props
  const t = useWords('notifications')
  const client = useQueryClient()
  const events = useQuery(notificationQueries.webhookEvents)
  const refresh = () => client.invalidateQueries({ queryKey: notificationQueries.webhooks.queryKey })
  const submit = async (values: Values) => {
    const body = { note: values.note ?? '', url: values.url.trim(), events: values.events }
    if (webhook)
      await call(webhookApi.updateWebhook, {
        params: { id: webhook.id },
        body: { ...body, version: webhook.version, active: webhook.active },
      })
    else props.onSecret((await call(webhookApi.createWebhook, { body })).secret)
    await refresh()
  }
  return (
    <EditDrawer<Values>
      open={props.open}
      title={t(webhook ? 'webhooks.edit' : 'webhooks.add')}
      {...(webhook ? { initialValues: webhook } : {})}
      onClose={props.onClose}
      onSubmit={submit}
      onReload={() => void refresh()}
      fieldOfCode={{ 'request.targetNotAllowed': ['url'], 'request.targetUnknown': ['url'], 'notifications.unknownEvent': ['events'] }}
    >
      <Form.Item name="note" label={t('webhooks.note')} extra={t('webhooks.noteExample')}>
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item
        name="url"
        label={t('webhooks.url')}
        extra={t('webhooks.urlExample')}
        rules={[{ required: true, pattern: /^\s*https:\/\/\S+\s*$/, message: t('webhooks.urlInvalid') }]}
      >
        <Input type="url" maxLength={500} />
      </Form.Item>
      <Form.Item name="events" label={t('webhooks.events')} rules={[{ required: true }]}>
        <Select
          mode="multiple"
          optionFilterProp="label"
          options={['*', ...(events.data ?? [])].map((value) => ({ value, label: eventText(value, t) }))}
        />
      </Form.Item>
    </EditDrawer>
  )
}
