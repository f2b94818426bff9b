import type { ModulePages } from '#ui/module-pages.ts'
import zh from './zh.json'

/** The shell's own words: log-in, menu groups, search. */
export const shellWords: ModulePages = { module: 'shell', words: { zh, en: () => import('./en.json') }, menu: [], routes: [] }
