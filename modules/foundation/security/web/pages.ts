import type { ModulePages } from '#ui/module-pages.ts'
import zh from '../zh.json'

export const securityPages: ModulePages = {
  module: 'security',
  words: { zh, en: () => import('../en.json') },
  menu: [
    {
      group: 'administration',
      path: '/security/secrets',
      label: 'menu.secrets',
      icon: 'secret',
      permission: 'security.manageSecrets',
      order: 70,
    },
    { group: 'administration', path: '/security/audit', label: 'menu.audit', icon: 'audit', permission: 'security.readAudit', order: 80 },
  ],
  routes: [
    { path: '/security/secrets', permission: 'security.manageSecrets', lazy: () => import('./secrets-page.tsx') },
    { path: '/security/audit', permission: 'security.readAudit', lazy: () => import('./audit-page.tsx') },
    { path: '/security/audit/:id', permission: 'security.readAudit', lazy: () => import('./entry-page.tsx') },
  ],
}
