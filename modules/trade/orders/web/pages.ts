import type { ModulePages } from '#ui/module-pages.ts'
import zh from '../zh.json'

export const ordersPages: ModulePages = {
  module: 'orders',
  words: { zh, en: () => import('../en.json') },
  menu: [{ group: 'chain', path: '/orders', label: 'menu.list', icon: 'list', permission: 'orders.read', order: 90 }],
  routes: [{ path: '/orders', permission: 'orders.read', lazy: () => import('./orders-page.tsx') }],
}
