import { z } from 'zod'
import { AppError, requestErrors } from '#values/errors.ts'
import type { CallContext } from './context.ts'
import type { Translate } from './words.ts'

/** RFC 9457 problem details, with our code and, for bad input, the words beside each field. */
export interface Problem {
  type: string
  title: string
  status: number
  detail: string
  code: string
  traceId: string
  fields?: Record<string, string[]>
  [detail: string]: unknown
}

/** A failure as the caller reads it: in his language, without anything that he may not know. */
export function problemOf(error: unknown, ctx: CallContext, translate: Translate): Problem {
  if (error instanceof z.ZodError) return { ...render(requestErrors.invalid(), ctx, translate), fields: fieldsOf(error) }
  if (error instanceof AppError) return render(error, ctx, translate)
  const { statusCode } = error as { statusCode?: number }
  if (statusCode === 413) return render(requestErrors.tooLarge(), ctx, translate)
  if (statusCode === 429) return render(requestErrors.tooMany(), ctx, translate)
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) return render(requestErrors.invalid(), ctx, translate)
  // A number beyond the column's, a NUL in a text: what the contract lets through and the database does not is still the caller's.
  if (['22003', '22021', '22008'].includes((error as { code?: string }).code ?? '')) return render(requestErrors.invalid(), ctx, translate)
  if (isUnavailable(error)) return render(requestErrors.unavailable(), ctx, translate)
  return render(requestErrors.internal(), ctx, translate)
}

function render(error: AppError, ctx: CallContext, translate: Translate): Problem {
  const [module, name] = error.code.split('.')
  const words = translate(ctx.locale, `${module}.errors.${name}`, error.details) ?? error.message
  return {
    ...error.details,
    type: `/problems/${error.code}`,
    title: error.message,
    status: error.status,
    detail: words,
    code: error.code,
    traceId: ctx.traceId,
  }
}

function fieldsOf(error: z.ZodError): Record<string, string[]> {
  const fields: Record<string, string[]> = {}
  for (const issue of error.issues) {
    const field = issue.path.join('.') || '_'
    fields[field] = [...(fields[field] ?? []), issue.message]
  }
  return fields
}

/** PostgreSQL or ClickHouse is down or starting: the caller may come again. */
function isUnavailable(error: unknown): boolean {
  const { code, message = '' } = error as { code?: string; message?: string }
  return (
    ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', '57P01', '57P02', '57P03', '08006', '08001'].includes(code ?? '') ||
    /Connection terminated|connection error and is not queryable|timeout exceeded when trying to connect|fetch failed|socket hang up/.test(
      message,
    )
  )
}
