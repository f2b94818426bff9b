import type { Language } from './context.ts'

type Words = { [key: string]: string | Words }

/** A module's words in both languages, from its zh.json and en.json. */
export interface ModuleWords {
  zh: Words
  en: Words
}

/** Looks words up as `module.errors.notFound` and fills `{{name}}` from the values. */
export type Translate = (locale: Language, key: string, values?: Record<string, unknown>) => string | undefined

export function translator(modules: Record<string, ModuleWords>): Translate {
  return (locale, key, values = {}) => {
    const [module = '', ...path] = key.split('.')
    let at: string | Words | undefined = modules[module]?.[locale === 'en-US' ? 'en' : 'zh']
    for (const part of path) at = typeof at === 'object' ? at[part] : undefined
    return typeof at === 'string' ? at.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name] ?? '—')) : undefined
  }
}
