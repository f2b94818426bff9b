import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Form, Input, Select } from 'antd'
import { call } from '#ui/api.ts'
import { EditDrawer } from '#ui/form.tsx'
import { useWords } from '#ui/i18n.ts'
import { robotChannels, robotUrlExamples, signingChannels } from '../robot-channels.ts'
import { type Webhook, webhookApi } from '../webhook-contract.ts'
import { notificationQueries } from './queries.ts'
import { eventText } from './webhook-words.tsx'

interface Values {
  channel: Webhook['channel']
  note: string
  url: string
  sign?: string
  events: string[]
}

/** `webhook` undefined: a new one. */
export function WebhookForm(props: { open: boolean; webhook?: Webhook; onClose: () => void; onSecret: (secret: string) => void }) {
  const { webhook } = props
  const t = useWords('notifications')
  const client = useQueryClient()
  const [form] = Form.useForm<Values>()
  const channel = Form.useWatch('channel', form) ?? webhook?.channel ?? 'standard'
  const known = useQuery(notificationQueries.webhookEvents)
  const events = channel === 'standard' ? known.data?.events : known.data?.robotEvents
  const refresh = () => client.invalidateQueries({ queryKey: notificationQueries.webhooks.queryKey })
  const submit = async (values: Values) => {
    const body = {
      note: values.note ?? '',
      url: values.url.trim(),
      events: values.events,
      // Left empty it stays as it is.
      ...(values.sign ? { sign: values.sign } : {}),
    }
    if (webhook)
      await call(webhookApi.updateWebhook, {
        params: { id: webhook.id },
        body: { ...body, version: webhook.version, active: webhook.active },
      })
    else {
      const { secret } = await call(webhookApi.createWebhook, { body: { ...body, channel: values.channel } })
      if (secret !== null) props.onSecret(secret)
    }
    await refresh()
  }
  return (
    <EditDrawer<Values>
      open={props.open}
      form={form}
      title={t(webhook ? 'webhooks.edit' : 'webhooks.add')}
      initialValues={webhook ?? { channel: 'standard' }}
      onClose={props.onClose}
      onSubmit={submit}
      onReload={() => void refresh()}
      fieldOfCode={{ 'request.targetNotAllowed': ['url'], 'request.targetUnknown': ['url'], 'notifications.unknownEvent': ['events'] }}
    >
      <Form.Item name="channel" label={t('webhooks.channel')} extra={t(`webhooks.channelHints.${channel}`)}>
        <Select
          disabled={webhook !== undefined}
          options={['standard', ...robotChannels].map((value) => ({ value, label: t(`webhooks.channels.${value}`) }))}
        />
      </Form.Item>
      <Form.Item
        name="note"
        label={t('webhooks.note')}
        extra={t(channel === 'standard' ? 'webhooks.noteExample' : 'webhooks.robotNoteExample')}
      >
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item
        name="url"
        label={t('webhooks.url')}
        extra={channel === 'standard' ? t('webhooks.urlExample') : t('webhooks.robotUrlExample', { url: robotUrlExamples[channel] })}
        rules={[{ required: true, pattern: /^\s*https:\/\/\S+\s*$/, message: t('webhooks.urlInvalid') }]}
      >
        <Input type="url" maxLength={500} />
      </Form.Item>
      {signingChannels.includes(channel) && (
        <Form.Item name="sign" label={t('webhooks.sign')} extra={t(webhook ? 'webhooks.signKept' : 'webhooks.signHint')}>
          <Input.Password maxLength={200} autoComplete="new-password" />
        </Form.Item>
      )}
      <Form.Item name="events" label={t('webhooks.events')} rules={[{ required: true }]}>
        <Select
          mode="multiple"
          optionFilterProp="label"
          options={['*', ...(events ?? [])].map((value) => ({ value, label: eventText(value, t) }))}
        />
      </Form.Item>
    </EditDrawer>
  )
}
