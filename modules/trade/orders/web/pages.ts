import type { ModulePages } from '#ui/module-pages.ts'
import zh from '../zh.json'

export const ordersPages: ModulePages = {
  module: 'orders',
  words: { zh, en: () => import('../en.json') },
  menu: [{ group: 'trade', path: '/orders', label: 'menu.list', icon: 'order', permission: 'orders.read', order: 30 }],
  routes: [{ path: '/orders', permission: 'orders.read', lazy: () => import('./order-list-page.tsx') }],
}
