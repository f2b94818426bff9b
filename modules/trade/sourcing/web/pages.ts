import type { ModulePages } from '#ui/module-pages.ts'
import zh from '../zh.json'

export const sourcingPages: ModulePages = {
  module: 'sourcing',
  words: { zh, en: () => import('../en.json') },
  menu: [
    { group: 'trade', path: '/sourcing', label: 'menu.requests', icon: 'quote', permission: 'sourcing.read', order: 20 },
    { group: 'trade', path: '/sourcing/invitations', label: 'menu.invitations', icon: 'quote', permission: 'sourcing.bid', order: 21 },
    { group: 'trade', path: '/sourcing/agreements', label: 'menu.agreements', icon: 'quote', permission: 'sourcing.read', order: 22 },
  ],
  routes: [
    { path: '/sourcing', permission: 'sourcing.read', lazy: () => import('./requests-page.tsx') },
    { path: '/sourcing/new', permission: 'sourcing.manage', lazy: () => import('./edit-request-page.tsx') },
    { path: '/sourcing/agreements', permission: 'sourcing.read', lazy: () => import('./agreements/agreements-page.tsx') },
    { path: '/sourcing/agreements/new', permission: 'sourcing.manage', lazy: () => import('./agreements/edit-agreement-page.tsx') },
    { path: '/sourcing/agreements/:id', permission: 'sourcing.read', lazy: () => import('./agreements/agreement-page.tsx') },
    { path: '/sourcing/agreements/:id/edit', permission: 'sourcing.agree', lazy: () => import('./agreements/edit-agreement-page.tsx') },
    { path: '/sourcing/invitations', permission: 'sourcing.read', lazy: () => import('./invitations-page.tsx') },
    { path: '/sourcing/invitations/:id', permission: 'sourcing.read', lazy: () => import('./invitation-page.tsx') },
    { path: '/sourcing/requests/:id', permission: 'sourcing.read', lazy: () => import('./request-page.tsx') },
    { path: '/sourcing/requests/:id/edit', permission: 'sourcing.manage', lazy: () => import('./edit-request-page.tsx') },
  ],
}
