import { readMoney, writeMoney } from '#values/money.ts'

/** A line of a voucher as it is typed. */
export interface TypedEntry {
  key: number
  summary: string
  accountId: string | undefined
  partnerId: string | undefined
  debit: string
  credit: string
}

export const emptyEntry = (key: number): TypedEntry => ({
  key,
  summary: '',
  accountId: undefined,
  partnerId: undefined,
  debit: '',
  credit: '',
})

export const isEmpty = (entry: TypedEntry): boolean =>
  entry.summary.trim() === '' && entry.accountId === undefined && entry.debit.trim() === '' && entry.credit.trim() === ''

/** Minor units of what was typed, `1,234.5` as well; undefined: no amount, or none that money can have. */
export function minorOf(text: string): bigint | undefined {
  const plain = text.replace(/[,，\s]/g, '')
  if (!/^-?\d{1,13}(\.\d{1,2})?$/.test(plain)) return undefined
  return readMoney({ currency: 'CNY', amount: plain })
}

export type EntryProblem = 'summary' | 'account' | 'amount' | 'bothSides'

export function problemOf(entry: TypedEntry): EntryProblem | undefined {
  if (entry.summary.trim() === '') return 'summary'
  if (entry.accountId === undefined) return 'account'
  const [debit, credit] = [entry.debit.trim(), entry.credit.trim()]
  if (debit !== '' && credit !== '') return 'bothSides'
  const minor = minorOf(debit || credit)
  return minor === undefined || minor === 0n ? 'amount' : undefined
}

export interface Balance {
  debit: bigint
  credit: bigint
  /** Debit less credit: what the other side lacks. */
  difference: bigint
}

export function balanceOf(entries: readonly TypedEntry[]): Balance {
  const sum = (side: 'debit' | 'credit') => entries.reduce((total, entry) => total + (minorOf(entry[side]) ?? 0n), 0n)
  const [debit, credit] = [sum('debit'), sum('credit')]
  return { debit, credit, difference: debit - credit }
}

/** `=` in an amount: whatever balances the voucher, on that side of that line. */
export function filled(entries: readonly TypedEntry[], key: number, side: 'debit' | 'credit'): TypedEntry[] {
  const others = balanceOf(entries.map((entry) => (entry.key === key ? { ...entry, debit: '', credit: '' } : entry)))
  const lacking = side === 'credit' ? others.difference : -others.difference
  const amount = lacking === 0n ? '' : writeMoney('CNY', lacking).amount
  return entries.map((entry) => (entry.key === key ? { ...entry, debit: '', credit: '', [side]: amount } : entry))
}
