import type { ModulePages } from '#ui/module-pages.ts'
import zh from '../zh.json'

export const materialsPages: ModulePages = {
  module: 'materials',
  words: { zh, en: () => import('../en.json') },
  menu: [{ group: 'trade', path: '/materials', label: 'menu.list', icon: 'list', permission: 'materials.read', order: 10 }],
  routes: [{ path: '/materials', permission: 'materials.read', lazy: () => import('./material-list-page.tsx') }],
}
