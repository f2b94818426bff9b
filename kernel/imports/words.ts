import type { Language } from '../context.ts'
import type { Translate } from '../words.ts'
import type { Problem } from './cells.ts'
import type { AnyImportDefinition } from './definition.ts'

const LANGUAGES: readonly Language[] = ['zh-CN', 'en-US']

export const columnName = (definition: AnyImportDefinition, key: string, locale: Language, translate: Translate): string =>
  translate(locale, `${definition.wordsAt}.columns.${key}`) ?? key

export const columnNames = (definition: AnyImportDefinition, locale: Language, translate: Translate): string[] =>
  Object.keys(definition.columns).map((key) => columnName(definition, key, locale, translate))

/** The names by which a column's head is known: its own in both languages, its key, and others that people use. */
export function headNames(definition: AnyImportDefinition, key: string, translate: Translate): string[] {
  const others = LANGUAGES.flatMap((locale) => translate(locale, `${definition.wordsAt}.aliases.${key}`)?.split('|') ?? [])
  return [key, ...LANGUAGES.map((locale) => columnName(definition, key, locale, translate)), ...others]
}

export function exampleOf(definition: AnyImportDefinition, key: string, locale: Language, translate: Translate): string {
  const example = definition.columns[key]?.example ?? ''
  return translate(locale, example) ?? example
}

/** What is wrong and what to do, as a sentence of the reader's language. */
export function problemText(problem: Problem, locale: Language, translate: Translate): string {
  const key = problem.code.includes('.') ? problem.code : `imports.problems.${problem.code}`
  return translate(locale, key, inWords(problem.details ?? {}, locale, translate)) ?? problem.code
}

/** Why all of it was refused; `code` is an error's, as `imports.noHeader`. */
export function refusalText(refusal: Problem, locale: Language, translate: Translate): string {
  const [module, name] = refusal.code.split('.')
  return translate(locale, `${module}.errors.${name}`, inWords(refusal.details ?? {}, locale, translate)) ?? refusal.code
}

/** Details whose name ends in `Words` are keys of words: `choiceWords` becomes `choices`. */
function inWords(details: Record<string, unknown>, locale: Language, translate: Translate): Record<string, unknown> {
  const entries = Object.entries(details).map(([name, value]) => {
    if (!name.endsWith('Words') || !Array.isArray(value)) return [name, value]
    const words = value.map((key) => translate(locale, String(key)) ?? String(key))
    return [`${name.slice(0, -'Words'.length)}s`, words.join(locale === 'en-US' ? ', ' : '、')]
  })
  return Object.fromEntries(entries) as Record<string, unknown>
}
