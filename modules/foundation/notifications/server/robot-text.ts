import { backgroundContext, type Context } from '#kernel/context.ts'
import type { Notice } from '#kernel/notices.ts'
import type { Delivered } from '#kernel/outbox-reader.ts'
import { opaque } from '#kernel/postgres.ts'
import type { OrgId } from '#values/ids.ts'
import { messageText } from './mail-text.ts'
import type { Parts } from './parts.ts'
import type { NotificationsTx } from './tables.ts'

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

/** What this organisation's people are told of an event, in Chinese and with a link; undefined where it is nothing. */
export async function robotText(parts: Parts, ctx: Context, tx: NotificationsTx, event: Delivered<unknown>): Promise<string | undefined> {
  const told = parts.notices().filter((notice) => notice.event === event.name && notice.recipient(event.payload) === ctx.orgId)
  const texts = new Set<string>()
  for (const notice of told) {
    const facts = await noticeValues(parts, tx, notice, event)
    texts.add(lineOf(parts, messageText(parts.translate, 'zh-CN', { kind: notice.kind, facts, path: '' }), notice.path(event.payload)))
  }
  return texts.size === 0 ? undefined : [...texts].join('\n')
}

/** DingTalk and Feishu may be set to take only what has a word in it: the product's name always is. */
export function lineOf({ translate, publicUrl }: Pick<Parts, 'translate' | 'publicUrl'>, text: string, path: string): string {
  const product = translate('zh-CN', 'notifications.mail.product') ?? ''
  const head = `【${product}】${text}`
  return publicUrl ? `${head}\n${new URL(path, publicUrl).href}` : head
}

/** In the name of whoever made the event, for one of those who are told. */
export async function audienceContext(parts: Pick<Parts, 'organisations' | 'clock'>, orgId: OrgId, event: Delivered<unknown>) {
  const organisation = await parts.organisations.facts(orgId)
  return organisation?.active ? backgroundContext(organisation, event.actor, event.trace, parts.clock.now()) : undefined
}
