import type { Context } from '#kernel/context.ts'
import type { OpaqueTx } from '#kernel/postgres.ts'
import type { RecordLabel, ReferenceKind, StoredReference } from '#kernel/references.ts'
import { requestErrors } from '#values/errors.ts'
import { integrationErrors } from '../errors.ts'
import type { Parts } from './tables.ts'

const may = (ctx: Context, permission: string) => ctx.scopes.permissions.has(permission)

export const readableKinds = ({ kinds }: Parts, ctx: Context): ReferenceKind[] => kinds().filter((kind) => may(ctx, kind.read))

export const listKinds = (parts: Parts, ctx: Context) => ({
  kinds: readableKinds(parts, ctx).map(({ entity, manage }) => ({
    entity,
    canManage: may(ctx, manage) && may(ctx, 'integration.manage'),
  })),
})

/** Errors: integration.unknownKind, request.notAllowed. */
export function kindFor({ kinds }: Parts, ctx: Context, entity: string, right: 'read' | 'manage'): ReferenceKind {
  const known = kinds()
  const kind = known.find((one) => one.entity === entity)
  if (!kind) throw integrationErrors.unknownKind({ entity, known: known.map((one) => one.entity).join('、') })
  for (const permission of new Set([kind.read, kind[right]])) if (!may(ctx, permission)) throw requestErrors.notAllowed({ permission })
  return kind
}

type Of = Pick<StoredReference, 'entity' | 'recordId'>
const place = ({ entity, recordId }: Of) => `${entity} ${recordId}`

/** What the caller sees of the records that these belong to. */
export async function labelsOf(
  kinds: readonly ReferenceKind[],
  ctx: Context,
  tx: OpaqueTx,
  references: readonly Of[],
): Promise<(of: Of) => RecordLabel | undefined> {
  const labels = new Map<string, RecordLabel>()
  for (const kind of kinds) {
    const ids = new Set(references.filter(({ entity }) => entity === kind.entity).map(({ recordId }) => recordId))
    if (ids.size === 0) continue
    for (const [recordId, label] of await kind.describe(ctx, tx, [...ids])) labels.set(place({ entity: kind.entity, recordId }), label)
  }
  return (of) => labels.get(place(of))
}
