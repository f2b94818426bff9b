import { IngestCount, type RefusalReason } from '../../contract.ts'

/** Position of each thing that is counted: tallies are arrays, a value costs no allocation. */
export const countNames = IngestCount.options
export const countIndex = Object.fromEntries(countNames.map((name, i) => [name, i])) as Record<IngestCount, number>

/** What one message came to. */
export interface Outcome {
  stored: number
  refused: number
  /** The first hundred, for the one who sent it. */
  refusals: Refusal[]
}

export interface Refusal {
  reason: RefusalReason
  /** Position of the message in its array. */
  message: number
  point: string | null
  text: string
}

export const REFUSALS_SHOWN = 100
