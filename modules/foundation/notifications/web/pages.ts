import type { ModulePages } from '#ui/module-pages.ts'
import zh from '../zh.json'

export const notificationsPages: ModulePages = {
  module: 'notifications',
  words: { zh, en: () => import('../en.json') },
  menu: [
    { group: 'administration', path: '/notifications', label: 'menu.messages', icon: 'inbox', permission: 'notifications.read', order: 5 },
    {
      group: 'administration',
      path: '/notifications/webhooks',
      label: 'menu.webhooks',
      icon: 'webhook',
      permission: 'notifications.manageWebhooks',
      order: 75,
    },
  ],
  routes: [
    { path: '/notifications/webhooks', permission: 'notifications.manageWebhooks', lazy: () => import('./webhooks-page.tsx') },
    { path: '/notifications/webhooks/:id', permission: 'notifications.manageWebhooks', lazy: () => import('./webhook-page.tsx') },
    { path: '/notifications', permission: 'notifications.read', lazy: () => import('./messages-page.tsx') },
    { path: '/notifications/settings', permission: 'notifications.read', lazy: () => import('./settings-page.tsx') },
  ],
  panels: [{ slot: 'header', lazy: () => import('./bell.tsx') }],
}
