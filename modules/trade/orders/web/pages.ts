import type { ModulePages } from '#ui/module-pages.ts'
import zh from '../zh.json'

export const ordersPages: ModulePages = {
  module: 'orders',
  words: { zh, en: () => import('../en.json') },
  menu: [
    { group: 'trade', path: '/orders', label: 'menu.list', icon: 'order', permission: 'orders.read', order: 30 },
    { group: 'trade', path: '/orders/follow-up', label: 'menu.followUp', icon: 'task', permission: 'orders.read', order: 35 },
  ],
  routes: [
    { path: '/orders', permission: 'orders.read', lazy: () => import('./order-list-page.tsx') },
    { path: '/orders/new', permission: 'orders.manage', lazy: () => import('./new-order-page.tsx') },
    { path: '/orders/follow-up', permission: 'orders.read', lazy: () => import('./follow-up-page.tsx') },
    { path: '/orders/import', permission: 'orders.manage', lazy: () => import('./import-orders-page.tsx') },
    { path: '/orders/:id/import', permission: 'orders.manage', lazy: () => import('./import-lines-page.tsx') },
    { path: '/orders/:id', permission: 'orders.read', lazy: () => import('./order-page.tsx') },
  ],
}
