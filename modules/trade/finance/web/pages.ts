import type { ModulePages } from '#ui/module-pages.ts'
import zh from '../zh.json'

export const financePages: ModulePages = {
  module: 'finance',
  words: { zh, en: () => import('../en.json') },
  menu: [{ group: 'trade', path: '/finance/vouchers', label: 'menu.vouchers', icon: 'list', permission: 'finance.readLedger', order: 62 }],
  routes: [
    { path: '/finance/vouchers', permission: 'finance.readLedger', lazy: () => import('./vouchers-page.tsx') },
    { path: '/finance/vouchers/:id', permission: 'finance.readLedger', lazy: () => import('./voucher-page.tsx') },
  ],
}
