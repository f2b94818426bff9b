import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { publish } from '#kernel/outbox.ts'
import { chinaDay } from '#values/instant.ts'
import { financeEvents, type StatementId } from '../../contract.ts'
import { financeErrors } from '../../errors.ts'
import type { Statement, statementApi } from '../../statement-contract.ts'
import type { Rooms } from '../rooms.ts'
import { contentOf, statementNews, statementStep } from './propose-statement.ts'
import { hashOf } from './statement-rules.ts'
import { openDocuments, readStatement, setAnswer, setStatement, statementLines } from './statement-store.ts'
import { wholeStatement } from './statement-view.ts'

/** Errors: finance.notFound, changedMeanwhile, notAllowedNow, reasonMissing. */
export const answerStatement = (
  { db }: Rooms,
  ctx: Context,
  id: StatementId,
  given: z.output<typeof statementApi.answerStatement.body>,
): Promise<Statement> =>
  db.inTenant(ctx, async (tx) => {
    const { row } = await statementStep(tx, id, 'tick', given.version)
    const answers = given.lines.map((line) => ({ ...line, reason: line.answer === 'disputed' ? line.reason : null }))
    if (answers.some((line) => line.answer === 'disputed' && !line.reason)) throw financeErrors.reasonMissing()
    const { rows } = await setAnswer(tx, id, answers)
    if (rows.length !== answers.length) throw financeErrors.notFound({ id })
    const disputed = (await statementLines(tx, id)).filter((line) => line.answer === 'disputed').length
    const state = disputed > 0 ? 'disputed' : 'proposed'
    await setStatement(tx, id, { state })
    if (state === 'disputed') await publish(tx, ctx, financeEvents.statementDisputed, id, { ...statementNews(row), lines: disputed })
    return wholeStatement(tx, id)
  })

/**
 * The second signature, over the content that the first was given for: reckoned anew from the rows, and held against the documents as they
 * are now. Errors: also finance.notAllTicked, contentDiffers.
 */
export const signStatement = (
  { db, sizes }: Rooms,
  ctx: Context,
  id: StatementId,
  given: z.output<typeof statementApi.signStatement.body>,
): Promise<Statement> =>
  db.inTenant(ctx, async (tx) => {
    const { row, to } = await statementStep(tx, id, 'sign', given.version)
    const lines = await statementLines(tx, id)
    if (lines.some((line) => line.answer !== 'ticked')) throw financeErrors.notAllTicked()
    const content = lines.map((line) => ({ ...line, documentId: line.document_id, amount: BigInt(line.amount) }))
    const previous = row.previous_id && (await readStatement(tx, row.previous_id))
    const hash = hashOf(
      contentOf({ ...row, opening: BigInt(row.opening), closing: BigInt(row.closing) }, previous ? previous.content_hash : null, content),
    )
    const now = new Set((await openDocuments(tx, row, row.until_day)).map((line) => `${line.kind} ${line.documentId} ${line.amount}`))
    if (
      hash !== given.contentHash ||
      hash !== row.content_hash ||
      content.some((line) => !now.has(`${line.kind} ${line.documentId} ${line.amount}`))
    )
      throw financeErrors.contentDiffers()
    const day = chinaDay(ctx.now)
    const signature =
      row.buyer_org === tx.orgId
        ? { buyer_signed_at: ctx.now, buyer_signed_name: ctx.actor.name ?? null }
        : { supplier_signed_at: ctx.now, supplier_signed_name: ctx.actor.name ?? null }
    await setStatement(tx, id, {
      state: to,
      ...signature,
      buyer_class: (await sizes(row.buyer_org, day)) ?? null,
      supplier_class: (await sizes(row.supplier_org, day)) ?? null,
    })
    await publish(tx, ctx, financeEvents.statementSigned, id, { ...statementNews(row), contentHash: hash })
    return wholeStatement(tx, id)
  })

export const withdrawStatement = (
  { db }: Rooms,
  ctx: Context,
  id: StatementId,
  { version, reason }: { version: number; reason: string },
): Promise<Statement> =>
  db.inTenant(ctx, async (tx) => {
    const { row, to } = await statementStep(tx, id, 'withdraw', version)
    await setStatement(tx, id, { state: to, end_reason: reason })
    await publish(tx, ctx, financeEvents.statementWithdrawn, id, { ...statementNews(row), reason })
    return wholeStatement(tx, id)
  })
