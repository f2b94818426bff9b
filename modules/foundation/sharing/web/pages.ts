import type { ModulePages } from '#ui/module-pages.ts'
import zh from '../zh.json'

export const sharingPages: ModulePages = {
  module: 'sharing',
  words: { zh, en: () => import('../en.json') },
  menu: [{ group: 'chain', path: '/sharing', label: 'menu.sharing', icon: 'share', permission: 'sharing.read', order: 20 }],
  routes: [
    { path: '/sharing', permission: 'sharing.read', lazy: () => import('./agreements-page.tsx') },
    { path: '/sharing/new', permission: 'sharing.manage', lazy: () => import('./new-agreement-page.tsx') },
    { path: '/sharing/:id', permission: 'sharing.read', lazy: () => import('./agreement-page.tsx') },
  ],
  partnerLinks: [
    { label: 'menu.sharing', permission: 'sharing.read', path: (orgId) => `/sharing?partnerId=${orgId}` },
    { label: 'grant', permission: 'sharing.manage', path: (orgId) => `/sharing/new?to=${orgId}` },
  ],
}
