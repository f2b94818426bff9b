import type { ModulePages } from '#ui/module-pages.ts'
import zh from '../zh.json'

export const integrationPages: ModulePages = {
  module: 'integration',
  words: { zh, en: () => import('../en.json') },
  menu: [
    {
      group: 'administration',
      path: '/integration/sandbox',
      label: 'sandbox.title',
      icon: 'tool',
      permission: 'integration.sandbox',
      order: 45,
    },
  ],
  routes: [{ path: '/integration/sandbox', permission: 'integration.sandbox', lazy: () => import('./sandbox-page.tsx') }],
  panels: [{ slot: 'record', lazy: () => import('./record-references.tsx') }],
}
