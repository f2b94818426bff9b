import type { ModulePages } from '#ui/module-pages.ts'
import zh from '../zh.json'

export const notificationsPages: ModulePages = {
  module: 'notifications',
  words: { zh, en: () => import('../en.json') },
  menu: [
    { group: 'administration', path: '/notifications', label: 'menu.messages', icon: 'inbox', permission: 'notifications.read', order: 5 },
  ],
  routes: [{ path: '/notifications', permission: 'notifications.read', lazy: () => import('./messages-page.tsx') }],
  panels: [{ slot: 'header', lazy: () => import('./bell.tsx') }],
}
