import { ApiError } from '#ui/api.ts'
import type { Words } from '#ui/i18n.ts'

interface Problem {
  line: number | null
  added: number | null
  delivery: number | null
  code: string
}

/** What the server found wrong in a proposal, by line. */
export function problemsOf(error: unknown): Problem[] {
  if (!(error instanceof ApiError) || error.code !== 'orders.proposalInvalid') return []
  return Array.isArray(error.details.problems) ? (error.details.problems as Problem[]) : []
}

export const problemAt =
  (problems: readonly Problem[], t: Words, where: { line?: number; added?: number }) =>
  (delivery: number | null): string | undefined => {
    const found = problems.filter(
      (problem) => problem.line === (where.line ?? null) && problem.added === (where.added ?? null) && problem.delivery === delivery,
    )
    return found.length === 0 ? undefined : found.map((problem) => t(`problems.${problem.code}`)).join(t('ui:listSeparator'))
  }
