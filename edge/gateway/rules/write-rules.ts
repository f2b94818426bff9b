import type { Comparison, WriteResult, WrittenValue } from '#modules/shopfloor/gateways/contract.ts'
import type { Sample } from '../../drivers/driver.ts'
import type { WireValue } from './report-rules.ts'
import { type Scaling, unscaled } from './scaling.ts'

const compare: Record<Comparison, (a: number, b: number) => boolean> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
}

/** Whether a value that was read fulfils a condition; what cannot be compared does not. */
export function holds(value: WireValue, is: Comparison, than: WrittenValue): boolean {
  if (typeof than === 'number') {
    // A whole number beyond 2^53 travels as its decimal text.
    const number = typeof value === 'string' ? Number(value) : value
    return typeof number === 'number' && Number.isFinite(number) && compare[is](number, than)
  }
  if (typeof value !== typeof than) return false
  return is === 'eq' ? value === than : is === 'ne' && value !== than
}

export type Raw = { kind: 'raw'; value: number | boolean | string } | { kind: 'refused'; reason: string }

/**
 * What is sent to the machine. `now` is what stands there: a switch may be a bit or a register of 0 and 1, and a whole number is sent where
 * one stands.
 */
export function rawOf(value: WrittenValue, by: Scaling, now: NonNullable<Sample['value']>): Raw {
  if (typeof value === 'boolean') {
    if (typeof now === 'boolean') return { kind: 'raw', value }
    return typeof now === 'string' ? wrongType : { kind: 'raw', value: value ? 1 : 0 }
  }
  if (typeof value === 'string') return typeof now === 'string' ? { kind: 'raw', value } : wrongType
  if (typeof now === 'boolean' || typeof now === 'string') return wrongType
  const raw = unscaled(value, by)
  return Number.isFinite(raw) ? { kind: 'raw', value: raw } : wrongType
}

const wrongType: Raw = { kind: 'refused', reason: 'gateways.valueOfAnotherType' }

const MOST_TEXT = 1_000

/** What a method gave back: one result as it is, several as text, in order. */
export function givenBack(results: readonly Sample['value'][]): WriteResult['before'] {
  const texts = results.map((result) => (typeof result === 'bigint' ? String(result) : result))
  return texts.length <= 1
    ? (texts[0] ?? null)
    : texts
        .map((text) => text ?? '—')
        .join(' · ')
        .slice(0, MOST_TEXT)
}

/** Single precision and what a scale rounds. */
const TOLERANCE = 1e-6

/** Whether what was read back is another value than what was written. */
export function differs(written: WrittenValue, readBack: WireValue | null): boolean {
  if (readBack === null) return false
  if (typeof written !== 'number') return written !== readBack
  const number = Number(readBack)
  return !(Math.abs(number - written) <= TOLERANCE * Math.max(1, Math.abs(written)))
}

/** The gateway ended while it wrote: nobody knows what the machine took. */
export const endedWhileWriting = (before: WriteResult['before'], atMs: number): WriteResult => ({
  outcome: 'unknown',
  reason: 'gateways.endedWhileWriting',
  before,
  atMs,
})
