import type { ModulePages } from '#ui/module-pages.ts'
import zh from '../zh.json'

export const logisticsPages: ModulePages = {
  module: 'logistics',
  words: { zh, en: () => import('../en.json') },
  menu: [{ group: 'trade', path: '/logistics/labels', label: 'menu.setup', icon: 'scan', permission: 'logistics.read', order: 46 }],
  routes: [{ path: '/logistics/labels', permission: 'logistics.read', lazy: () => import('./label-setup-page.tsx') }],
}
