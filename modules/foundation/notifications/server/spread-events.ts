import { backgroundContext } from '#kernel/context.ts'
import type { Delivered, Subscription } from '#kernel/outbox-reader.ts'
import { opaque } from '#kernel/postgres.ts'
import type { OrgId } from '#values/ids.ts'
import { audienceContext } from './audience.ts'
import type { Parts } from './parts.ts'
import { robotBody } from './robot-rules.ts'
import { robotText } from './robot-text.ts'
import { enqueueDelivery, insertDelivery, webhooksFor } from './webhook-store.ts'

/** What a webhook can be told of: the events of documents, and those that people are told of. */
export const subscribableEvents = ({ notices, documents }: Pick<Parts, 'notices' | 'documents'>): string[] =>
  [
    ...new Set([...documents().flatMap((document) => document.events.map(({ event }) => event)), ...notices().map(({ event }) => event)]),
  ].sort()

/** Those that a robot has a sentence for. */
export const robotEvents = ({ notices }: Pick<Parts, 'notices'>): string[] => [...new Set(notices().map(({ event }) => event))].sort()

/** Each such event becomes one message to every webhook of its parties that asked for it. */
export const spreadEvents = (parts: Parts): Subscription[] =>
  subscribableEvents(parts).map((event) => ({
    name: `notifications.webhooks.${event}`,
    event,
    handle: async (delivered) => {
      for (const orgId of await audienceOf(parts, delivered)) await spread(parts, orgId, delivered)
    },
  }))

/** Who acted, the parties of the document, and whose people are told. */
async function audienceOf({ db, notices, documents, organisations, clock }: Parts, event: Delivered<unknown>): Promise<Set<OrgId>> {
  const told = notices().filter((notice) => notice.event === event.name)
  const audience = new Set([event.orgId, ...told.flatMap((notice) => notice.recipient(event.payload) ?? [])])
  const scope = await organisations.facts(event.orgId)
  if (!scope) return audience
  const ctx = backgroundContext(scope, event.actor, event.trace, clock.now())
  for (const kind of documents()) {
    const of = kind.events.find((one) => one.event === event.name)
    if (!of) continue
    const id = of.id(event.payload)
    const facts = await db.inTenant(ctx, (tx) => kind.describe(ctx, opaque(tx), [id]))
    for (const party of facts.get(id)?.parties ?? []) audience.add(party)
  }
  return audience
}

async function spread(parts: Parts, orgId: OrgId, event: Delivered<unknown>): Promise<void> {
  const ctx = await audienceContext(parts, orgId, event)
  if (!ctx) return
  await parts.db.inTenant(ctx, async (tx) => {
    // The payload of an event is ids: who wants more asks for it by the API, with his own rights.
    const facts = JSON.stringify({ type: event.name, timestamp: event.occurredAt, data: event.payload })
    const webhooks = await webhooksFor(tx, event.name)
    const text = webhooks.some(({ channel }) => channel !== 'standard') ? await robotText(parts, ctx, tx, event) : undefined
    for (const { id, channel } of webhooks) {
      const body = channel === 'standard' ? facts : text && robotBody(channel, text)
      if (body === undefined) continue
      const row = { webhook_id: id, event: event.name, event_id: event.id, body, created_at: ctx.now, next_at: ctx.now }
      const made = await insertDelivery(tx, row)
      if (made) await enqueueDelivery(tx, made, null)
    }
  })
}
