import type { ModulePages } from '#ui/module-pages.ts'
import zh from '../zh.json'

export const accessPages: ModulePages = {
  module: 'access',
  words: { zh, en: () => import('../en.json') },
  menu: [
    {
      group: 'chain',
      path: '/access/organisations',
      label: 'platformOrganisations',
      icon: 'organisation',
      permission: 'organisations.operate',
      order: 90,
      organisationKinds: ['operator'],
    },
    { group: 'administration', path: '/access/users', label: 'users', icon: 'users', permission: 'access.read', order: 20 },
    { group: 'administration', path: '/access/roles', label: 'roles', icon: 'roles', permission: 'access.read', order: 30 },
    { group: 'administration', path: '/access/clients', label: 'clients', icon: 'client', permission: 'access.read', order: 40 },
    { group: 'administration', path: '/access/sessions', label: 'sessions', icon: 'session', permission: 'signedIn', order: 50 },
    { group: 'administration', path: '/access/policy', label: 'policy', icon: 'policy', permission: 'access.read', order: 60 },
  ],
  routes: [
    { path: '/access/organisations', permission: 'organisations.operate', lazy: () => import('./platform-page.tsx') },
    { path: '/access/users', permission: 'access.read', lazy: () => import('./users-page.tsx') },
    { path: '/access/roles', permission: 'access.read', lazy: () => import('./roles-page.tsx') },
    { path: '/access/clients', permission: 'access.read', lazy: () => import('./clients-page.tsx') },
    { path: '/access/sessions', permission: 'signedIn', lazy: () => import('./sessions-page.tsx') },
    { path: '/access/policy', permission: 'access.read', lazy: () => import('./policy-page.tsx') },
  ],
}
