import { NAME } from './table-draft.ts'

/** How points get their names: a pattern, then what is cut off, replaced and spelled. */
export interface NameRule {
  /** `{folder}_{name}`; fields: folder, name, label, address, n (its place in the order), n:3 (with so many digits). */
  pattern: string
  stripStart: string
  stripEnd: string
  find: string
  replace: string
  letters: 'keep' | 'lower' | 'upper'
  firstNumber: number
  /** Of the display name; empty leaves it. */
  labelPattern: string
}

export const usualRule: NameRule = {
  pattern: '{name}',
  stripStart: '',
  stripEnd: '',
  find: '',
  replace: '',
  letters: 'keep',
  firstNumber: 1,
  labelPattern: '',
}

/** What a pattern's fields are taken from. */
export interface NameSource {
  folder: string
  name: string
  label: string
  address: string
}

export interface RuledName {
  name: string
  label: string | undefined
  /** Another of these, or a point that is there already, has the name. */
  clash: boolean
  /** It is none that the thing model takes: nothing is left of it, or it is too long. */
  unfit: boolean
}

const FIELD = /\{(\w+)(?::(\d))?\}/g
const fields = ['folder', 'name', 'label', 'address', 'n'] as const
const LONGEST_LABEL = 60

/** Fields that a pattern asks for and that there are not. */
export const unknownFields = (pattern: string): string[] =>
  [...pattern.matchAll(FIELD)].map(([, field = '']) => field).filter((field) => !(fields as readonly string[]).includes(field))

const filled = (pattern: string, source: NameSource, n: number) =>
  pattern.replaceAll(FIELD, (whole, field: string, digits = '1') =>
    field === 'n' ? String(n).padStart(Number(digits), '0') : field in source ? source[field as keyof NameSource] : whole,
  )

function cut(text: string, { stripStart, stripEnd }: NameRule): string {
  const begun = stripStart !== '' && text.startsWith(stripStart) ? text.slice(stripStart.length) : text
  return stripEnd !== '' && begun.endsWith(stripEnd) ? begun.slice(0, -stripEnd.length) : begun
}

/** Letters, digits and underscores, a letter first: what the thing model takes. `spell`: Chinese as pinyin. */
export function identifier(text: string, spell: (text: string) => string): string {
  const plain = text
    .replaceAll(/\p{Script=Han}+/gu, (chinese) => `_${spell(chinese)}_`)
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
  return /^\d/.test(plain) ? `p_${plain}` : plain
}

/** The names of all, in their order, with those that clash among each other or with what is `taken`. */
export function namesByRule(
  rule: NameRule,
  sources: readonly NameSource[],
  taken: ReadonlySet<string>,
  spell: (text: string) => string,
): RuledName[] {
  const named = sources.map((source, i) => {
    const n = rule.firstNumber + i
    const text = cut(filled(rule.pattern, { ...source, name: cut(source.name, rule) }, n), rule)
    const replaced = rule.find === '' ? text : text.replaceAll(rule.find, rule.replace)
    const spelled = identifier(replaced, spell)
    const name = rule.letters === 'lower' ? spelled.toLowerCase() : rule.letters === 'upper' ? spelled.toUpperCase() : spelled
    const label = rule.labelPattern === '' ? undefined : filled(rule.labelPattern, source, n).trim().slice(0, LONGEST_LABEL) || undefined
    return { name, label, unfit: !NAME.test(name) }
  })
  const times = new Map<string, number>()
  for (const { name } of named) times.set(name, (times.get(name) ?? 0) + 1)
  return named.map((one) => ({ ...one, clash: taken.has(one.name) || (times.get(one.name) ?? 0) > 1 }))
}

/** Clashing names with a number behind them: the second `speed` is `speed_2`. */
export function numbered(names: readonly RuledName[], taken: ReadonlySet<string>): RuledName[] {
  const used = new Set(taken)
  return names.map((one) => {
    if (one.unfit) return one
    let name = one.name
    for (let n = 2; used.has(name); n++) name = `${one.name.slice(0, 58)}_${n}`
    used.add(name)
    return { ...one, name, clash: false }
  })
}
