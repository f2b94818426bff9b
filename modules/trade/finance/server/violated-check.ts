const CHECK_VIOLATION = '23514'

/** The check that an insert or update violated, where that is what went wrong. */
export function violatedCheck(error: unknown): string | undefined {
  const { code, constraint } = error as { code?: string; constraint?: string }
  return code === CHECK_VIOLATION ? (constraint ?? '') : undefined
}
