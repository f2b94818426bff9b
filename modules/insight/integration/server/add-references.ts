import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { mostReferences, type NewReference, removeOthers, addReferences as writeReferences } from '#kernel/references.ts'
import { RESERVED_SYSTEM } from '#values/reference.ts'
import { type integrationApi, MAX_OF_RECORD, type Reference } from '../contract.ts'
import { integrationErrors } from '../errors.ts'
import { kindFor, labelsOf, readableKinds } from './kinds.ts'
import { toReference } from './read-references.ts'
import type { Parts } from './tables.ts'

type Input = z.output<typeof integrationApi.addReferences.body>

const at = ({ system, type, key }: NewReference) => JSON.stringify([system, type, key])

export const addReferences = (parts: Parts, ctx: Context, { references, replace }: Input): Promise<{ references: Reference[] }> =>
  parts.db.inTenant(ctx, async (tx) => {
    const reserved = references.find(({ system }) => system === RESERVED_SYSTEM)
    if (reserved) throw integrationErrors.systemReserved()
    const kinds = [...new Set(references.map(({ entity }) => entity))].map((entity) => kindFor(parts, ctx, entity, 'manage'))
    const labelOf = await labelsOf(kinds, ctx, tx, references)
    const unknown = references.find((reference) => !labelOf(reference))
    if (unknown) throw integrationErrors.recordNotFound({ entity: unknown.entity, recordId: unknown.recordId })

    const stored = new Map((await writeReferences(tx, references, ctx.now)).map((row) => [at(row), row]))
    const outcome = references.map((asked) => ({ asked, row: stored.get(at(asked)) }))
    const taken = outcome.find(({ asked, row }) => row?.entity !== asked.entity || row.recordId !== asked.recordId)
    if (taken) {
      const { system, type, key } = taken.asked
      const holder = taken.row && (await labelsOf(readableKinds(parts, ctx), ctx, tx, [taken.row]))(taken.row)
      throw integrationErrors.referenceTaken({ system, type, key, holder: holder ? `${holder.name} (${holder.code})` : '—' })
    }
    if (replace) await removeOthers(tx, references)
    const recordIds = [...new Set(references.map(({ recordId }) => recordId))]
    if ((await mostReferences(tx, recordIds)) > MAX_OF_RECORD) throw integrationErrors.tooManyReferences({ max: MAX_OF_RECORD })
    return {
      references: outcome.flatMap(({ row }) => {
        const label = row && labelOf(row)
        return label ? [toReference(row, label)] : []
      }),
    }
  })
