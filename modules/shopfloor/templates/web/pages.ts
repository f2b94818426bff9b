import type { ModulePages } from '#ui/module-pages.ts'
import zh from '../zh.json'

export const templatesPages: ModulePages = {
  module: 'templates',
  words: { zh, en: () => import('../en.json') },
  menu: [{ group: 'shopfloor', path: '/templates', label: 'menu.templates', icon: 'material', permission: 'templates.read', order: 60 }],
  routes: [
    { path: '/templates', permission: 'templates.read', lazy: () => import('./templates-page.tsx') },
    { path: '/templates/:industry', permission: 'templates.read', lazy: () => import('./template-page.tsx') },
  ],
}
