import type { Translate } from '../words.ts'

/** What is wrong with a cell or a row: a key of the kernel's `import.problems`, or the module's own as `devices.importProblems.codeTaken`. */
export interface Problem {
  code: string
  details?: Record<string, unknown>
}

/** The cell says that what stands in the record shall go; an empty cell leaves it as it is. */
export const CLEARED = Symbol('cleared')
export type Cleared = typeof CLEARED
const CLEARING = /^[[【](清空|clear)[\]】]$/i

/** What a cell's text becomes. */
export interface CellKind<Value> {
  read(text: string, translate: Translate): { value: Value } | { problem: Problem }
  /** Words offered for choice in the template, and the only ones taken. */
  choices?: readonly { value: string; word: string }[]
}

/** Full-width letters and digits, as an input method writes them, become the plain ones. */
const plain = (text: string): string => text.normalize('NFKC').trim()

/** A line break in a cell of one line, as Alt+Enter makes it, is a blank. */
export const textCell = ({ max, lines = false }: { max: number; lines?: boolean }): CellKind<string> => ({
  read: (text) => {
    const value = lines ? text : text.replace(/\s*\n\s*/g, ' ')
    return value.length > max ? { problem: { code: 'tooLong', details: { max, length: value.length } } } : { value }
  },
})

/** A code after a pattern; `problem` says the pattern in words. */
export const codeCell = ({ pattern, problem }: { pattern: RegExp; problem: string }): CellKind<string> => ({
  read: (text) => (pattern.test(plain(text)) ? { value: plain(text) } : { problem: { code: problem } }),
})

/** 1234.5, 1,234.5, １２３４．５, 50%: as a decimal text, so that no digit is lost. */
export const numberCell = ({ min, max, whole = false }: { min?: number; max?: number; whole?: boolean } = {}): CellKind<number> => ({
  read: (text) => {
    const digits = plain(text).replace(/^([+-]?)[¥$€]/, '$1')
    const grouped = /^[+-]?\d{1,3}(,\d{3})+(\.\d*)?%?$/.test(digits) ? digits.replaceAll(',', '') : digits
    if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?%?$/i.test(grouped)) return { problem: { code: 'notNumber' } }
    const value = grouped.endsWith('%') ? Number(grouped.slice(0, -1)) / 100 : Number(grouped)
    if (whole && !Number.isSafeInteger(value)) return { problem: { code: 'notWhole' } }
    if ((min !== undefined && value < min) || (max !== undefined && value > max))
      return { problem: { code: 'outOfRange', details: { min: min ?? '—', max: max ?? '—' } } }
    return { value }
  },
})

/** 2026-11-22, 2026/11/22, 2026.11.22, 2026年11月22日, 20261122: as 2026-11-22. */
export const dateCell = (): CellKind<string> => ({
  read: (text) => {
    const match = /^(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))(?: 00:00(?::00)?)?$/.exec(plain(text))
    const [year, month, day] = [match?.[1], match?.[2] ?? match?.[4], match?.[3] ?? match?.[5]]
    const date = `${year}-${month?.padStart(2, '0')}-${day?.padStart(2, '0')}`
    const parsed = new Date(`${date}T00:00:00Z`)
    return match && !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(date)
      ? { value: date }
      : { problem: { code: 'notDate' } }
  },
})

/** One of several values by its word in either language, without what stands in brackets after it as well, or by its own name. */
export const choiceCell = <const Value extends string>(values: readonly Value[], wordKey: (value: Value) => string): CellKind<Value> => ({
  read: (text, translate) => {
    const wanted = plain(text).toLowerCase()
    const namesOf = (value: Value) =>
      [value, translate('zh-CN', wordKey(value)) ?? '', translate('en-US', wordKey(value)) ?? ''].flatMap((word) => {
        const name = plain(word).toLowerCase()
        return [name, name.replace(/\s*\(.*\)$/, '')]
      })
    const found = values.find((value) => namesOf(value).includes(wanted))
    return found === undefined ? { problem: { code: 'notAChoice', details: { choiceWords: values.map(wordKey) } } } : { value: found }
  },
  choices: values.map((value) => ({ value, word: wordKey(value) })),
})

const YES = new Set(['是', 'y', 'yes', 'true', '1', '√', '✓', '对', '有'])
const NO = new Set(['否', 'n', 'no', 'false', '0', '×', 'x', '无'])

export const yesNoCell = (): CellKind<boolean> => ({
  read: (text) => {
    const word = plain(text).toLowerCase()
    return YES.has(word) ? { value: true } : NO.has(word) ? { value: false } : { problem: { code: 'notYesNo' } }
  },
  choices: [
    { value: 'yes', word: 'imports.yes' },
    { value: 'no', word: 'imports.no' },
  ],
})

/** Takes `[清空]` or `[clear]` besides, for records that are changed: an empty cell says nothing of them. */
export const clearable = <Value>(cell: CellKind<Value>): CellKind<Value | Cleared> => ({
  ...cell,
  read: (text, translate) => (CLEARING.test(plain(text)) ? { value: CLEARED } : cell.read(text, translate)),
})
