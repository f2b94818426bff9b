import { createHash } from 'node:crypto'
import { canonicalJson } from '#values/canonical-json.ts'
import type { StatementLineKind, StatementState } from '../../statement-contract.ts'

export type StatementStep = 'tick' | 'dispute' | 'revise' | 'sign' | 'withdraw'
export type StatementActor = 'proposer' | 'partner'

/** The life of a statement: the proposer has signed by proposing, the partner answers line by line and signs last. */
export const statementSteps: Record<StatementState, Partial<Record<StatementStep, { by: StatementActor; to: StatementState }>>> = {
  proposed: {
    tick: { by: 'partner', to: 'proposed' },
    dispute: { by: 'partner', to: 'disputed' },
    revise: { by: 'proposer', to: 'proposed' },
    sign: { by: 'partner', to: 'signed' },
    withdraw: { by: 'proposer', to: 'withdrawn' },
  },
  disputed: {
    tick: { by: 'partner', to: 'proposed' },
    dispute: { by: 'partner', to: 'disputed' },
    revise: { by: 'proposer', to: 'proposed' },
    withdraw: { by: 'proposer', to: 'withdrawn' },
  },
  signed: {},
  withdrawn: {},
}

export function nextStatementState(state: StatementState, step: StatementStep, actor: StatementActor): StatementState | undefined {
  const found = statementSteps[state][step]
  return found?.by === actor ? found.to : undefined
}

export interface ContentLine {
  kind: StatementLineKind
  documentId: string
  number: string
  day: string
  amount: bigint
}

export interface Content {
  buyer: string
  supplier: string
  currency: string
  previousHash: string | null
  untilDay: string
  opening: bigint
  closing: bigint
  lines: readonly ContentLine[]
}

/** What both sides sign. The lines stand in the order of day, kind and document. */
export const hashOf = (content: Content): string =>
  createHash('sha256')
    .update(canonicalJson({ ...content, lines: ordered(content.lines) }))
    .digest('hex')

export const ordered = <Line extends ContentLine>(lines: readonly Line[]): Line[] => {
  const key = ({ day, kind, documentId }: Line) => `${day} ${kind} ${documentId}`
  return [...lines].sort((a, b) => (key(a) < key(b) ? -1 : 1))
}

export const closingOf = (opening: bigint, lines: readonly { amount: bigint }[]): bigint =>
  lines.reduce((sum, { amount }) => sum + amount, opening)
