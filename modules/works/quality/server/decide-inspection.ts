import type { Context } from '#kernel/context.ts'
import { publish } from '#kernel/outbox.ts'
import { opaque } from '#kernel/postgres.ts'
import { decimal, writeDecimal } from '#values/decimal.ts'
import { type Decision, type Inspection, type InspectionId, qualityEvents } from '../contract.ts'
import { qualityErrors } from '../errors.ts'
import { defectsOf } from './defects.ts'
import { resultOf, verdictProblem } from './inspection-rules.ts'
import { inspectionView, lockInspection } from './inspection-store.ts'
import type { Rooms } from './rooms.ts'
import type { QualityTx } from './tables.ts'

/** One transaction: the verdict here; stock, claim, return, order and accrual by logistics. Errors: see the contract. */
export const decideInspection = (
  { db, logistics }: Pick<Rooms, 'db' | 'logistics'>,
  ctx: Context,
  id: InspectionId,
  { version, ...decision }: Decision & { version: number },
): Promise<Inspection> =>
  db.inTenant(ctx, async (tx) => {
    const row = await lockInspection(tx, id)
    if (!row) throw qualityErrors.notFound({ id })
    if (row.result !== null) throw qualityErrors.alreadyDecided({ number: row.number })
    if (row.version !== version) throw qualityErrors.changedMeanwhile({ id, version: row.version })
    const verdict = {
      quantity: decimal(row.quantity),
      accepted: decimal(decision.accepted),
      rejected: decimal(decision.rejected),
      sampleSize: decision.sampleSize === null ? null : decimal(decision.sampleSize),
      findings: decision.findings.map(({ defectId, quantity }) => ({ defectId, quantity: decimal(quantity) })),
    }
    const problem = verdictProblem(verdict)
    if (problem) throw qualityErrors[problem]({ quantity: writeDecimal(verdict.quantity) })
    const findings = await namedFindings(tx, decision.findings)
    const { receipt_id: receiptId, receipt_line_id: receiptLineId } = row
    const { accepted, rejected } = verdict
    const reason = [...findings.map(({ code, name, quantity }) => `${code} ${name} × ${writeDecimal(decimal(quantity))}`), decision.remarks]
      .filter(Boolean)
      .join('；')
    const followed = await logistics.settleLot(opaque(tx), ctx, { key: id, receiptId, receiptLineId, accepted, rejected, reason })
    const result = resultOf(verdict)
    const decided = await tx.sql
      .updateTable('quality.inspection')
      .set((eb) => ({
        result,
        accepted: decision.accepted,
        rejected: decision.rejected,
        sample_size: decision.sampleSize,
        remarks: decision.remarks,
        inspector: ctx.actor.name ?? null,
        decided_at: ctx.now,
        return_number: followed.returnNumber,
        claim_number: followed.claimNumber,
        version: eb('version', '+', 1),
      }))
      .where('org_id', '=', tx.orgId)
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
    if (findings.length > 0)
      await tx.sql
        .insertInto('quality.finding')
        .values(findings.map((one) => ({ org_id: tx.orgId, inspection_id: id, ...one })))
        .execute()
    await publish(tx, ctx, qualityEvents.decided, id, {
      inspectionId: id,
      number: row.number,
      result,
      supplierId: row.supplier_org,
      materialId: row.material_id,
      accepted: writeDecimal(accepted),
      rejected: writeDecimal(rejected),
    })
    return inspectionView(tx, decided)
  })

/** With what the defects are called now. Errors: quality.defectNotFound, defectRetired. */
async function namedFindings(tx: QualityTx, findings: Decision['findings']) {
  if (findings.length === 0) return []
  const ids = findings.map((one) => one.defectId)
  const known = new Map((await defectsOf(tx).where('id', 'in', ids).execute()).map((row) => [row.id, row]))
  return findings.map(({ defectId, quantity }) => {
    const defect = known.get(defectId)
    if (!defect) throw qualityErrors.defectNotFound({ id: defectId })
    if (defect.retired_at !== null) throw qualityErrors.defectRetired({ code: defect.code })
    const { code, name, name_en, severity } = defect
    return { defect_id: defectId, code, name, name_en, severity, quantity }
  })
}
