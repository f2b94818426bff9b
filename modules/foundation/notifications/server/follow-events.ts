import type { Notice } from '#kernel/notices.ts'
import type { Delivered, Subscription } from '#kernel/outbox-reader.ts'
import { audienceContext, noticeValues } from './audience.ts'
import { notify } from './notify.ts'
import type { Parts } from './parts.ts'

/** One reaction per event that any module's notice names. */
export function followEvents(parts: Telling, notices: readonly Notice[]): Subscription[] {
  const byEvent = Map.groupBy(notices, (notice) => notice.event)
  return [...byEvent].map(([event, ofEvent]) => ({
    name: `notifications.${event}`,
    event,
    handle: async (delivered) => {
      for (const notice of ofEvent) await tell(parts, notice, delivered)
    },
  }))
}

type Telling = Pick<Parts, 'db' | 'access' | 'organisations' | 'clock' | 'mailer' | 'sms'>

async function tell(parts: Telling, notice: Notice, event: Delivered<unknown>): Promise<void> {
  const orgId = notice.recipient(event.payload)
  const ctx = orgId && (await audienceContext(parts, orgId, event))
  if (!ctx) return
  await parts.db.inTenant(ctx, async (tx) => {
    const values = await noticeValues(parts, tx, notice, event)
    const news = {
      kind: notice.kind,
      to: { permission: notice.permission },
      values,
      path: notice.path(event.payload),
      key: event.key,
      eventId: event.id,
    }
    await notify(tx, ctx, parts, news)
  })
}
