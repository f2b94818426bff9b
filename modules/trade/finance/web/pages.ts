import type { ModulePages } from '#ui/module-pages.ts'
import zh from '../zh.json'

export const financePages: ModulePages = {
  module: 'finance',
  words: { zh, en: () => import('../en.json') },
  menu: [{ group: 'chain', path: '/finance', label: 'menu.list', icon: 'list', permission: 'finance.read', order: 90 }],
  routes: [{ path: '/finance', permission: 'finance.read', lazy: () => import('./finance-page.tsx') }],
}
