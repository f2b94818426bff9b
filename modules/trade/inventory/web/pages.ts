import type { ModulePages } from '#ui/module-pages.ts'
import zh from '../zh.json'

export const inventoryPages: ModulePages = {
  module: 'inventory',
  words: { zh, en: () => import('../en.json') },
  menu: [{ group: 'chain', path: '/inventory', label: 'menu.list', icon: 'list', permission: 'inventory.read', order: 90 }],
  routes: [{ path: '/inventory', permission: 'inventory.read', lazy: () => import('./inventory-page.tsx') }],
}
