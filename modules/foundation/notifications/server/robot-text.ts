import type { Context } from '#kernel/context.ts'
import type { Delivered } from '#kernel/outbox-reader.ts'
import { noticeValues } from './audience.ts'
import { messageText } from './mail-text.ts'
import type { Parts } from './parts.ts'
import type { NotificationsTx } from './tables.ts'

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
