import type { ModulePages } from '#ui/module-pages.ts'
import zh from '../zh.json'

export const materialsPages: ModulePages = {
  module: 'materials',
  words: { zh, en: () => import('../en.json') },
  menu: [
    { group: 'trade', path: '/materials', label: 'menu.list', icon: 'material', permission: 'materials.read', order: 10 },
    { group: 'trade', path: '/materials/sources', label: 'menu.sources', icon: 'share', permission: 'materials.readPrices', order: 12 },
    { group: 'trade', path: '/materials/supplied', label: 'menu.supplied', icon: 'list', permission: 'materials.readPrices', order: 14 },
  ],
  routes: [
    { path: '/materials', permission: 'materials.read', lazy: () => import('./material-list-page.tsx') },
    { path: '/materials/categories', permission: 'materials.read', lazy: () => import('./categories-page.tsx') },
    { path: '/materials/import', permission: 'materials.manage', lazy: () => import('./import-page.tsx') },
    { path: '/materials/import-prices', permission: 'materials.manageSources', lazy: () => import('./import-prices-page.tsx') },
    { path: '/materials/sources', permission: 'materials.readPrices', lazy: () => import('./source-list-page.tsx') },
    { path: '/materials/sources/:id', permission: 'materials.readPrices', lazy: () => import('./source-page.tsx') },
    { path: '/materials/supplied', permission: 'materials.readPrices', lazy: () => import('./supplied-page.tsx') },
    { path: '/materials/:id', permission: 'materials.read', lazy: () => import('./material-page.tsx') },
  ],
}
