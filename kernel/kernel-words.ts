import en from './en.json' with { type: 'json' }
import importsEn from './imports/en.json' with { type: 'json' }
import importsZh from './imports/zh.json' with { type: 'json' }
import type { ModuleWords } from './words.ts'
import zh from './zh.json' with { type: 'json' }

/** The kernel's own words, beside those of the modules. */
export const kernelWords: Record<string, ModuleWords> = { request: { zh, en }, imports: { zh: importsZh, en: importsEn } }
