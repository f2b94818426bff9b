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
  type AgreementLine,
  type agreementApi,
  agreementEvents,
  type ProposedContent,
} from '../../agreement-contract.ts'
import type { Side } from '../../agreement-states.ts'
import { sourcingErrors } from '../../errors.ts'
import { mustBeSuppliers } from '../draft-request.ts'
import type { Rooms } from '../rooms.ts'
import type { SourcingTx } from '../tables.ts'
import { contentProblem } from './agreement-rules.ts'
import { type AgreementRow, changeAgreement, decide, headOf, openAgreement, revisionsOf, sign, tellAgreement } from './agreement-store.ts'
import { toAgreement } from './agreement-view.ts'
import { awardOf, keepAwardAgreement } from './award-agreement.ts'
import { signableTerm } from './limit-term.ts'

const prefixes: Record<AgreementKind, string> = { framework: 'FA', scheduling: 'SA' }

/** Errors: sourcing.noSupplier, notFound (no such award), materialUnknown, contentInvalid, termTooLong. */
export const createAgreement = (
  rooms: Rooms,
  ctx: Context,
  { kind, supplierId, currency, consigned = false, requestId, ...proposed }: z.output<typeof agreementApi.create.body>,
): Promise<Agreement> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const today = chinaDay(ctx.now)
    await mustBeSuppliers(rooms, tx, ctx, [supplierId])
    const reference = requestId && (await awardOf(tx, requestId, supplierId)).request.number
    const content = await contentOf(rooms, tx, ctx, { kind, currency, consigned, proposed, reference, lastLine: 0, side: 'buyer' })
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
    if (requestId !== undefined) await keepAwardAgreement(tx, { requestId, supplierId, agreementId: row.id, at: ctx.now })
    return toAgreement(rooms, tx, ctx, await putRevision(rooms, tx, ctx, row, { content, note: '', state: 'proposed', side: 'buyer' }))
  })

/** Errors: sourcing.agreementNotFound, changedMeanwhile, notAllowedNow, materialUnknown, contentInvalid, termTooLong. */
export const proposeAgreement = (
  rooms: Rooms,
  ctx: Context,
  id: AgreementId,
  { version, content: proposed, note }: z.output<typeof agreementApi.propose.body>,
): Promise<Agreement> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const { row, side, state } = await openAgreement(tx, ctx, id, { version, action: 'propose' })
    const revisions = await revisionsOf(tx, id)
    const contentAt = (no: number | null) => revisions.find((one) => one.no === no)?.content
    const agreed = contentAt(row.agreed_revision)
    const stands = contentAt(row.open_revision) ?? agreed ?? revisions[0]?.content
    const before = new Map([...(agreed?.lines ?? []), ...(stands?.lines ?? [])].map((line) => [line.no, line]))
    const { kind, currency, last_line: lastLine } = row
    const consigned = stands?.consigned ?? false
    const wanted = { kind, currency, consigned, proposed, before, reference: stands?.reference, lastLine, side }
    const content = await contentOf(rooms, tx, ctx, wanted)
    return toAgreement(rooms, tx, ctx, await putRevision(rooms, tx, ctx, row, { content, note, state, side }))
  })

interface Wanted {
  kind: AgreementKind
  currency: Currency
  proposed: ProposedContent
  /** Lines that are talked about or in force. */
  before?: ReadonlyMap<number, AgreementLine>
  reference: string | undefined
  consigned: boolean
  lastLine: number
  side: Side
}

/** With what the buyer's catalogue says of the materials now, of a supplier's with what stands; numbers of lines are never given twice. */
async function contentOf(
  rooms: Rooms,
  tx: SourcingTx,
  ctx: Context,
  { kind, currency, consigned, proposed, before, reference, lastLine, side }: Wanted,
): Promise<AgreementContent> {
  const problem = contentProblem(proposed, before && { lines: [...before.values()] }, chinaDay(ctx.now), side)
  if (problem) throw sourcingErrors.contentInvalid({ ...problem })
  const named = side === 'buyer' ? await catalogued(rooms, tx, proposed) : proposed.lines.map((line) => before?.get(line.no ?? 0))
  let next = lastLine
  const lines = proposed.lines.map((line, i) => {
    const known = named[i]
    if (!known) throw sourcingErrors.materialUnknown({ line: i + 1 })
    const { code, name, specification } = known
    return { ...line, no: line.no ?? ++next, code, name, specification }
  })
  return { ...proposed, kind, currency, ...(reference !== undefined && { reference }), ...(consigned && { consigned }), lines }
}

async function catalogued({ materials }: Rooms, tx: SourcingTx, { lines }: ProposedContent) {
  const facts = await materials.facts(
    opaque(tx),
    lines.map((line) => line.materialId),
  )
  const factors = await materials.unitFactors(opaque(tx), lines)
  return lines.map((line, i) => {
    const known = facts.get(line.materialId)
    return known && !known.retired && factors[i] !== undefined ? known : undefined
  })
}

/** Written down whole and signed by who proposes it, in the place of what was open. */
async function putRevision(
  rooms: Rooms,
  tx: SourcingTx,
  ctx: Context,
  row: AgreementRow,
  { content, note, state, side }: { content: AgreementContent; note: string; state: AgreementRow['state']; side: Side },
): Promise<AgreementRow> {
  const no = row.last_revision + 1
  const hash = createHash('sha256')
    .update(canonicalJson({ number: row.number, revision: no, content }))
    .digest('hex')
  if (row.open_revision !== null) await decide(tx, row.id, row.open_revision, { outcome: 'superseded', at: ctx.now })
  await tx.sql
    .insertInto('sourcing.agreement_revision')
    .values({
      side,
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
  await sign(tx, ctx, row, { no, hash, limit: await signableTerm(rooms, tx, row, content, ctx.now) })
  const changed = await changeAgreement(tx, row.id, {
    state,
    last_revision: no,
    open_revision: no,
    proposer: side,
    last_line: Math.max(row.last_line, ...content.lines.map((line) => line.no)),
    // Until something is in force, the proposal is what lists show.
    ...(row.agreed_revision === null && headOf(content)),
  })
  await tellAgreement(tx, ctx, agreementEvents.proposed, row, { revision: no, bySide: side })
  return changed
}
