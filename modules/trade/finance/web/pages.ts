import type { ModulePages } from '#ui/module-pages.ts'
import zh from '../zh.json'

export const financePages: ModulePages = {
  module: 'finance',
  words: { zh, en: () => import('../en.json') },
  menu: [
    { group: 'trade', path: '/finance', label: 'menu.payables', icon: 'money', permission: 'finance.read', order: 60 },
    { group: 'trade', path: '/finance/invoices', label: 'menu.invoices', icon: 'order', permission: 'finance.read', order: 61 },
    { group: 'trade', path: '/finance/statements', label: 'menu.statements', icon: 'task', permission: 'finance.read', order: 62 },
    { group: 'trade', path: '/finance/vouchers', label: 'menu.vouchers', icon: 'list', permission: 'finance.readLedger', order: 64 },
    { group: 'trade', path: '/finance/books', label: 'menu.books', icon: 'explore', permission: 'finance.readLedger', order: 65 },
    { group: 'trade', path: '/finance/accounts', label: 'menu.accounts', icon: 'model', permission: 'finance.readLedger', order: 66 },
    { group: 'trade', path: '/finance/settings', label: 'menu.settings', icon: 'settings', permission: 'finance.readLedger', order: 67 },
    {
      group: 'administration',
      path: '/finance/term-rules',
      label: 'menu.termRules',
      icon: 'list',
      permission: 'finance.operate',
      order: 60,
      organisationKinds: ['operator'],
    },
  ],
  panels: [{ slot: 'inventory.vouchers', lazy: () => import('./stock-vouchers-panel.tsx') }],
  routes: [
    { path: '/finance', permission: 'finance.read', lazy: () => import('./payables-page.tsx') },
    { path: '/finance/payments', permission: 'finance.read', lazy: () => import('./payments-page.tsx') },
    { path: '/finance/payments/:id', permission: 'finance.read', lazy: () => import('./payment-page.tsx') },
    { path: '/finance/invoices', permission: 'finance.read', lazy: () => import('./invoices-page.tsx') },
    { path: '/finance/invoices/new', permission: 'finance.enterInvoices', lazy: () => import('./invoice-entry-page.tsx') },
    { path: '/finance/invoices/:id', permission: 'finance.read', lazy: () => import('./invoice-page.tsx') },
    { path: '/finance/invoices/:id/change', permission: 'finance.enterInvoices', lazy: () => import('./invoice-entry-page.tsx') },
    { path: '/finance/statements', permission: 'finance.read', lazy: () => import('./statements-page.tsx') },
    { path: '/finance/statements/:id', permission: 'finance.read', lazy: () => import('./statement-page.tsx') },
    { path: '/finance/vouchers', permission: 'finance.readLedger', lazy: () => import('./vouchers-page.tsx') },
    { path: '/finance/vouchers/new', permission: 'finance.manage', lazy: () => import('./voucher-new-page.tsx') },
    { path: '/finance/term-rules', permission: 'finance.operate', lazy: () => import('./term-rules-page.tsx') },
    { path: '/finance/vouchers/:id', permission: 'finance.readLedger', lazy: () => import('./voucher-page.tsx') },
    { path: '/finance/books', permission: 'finance.readLedger', lazy: () => import('./books-page.tsx') },
    { path: '/finance/accounts', permission: 'finance.readLedger', lazy: () => import('./accounts-page.tsx') },
    { path: '/finance/settings', permission: 'finance.readLedger', lazy: () => import('./settings-page.tsx') },
  ],
}
