import { backgroundContext } from '#kernel/context.ts'
import type { Notice } from '#kernel/notices.ts'
import type { Delivered } from '#kernel/outbox-reader.ts'
import { opaque } from '#kernel/postgres.ts'
import type { OrgId } from '#values/ids.ts'
import type { Parts } from './parts.ts'
import type { NotificationsTx } from './tables.ts'

/** In the name of whoever made the event, for one of those who are told. */
export async function audienceContext(parts: Pick<Parts, 'organisations' | 'clock'>, orgId: OrgId, event: Delivered<unknown>) {
  const organisation = await parts.organisations.facts(orgId)
  return organisation?.active ? backgroundContext(organisation, event.actor, event.trace, parts.clock.now()) : undefined
}

/** What a notice says: the partner by its name, and what the event gives. */
export async function noticeValues(
  { organisations }: Pick<Parts, 'organisations'>,
  tx: NotificationsTx,
  notice: Notice,
  event: Delivered<unknown>,
): Promise<Record<string, string>> {
  const partnerId = notice.partner?.(event.payload)
  const partner = partnerId && (await organisations.labels(opaque(tx), [partnerId])).get(partnerId)?.name
  return { ...(partner ? { partner } : {}), ...notice.values(event.payload) }
}
