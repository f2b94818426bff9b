import type { ModulePages } from '#ui/module-pages.ts'
import zh from '../zh.json'

export const inventoryPages: ModulePages = {
  module: 'inventory',
  words: { zh, en: () => import('../en.json') },
  menu: [{ group: 'trade', path: '/inventory/locations', label: 'menu.locations', icon: 'list', permission: 'inventory.read', order: 58 }],
  routes: [{ path: '/inventory/locations', permission: 'inventory.read', lazy: () => import('./locations-page.tsx') }],
}
