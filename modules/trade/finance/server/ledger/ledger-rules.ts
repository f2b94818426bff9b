export interface LineAmounts {
  debit: bigint
  credit: bigint
}

/** Both sides of a voucher; red amounts are negative on their own side. */
export function sidesOf(lines: readonly LineAmounts[]): { debit: bigint; credit: bigint } {
  let [debit, credit] = [0n, 0n]
  for (const line of lines) {
    debit += line.debit
    credit += line.credit
  }
  return { debit, credit }
}

/** Each line on one side only, both sides equal, and something posted. */
export function isBalanced(lines: readonly LineAmounts[]): boolean {
  const { debit, credit } = sidesOf(lines)
  return lines.length >= 2 && lines.every((line) => (line.debit === 0n) !== (line.credit === 0n)) && debit === credit
}

/** The same lines in red (红字冲销): the account's turnover is taken back, not blown up on the other side. */
export const inRed = <Line extends LineAmounts>(lines: readonly Line[]): Line[] =>
  lines.map((line) => ({ ...line, debit: -line.debit, credit: -line.credit }))

export const periodOf = (day: string): string => day.slice(0, 7)

export function nextPeriod(period: string): string {
  const [year = 0, month = 0] = period.split('-').map(Number)
  return month === 12 ? `${year + 1}-01` : `${year}-${String(month + 1).padStart(2, '0')}`
}

/** The day itself, or the first day of the first open month after it. */
export function postingDay(day: string, closed: ReadonlySet<string>): string {
  if (!closed.has(periodOf(day))) return day
  let period = periodOf(day)
  while (closed.has(period)) period = nextPeriod(period)
  return `${period}-01`
}

/** 2221.01.01 → 2221.01; an account of the first level has none above it. */
export function parentCode(code: string): string | undefined {
  const at = code.lastIndexOf('.')
  return at < 0 ? undefined : code.slice(0, at)
}

export const isValidOn = (row: { valid_from: string; valid_until: string | null }, day: string): boolean =>
  row.valid_from <= day && (row.valid_until === null || day <= row.valid_until)
