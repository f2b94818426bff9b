import type { Context } from '#kernel/context.ts'
import type { DocumentFacts, DocumentKind } from '#kernel/documents.ts'
import { opaque } from '#kernel/postgres.ts'
import { PersonId } from '#modules/foundation/access/contract.ts'
import type { OrgId } from '#values/ids.ts'
import { collaborationErrors } from '../errors.ts'
import type { Look, RecordKey } from './entry-store.ts'
import type { Parts } from './parts.ts'
import type { CollaborationTx } from './tables.ts'

export interface OpenDocument {
  kind: DocumentKind
  facts: DocumentFacts
  partner: OrgId | null
  look: Look
}

/**
 * The document as the caller may see it. Errors: collaboration.documentNotFound, also for a kind that nobody declares and for whoever may
 * not read such documents.
 */
export async function openDocument(parts: Parts, tx: CollaborationTx, ctx: Context, key: RecordKey): Promise<OpenDocument> {
  const kind = parts.documents().find((one) => one.entity === key.entity)
  const facts =
    kind && ctx.scopes.permissions.has(kind.read) ? (await kind.describe(ctx, opaque(tx), [key.recordId])).get(key.recordId) : undefined
  if (!kind || !facts) throw collaborationErrors.documentNotFound(key as unknown as Record<string, unknown>)
  const partner = facts.parties.find((party) => party !== ctx.orgId) ?? null
  const names = await parts.organisations.labels(opaque(tx), [ctx.orgId, ...(partner ? [partner] : [])])
  return { kind, facts, partner, look: { ctx, nameOf: (orgId) => names.get(orgId)?.name ?? '' } }
}

/** Where the acting organisation reads it. */
export const pathOf = ({ kind, facts }: Pick<OpenDocument, 'kind' | 'facts'>, recordId: string): string => facts.path ?? kind.path(recordId)

export const titleOf = ({ facts }: Pick<OpenDocument, 'facts'>): string => [facts.number, facts.name].filter(Boolean).join(' ')

/** Who of one's own may read such documents, by name. */
export async function peopleOf(
  { access }: Parts,
  tx: CollaborationTx,
  { kind }: Pick<OpenDocument, 'kind'>,
): Promise<{ id: PersonId; name: string }[]> {
  const labels = await access.labels(opaque(tx), await access.personsWith(opaque(tx), kind.read))
  return [...labels]
    .map(([id, { displayName }]) => ({ id: PersonId.parse(id), name: displayName }))
    .sort((a, b) => a.name.localeCompare(b.name, 'zh-CN'))
}
