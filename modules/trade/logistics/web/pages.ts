import type { ModulePages } from '#ui/module-pages.ts'
import zh from '../zh.json'

export const logisticsPages: ModulePages = {
  module: 'logistics',
  words: { zh, en: () => import('../en.json') },
  menu: [{ group: 'chain', path: '/logistics', label: 'menu.list', icon: 'list', permission: 'logistics.read', order: 90 }],
  routes: [{ path: '/logistics', permission: 'logistics.read', lazy: () => import('./logistics-page.tsx') }],
}
