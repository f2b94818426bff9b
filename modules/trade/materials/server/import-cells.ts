import type { CellKind } from '#kernel/imports/cells.ts'
import { readDecimal, writeDecimal } from '#values/decimal.ts'
import { readUnit, type UnitCode } from '#values/units.ts'

const plain = (text: string): string => text.normalize('NFKC').trim()

/** ¥1,234.50, ５０: as a decimal text, no digit lost. */
function decimalOf(text: string): string | undefined {
  const digits = plain(text)
    .replace(/^[¥$€]|元$/g, '')
    .trim()
  const grouped = /^\d{1,3}(,\d{3})+(\.\d*)?$/.test(digits) ? digits.replaceAll(',', '') : digits
  const value = readDecimal(grouped.replace(/^\./, '0.').replace(/\.$/, ''))
  return value === undefined || value < 0n ? undefined : writeDecimal(value)
}

export const decimalCell = ({ positive = false } = {}): CellKind<string> => ({
  read: (text) => {
    const value = decimalOf(text)
    return value === undefined || (positive && value === '0') ? { problem: { code: 'materials.importRows.problems.decimal' } } : { value }
  },
})

/** 13%, 13 or 0.13: as the fraction. A rate of one or more is meant in per cent. */
export const taxRateCell = (): CellKind<string> => ({
  read: (text) => {
    const written = plain(text)
    const value = decimalOf(written.replace(/%$/, ''))
    if (value === undefined) return { problem: { code: 'materials.importRows.problems.taxRate' } }
    const millionths = readDecimal(value) ?? 0n
    const fraction = written.endsWith('%') || millionths >= 1_000_000n ? millionths / 100n : millionths
    return fraction >= 1_000_000n ? { problem: { code: 'materials.importRows.problems.taxRate' } } : { value: writeDecimal(fraction) }
  },
})

/** By code, name or another word for it. */
export const unitCell = (): CellKind<UnitCode> => ({
  read: (text) => {
    const unit = readUnit(text)
    return unit === undefined ? { problem: { code: 'materials.importRows.problems.unit', details: { text } } } : { value: unit }
  },
})
