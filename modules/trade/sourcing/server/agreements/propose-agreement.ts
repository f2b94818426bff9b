import { createHash } from 'node:crypto'
import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { nextNumber } from '#kernel/numbering.ts'
import { opaque } from '#kernel/postgres.ts'
import { canonicalJson } from '#values/canonical-json.ts'
import { chinaDay } from '#values/instant.ts'
import type { Currency } from '#values/money.ts'
import {
  type Agreement,
  type AgreementContent,
  type AgreementId,
  type AgreementKind,
  type agreementApi,
  agreementEvents,
  type ProposedContent,
} from '../../agreement-contract.ts'
import { sourcingErrors } from '../../errors.ts'
import { mustBeSuppliers } from '../draft-request.ts'
import type { Rooms } from '../rooms.ts'
import type { SourcingTx } from '../tables.ts'
import { contentProblem } from './agreement-rules.ts'
import { type AgreementRow, changeAgreement, headOf, openAgreement, revisionsOf, sign, tellAgreement } from './agreement-store.ts'
import { toAgreement } from './agreement-view.ts'

const prefixes: Record<AgreementKind, string> = { framework: 'FA', scheduling: 'SA' }

/** Errors: sourcing.noSupplier, materialUnknown, contentInvalid. */
export const createAgreement = (
  rooms: Rooms,
  ctx: Context,
  { kind, supplierId, currency, ...proposed }: z.output<typeof agreementApi.create.body>,
): Promise<Agreement> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const today = chinaDay(ctx.now)
    await mustBeSuppliers(rooms, tx, ctx, [supplierId])
    const content = await contentOf(rooms, tx, ctx, { kind, currency, proposed, before: undefined, lastLine: 0 })
    const labels = await rooms.organisations.labels(opaque(tx), [tx.orgId, supplierId])
    const row = await tx.sql
      .insertInto('sourcing.agreement')
      .values({
        number: await nextNumber(opaque(tx), prefixes[kind], today),
        kind,
        buyer_org: tx.orgId,
        supplier_org: supplierId,
        buyer_name: labels.get(tx.orgId)?.name ?? '',
        supplier_name: labels.get(supplierId)?.name ?? '',
        state: 'withdrawn',
        currency,
        ...headOf(content),
        agreed_revision: null,
        open_revision: null,
        ends_on: null,
        ended_by: null,
        end_reason: null,
        created_at: ctx.now,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    return toAgreement(rooms, tx, ctx, await putRevision(tx, ctx, row, { content, note: '', state: 'proposed' }))
  })

/** Errors: sourcing.agreementNotFound, changedMeanwhile, notAllowedNow, materialUnknown, contentInvalid. */
export const proposeAgreement = (
  rooms: Rooms,
  ctx: Context,
  id: AgreementId,
  { version, content: proposed, note }: z.output<typeof agreementApi.propose.body>,
): Promise<Agreement> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const { row, state } = await openAgreement(tx, ctx, id, { version, action: 'propose' })
    const revisions = await revisionsOf(tx, id)
    const before = revisions.find((one) => one.no === row.agreed_revision) ?? revisions[0]
    const { kind, currency, last_line: lastLine } = row
    const content = await contentOf(rooms, tx, ctx, { kind, currency, proposed, before: before?.content, lastLine })
    return toAgreement(rooms, tx, ctx, await putRevision(tx, ctx, row, { content, note, state }))
  })

interface Wanted {
  kind: AgreementKind
  currency: Currency
  proposed: ProposedContent
  before: AgreementContent | undefined
  lastLine: number
}

/** With what the catalogue says of the materials now; numbers of lines are never given twice. */
async function contentOf(
  { materials }: Rooms,
  tx: SourcingTx,
  ctx: Context,
  { kind, currency, proposed, before, lastLine }: Wanted,
): Promise<AgreementContent> {
  const problem = contentProblem(proposed, before, chinaDay(ctx.now))
  if (problem) throw sourcingErrors.contentInvalid({ ...problem })
  const facts = await materials.facts(
    opaque(tx),
    proposed.lines.map((line) => line.materialId),
  )
  const factors = await materials.unitFactors(opaque(tx), proposed.lines)
  let next = lastLine
  const lines = proposed.lines.map((line, i) => {
    const known = facts.get(line.materialId)
    if (!known || known.retired || factors[i] === undefined) throw sourcingErrors.materialUnknown({ line: i + 1 })
    const { code, name, specification } = known
    return { ...line, no: line.no ?? ++next, code, name, specification }
  })
  return { ...proposed, kind, currency, lines }
}

/** Written down whole and signed by the buyer. */
async function putRevision(
  tx: SourcingTx,
  ctx: Context,
  row: AgreementRow,
  { content, note, state }: { content: AgreementContent; note: string; state: AgreementRow['state'] },
): Promise<AgreementRow> {
  const no = row.last_revision + 1
  const hash = createHash('sha256')
    .update(canonicalJson({ number: row.number, revision: no, content }))
    .digest('hex')
  await tx.sql
    .insertInto('sourcing.agreement_revision')
    .values({
      agreement_id: row.id,
      no,
      buyer_org: row.buyer_org,
      supplier_org: row.supplier_org,
      outcome: 'open',
      content: JSON.stringify(content),
      hash,
      note,
      at: ctx.now,
      decided_at: null,
      reason: null,
    })
    .execute()
  await sign(tx, ctx, row, { no, hash })
  const changed = await changeAgreement(tx, row.id, {
    state,
    last_revision: no,
    open_revision: no,
    last_line: Math.max(row.last_line, ...content.lines.map((line) => line.no)),
    // Until something is in force, the proposal is what lists show.
    ...(row.agreed_revision === null && headOf(content)),
  })
  await tellAgreement(tx, ctx, agreementEvents.proposed, row, { revision: no })
  return changed
}
