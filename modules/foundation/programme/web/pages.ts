import type { ModulePages } from '#ui/module-pages.ts'
import zh from '../zh.json'

export const programmePages: ModulePages = {
  module: 'programme',
  words: { zh, en: () => import('../en.json') },
  menu: [
    {
      group: 'chain',
      path: '/programme',
      label: 'menu.programme',
      icon: 'partner',
      permission: 'programme.read',
      order: 15,
      organisationKinds: ['leader'],
    },
    {
      group: 'chain',
      path: '/programme/mine',
      label: 'menu.mine',
      icon: 'partner',
      permission: 'programme.read',
      order: 16,
      organisationKinds: ['supplier'],
    },
  ],
  routes: [
    { path: '/programme', permission: 'programme.read', lazy: () => import('./partners-page.tsx') },
    { path: '/programme/import', permission: 'programme.manage', lazy: () => import('./import-partners-page.tsx') },
    { path: '/programme/certificates', permission: 'programme.read', lazy: () => import('./certificates-page.tsx') },
    { path: '/programme/mine', permission: 'programme.read', lazy: () => import('./mine-page.tsx') },
    { path: '/programme/partners/:id', permission: 'programme.read', lazy: () => import('./partner-page.tsx') },
    { path: '/join', permission: 'public', lazy: () => import('./join-page.tsx') },
  ],
}
