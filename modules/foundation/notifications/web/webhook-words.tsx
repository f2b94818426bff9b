import { useWords, type Words } from '#ui/i18n.ts'
import { StatusTag } from '#ui/page.tsx'
import type { Webhook } from '../webhook-contract.ts'

/** In the words of its module where it has some; the name itself is what the receiving program sees. */
export function eventText(event: string, t: Words): string {
  if (event === '*') return t('webhooks.allEvents')
  const [module = '', name = ''] = event.split('.')
  const words = t(`${module}:timeline.${name}`, { defaultValue: t(`webhooks.eventNames.${module}_${name}`, { defaultValue: '' }) })
  return words === '' ? event : `${words} · ${event}`
}

export function WebhookState({ webhook }: { webhook: Pick<Webhook, 'active' | 'stopped'> }) {
  const t = useWords('notifications')
  if (webhook.active) return <StatusTag tone="good">{t('webhooks.active')}</StatusTag>
  return (
    <StatusTag tone={webhook.stopped ? 'bad' : 'neutral'}>
      {webhook.stopped ? t(`webhooks.stoppedBy.${webhook.stopped}`) : t('webhooks.paused')}
    </StatusTag>
  )
}
