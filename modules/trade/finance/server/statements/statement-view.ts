import { writeMoney } from '#values/money.ts'
import type { StatementId } from '../../contract.ts'
import { financeErrors } from '../../errors.ts'
import type { Statement, StatementAction } from '../../statement-contract.ts'
import type { FinanceTx } from '../tables.ts'
import { nextStatementState, type StatementActor, type StatementStep } from './statement-rules.ts'
import { readStatement, type StatementRow, statementLines, toStatementHead } from './statement-store.ts'

export const statementActor = (tx: FinanceTx, row: StatementRow): StatementActor => (row.proposer_org === tx.orgId ? 'proposer' : 'partner')

const steps: Record<StatementAction, StatementStep> = { answer: 'tick', revise: 'revise', sign: 'sign', withdraw: 'withdraw' }

export async function wholeStatement(tx: FinanceTx, id: StatementId): Promise<Statement> {
  const row = await readStatement(tx, id)
  if (!row) throw financeErrors.notFound({ id })
  const lines = await statementLines(tx, id)
  const previous = row.previous_id && (await readStatement(tx, row.previous_id))
  const signature = (at: Date | null, by: string | null) => at && { at: at.toISOString(), by }
  return {
    ...toStatementHead(tx, row),
    lines: lines.map((line) => ({
      id: line.id,
      lineNo: line.line_no,
      kind: line.kind,
      number: line.number,
      day: line.day,
      amount: writeMoney(row.currency, BigInt(line.amount)),
      answer: line.answer,
      reason: line.reason,
    })),
    previous: previous ? { id: previous.id, number: previous.number } : null,
    contentHash: row.content_hash,
    buyerName: row.buyer_name,
    supplierName: row.supplier_name,
    buyerSigned: signature(row.buyer_signed_at, row.buyer_signed_name),
    supplierSigned: signature(row.supplier_signed_at, row.supplier_signed_name),
    buyerClass: row.buyer_class,
    supplierClass: row.supplier_class,
    endReason: row.end_reason,
    actions: (Object.keys(steps) as StatementAction[]).filter(
      (action) => nextStatementState(row.state, steps[action], statementActor(tx, row)) !== undefined,
    ),
  }
}
