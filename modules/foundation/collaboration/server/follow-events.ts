import type { z } from 'zod'
import { backgroundContext } from '#kernel/context.ts'
import type { DocumentKind } from '#kernel/documents.ts'
import type { Delivered, Subscription } from '#kernel/outbox-reader.ts'
import { opaque } from '#kernel/postgres.ts'
import { PersonId } from '#modules/foundation/access/contract.ts'
import { collaborationEvents } from '../contract.ts'
import { insertCopies, insertEntry, writersOf, writtenForAll } from './entry-store.ts'
import { pathOf, titleOf } from './open-document.ts'
import type { Parts } from './parts.ts'

type Told = z.infer<typeof collaborationEvents.told.payload>

/** The timeline from the documents' own events, and news to the other party of what was written for it. */
export function followEvents(parts: Parts): Subscription[] {
  const timeline = parts.documents().flatMap((kind) =>
    kind.events.map(
      ({ event, id }): Subscription => ({
        name: `collaboration.${event}`,
        event,
        handle: (delivered) => record(parts, kind, id(delivered.payload), delivered),
      }),
    ),
  )
  const told: Subscription = {
    name: 'collaboration.tellPartner',
    event: collaborationEvents.told.name,
    handle: (delivered: Delivered<Told>) => tellPartner(parts, delivered),
  }
  const inherited = parts.documents().flatMap((kind): Subscription[] => {
    const { copyOf } = kind
    if (!copyOf) return []
    return [
      { name: `collaboration.copy.${copyOf.event}`, event: copyOf.event, handle: (delivered) => inherit(parts, kind, copyOf, delivered) },
    ]
  })
  return [...timeline, ...inherited, told]
}

/** One row that both parties see, written in the name of who acted. */
async function record(parts: Parts, kind: DocumentKind, recordId: string, event: Delivered<unknown>): Promise<void> {
  const scope = await parts.organisations.facts(event.orgId)
  if (!scope) return
  const ctx = backgroundContext(scope, event.actor, event.trace, parts.clock.now())
  await parts.db.inTenant(ctx, async (tx) => {
    const facts = (await kind.describe(ctx, opaque(tx), [recordId])).get(recordId)
    if (!facts) return
    const partner = facts.parties.find((party) => party !== event.orgId) ?? null
    const said = { kind: 'event' as const, partner_org: partner, event: event.name, event_id: event.id }
    await insertEntry(tx, ctx, { entity: kind.entity, recordId }, said, new Date(event.occurredAt))
  })
}

/** What was written for all before this copy was made stands on it from now on; that it was made is news of its own. */
async function inherit(
  parts: Parts,
  kind: DocumentKind,
  { event: name, entity, id }: NonNullable<DocumentKind['copyOf']>,
  event: Delivered<unknown>,
): Promise<void> {
  const scope = await parts.organisations.facts(event.orgId)
  const copyId = kind.events.find((one) => one.event === name)?.id(event.payload)
  if (!scope || copyId === undefined) return
  const ctx = backgroundContext(scope, event.actor, event.trace, parts.clock.now())
  await parts.db.inTenant(ctx, async (tx) => {
    const facts = (await kind.describe(ctx, opaque(tx), [copyId])).get(copyId)
    const holder = facts?.parties.find((party) => party !== event.orgId)
    if (!holder) return
    const originals = await writtenForAll(tx, { entity, recordId: id(event.payload) })
    const at = new Date(event.occurredAt)
    await insertCopies(
      tx,
      originals.map((of) => ({ of, copy: { entity: kind.entity, id: copyId, holder }, at })),
    )
  })
}

/** Those who have written on it themselves; nobody yet: those who answer for such documents. */
async function tellPartner(parts: Parts, event: Delivered<Told>): Promise<void> {
  const { entity, recordId, authorOrg, partnerOrg } = event.payload
  const kind = parts.documents().find((one) => one.entity === entity)
  const organisation = await parts.organisations.facts(partnerOrg)
  if (!kind || !organisation?.active) return
  const ctx = backgroundContext(organisation, event.actor, event.trace, parts.clock.now())
  await parts.db.inTenant(ctx, async (tx) => {
    const facts = (await kind.describe(ctx, opaque(tx), [recordId])).get(recordId)
    if (!facts) return
    const partner = (await parts.organisations.labels(opaque(tx), [authorOrg])).get(authorOrg)?.name ?? ''
    const still = new Set<string>(await parts.access.personsWith(opaque(tx), kind.read))
    const writers = (await writersOf(tx, { entity, recordId })).filter((person) => still.has(person))
    await parts.notifications.notify(opaque(tx), ctx, {
      kind: 'collaboration.told',
      to: writers.length > 0 ? { persons: writers.map((person) => PersonId.parse(person)) } : { permission: facts.answer ?? kind.answer },
      values: { partner, document: titleOf({ facts }) },
      path: pathOf({ kind, facts }, recordId),
      key: `${entity} ${recordId}`,
      eventId: event.id,
    })
  })
}
