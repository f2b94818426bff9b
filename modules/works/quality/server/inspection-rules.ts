import { type Decimal, ZERO } from '#values/decimal.ts'
import type { InspectionResult } from '../contract.ts'

export interface Verdict {
  quantity: Decimal
  accepted: Decimal
  rejected: Decimal
  sampleSize: Decimal | null
  findings: readonly { defectId: string; quantity: Decimal }[]
}

export type VerdictProblem = 'sumDiffers' | 'sampleTooLarge' | 'reasonMissing' | 'defectTwice' | 'defectTooMany'

/** What a decision must keep; minor defects may be found in a lot that is accepted all the same. */
export function verdictProblem({ quantity, accepted, rejected, sampleSize, findings }: Verdict): VerdictProblem | undefined {
  if (accepted + rejected !== quantity) return 'sumDiffers'
  if (sampleSize !== null && sampleSize > quantity) return 'sampleTooLarge'
  if (rejected > ZERO && findings.length === 0) return 'reasonMissing'
  if (new Set(findings.map((one) => one.defectId)).size < findings.length) return 'defectTwice'
  return findings.some((one) => one.quantity > quantity) ? 'defectTooMany' : undefined
}

export function resultOf({ accepted, rejected }: Pick<Verdict, 'accepted' | 'rejected'>): InspectionResult {
  if (rejected === ZERO) return 'accepted'
  return accepted === ZERO ? 'rejected' : 'partly'
}
