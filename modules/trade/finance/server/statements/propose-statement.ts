import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { nextNumber } from '#kernel/numbering.ts'
import { publish } from '#kernel/outbox.ts'
import { opaque, violatedUnique } from '#kernel/postgres.ts'
import { chinaDay } from '#values/instant.ts'
import { financeEvents, type StatementId } from '../../contract.ts'
import { financeErrors } from '../../errors.ts'
import type { Statement, statementApi } from '../../statement-contract.ts'
import type { Rooms } from '../rooms.ts'
import type { FinanceTx } from '../tables.ts'
import { type ContentLine, closingOf, hashOf, nextStatementState, ordered, type StatementStep } from './statement-rules.ts'
import {
  insertStatement,
  lastSigned,
  lockStatement,
  openDocuments,
  readStatement,
  replaceStatementLines,
  type StatementRow,
  setStatement,
  statementLines,
} from './statement-store.ts'
import { statementActor, wholeStatement } from './statement-view.ts'

export const statementNews = (row: Pick<StatementRow, 'id' | 'number' | 'buyer_org' | 'supplier_org' | 'proposer_org'>) => ({
  statementId: row.id,
  number: row.number,
  buyerId: row.buyer_org,
  supplierId: row.supplier_org,
  proposedBy: row.proposer_org,
})

/** Errors: finance.partnerUnknown, statementOpen, beforePrevious. */
export const proposeStatement = (
  { db, names }: Rooms,
  ctx: Context,
  given: z.output<typeof statementApi.proposeStatement.body>,
): Promise<Statement> =>
  db
    .inTenant(ctx, async (tx) => {
      const nameOf = await names(opaque(tx), [tx.orgId, given.partnerId])
      if (given.partnerId === tx.orgId) throw financeErrors.partnerUnknown()
      const [buyer_org, supplier_org] = given.side === 'buyer' ? [tx.orgId, given.partnerId] : [given.partnerId, tx.orgId]
      const pair = { buyer_org, supplier_org, currency: given.currency }
      const previous = await lastSigned(tx, pair)
      if (previous && given.untilDay <= previous.until_day) throw financeErrors.beforePrevious({ day: previous.until_day })
      const lines = ordered(await openDocuments(tx, pair, given.untilDay))
      const opening = BigInt(previous?.closing ?? 0)
      const closing = closingOf(opening, lines)
      const head = {
        ...pair,
        buyer_name: nameOf(buyer_org),
        supplier_name: nameOf(supplier_org),
        proposer_org: tx.orgId,
        number: await nextNumber(opaque(tx), 'DZ', chinaDay(ctx.now)),
        previous_id: previous?.id ?? null,
        until_day: given.untilDay,
        opening,
        closing,
      }
      const content_hash = hashOf(contentOf(head, previous?.content_hash ?? null, lines))
      const { id } = await insertStatement(tx, {
        ...head,
        state: 'proposed',
        content_hash,
        created_at: ctx.now,
        ...signatures(ctx, head, tx),
      })
      await replaceStatementLines(
        tx,
        { id, ...head },
        lines.map((line) => ({ ...line, answer: null })),
      )
      await publish(tx, ctx, financeEvents.statementProposed, id, statementNews({ id, ...head }))
      return wholeStatement(tx, id)
    })
    .catch((error: unknown) => {
      throw violatedUnique(error) === 'statement_open' ? financeErrors.statementOpen() : error
    })

/** The proposer's signature, the other's none: a new content is signed anew. */
function signatures(ctx: Context, row: Pick<StatementRow, 'buyer_org'>, tx: FinanceTx) {
  const own = { at: ctx.now, name: ctx.actor.name ?? null }
  const buyer = row.buyer_org === tx.orgId
  return {
    buyer_signed_at: buyer ? own.at : null,
    buyer_signed_name: buyer ? own.name : null,
    supplier_signed_at: buyer ? null : own.at,
    supplier_signed_name: buyer ? null : own.name,
  }
}

export function contentOf(
  row: Pick<StatementRow, 'buyer_org' | 'supplier_org' | 'currency' | 'until_day'> & { opening: bigint; closing: bigint },
  previousHash: string | null,
  lines: readonly ContentLine[],
) {
  return {
    buyer: row.buyer_org,
    supplier: row.supplier_org,
    currency: row.currency,
    previousHash,
    untilDay: row.until_day,
    opening: row.opening,
    closing: row.closing,
    lines: lines.map(({ kind, documentId, number, day, amount }) => ({ kind, documentId, number, day, amount })),
  }
}

/** Errors: finance.notFound, changedMeanwhile, notAllowedNow. */
export async function statementStep(tx: FinanceTx, id: StatementId, step: StatementStep, version: number) {
  const row = await lockStatement(tx, id)
  if (!row) throw financeErrors.notFound({ id })
  if (row.version !== version) throw financeErrors.changedMeanwhile({ id, version: row.version })
  const to = nextStatementState(row.state, step, statementActor(tx, row))
  if (!to) throw financeErrors.notAllowedNow({ id, state: row.state })
  return { row, to }
}

/** What came meanwhile enters, what is left out goes into the next one; ticks of unchanged lines stay. */
export const reviseStatement = (
  { db }: Rooms,
  ctx: Context,
  id: StatementId,
  { version, leaveOut }: { version: number; leaveOut: readonly string[] },
): Promise<Statement> =>
  db.inTenant(ctx, async (tx) => {
    const { row, to } = await statementStep(tx, id, 'revise', version)
    const before = await statementLines(tx, id)
    const keyOf = (kind: string, document: string) => `${kind} ${document}`
    const out = new Set(before.filter((line) => leaveOut.includes(line.id)).map((line) => keyOf(line.kind, line.document_id)))
    const ticked = new Set(
      before.filter((line) => line.answer === 'ticked').map((line) => `${keyOf(line.kind, line.document_id)} ${line.amount}`),
    )
    const lines = ordered(await openDocuments(tx, row, row.until_day)).filter((line) => !out.has(keyOf(line.kind, line.documentId)))
    const opening = BigInt(row.opening)
    const closing = closingOf(opening, lines)
    const previous = row.previous_id && (await readStatement(tx, row.previous_id))
    const content_hash = hashOf(contentOf({ ...row, opening, closing }, previous ? previous.content_hash : null, lines))
    await replaceStatementLines(
      tx,
      row,
      lines.map((line) => ({
        ...line,
        answer: ticked.has(`${keyOf(line.kind, line.documentId)} ${line.amount}`) ? ('ticked' as const) : null,
      })),
    )
    await setStatement(tx, id, { state: to, closing, content_hash, ...signatures(ctx, row, tx) })
    await publish(tx, ctx, financeEvents.statementProposed, id, statementNews(row))
    return wholeStatement(tx, id)
  })
