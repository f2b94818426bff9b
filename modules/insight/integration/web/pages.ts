import type { ModulePages } from '#ui/module-pages.ts'
import zh from '../zh.json'

export const integrationPages: ModulePages = {
  module: 'integration',
  words: { zh, en: () => import('../en.json') },
  menu: [],
  routes: [],
  panels: [{ slot: 'record', lazy: () => import('./record-references.tsx') }],
}
