import type { ModulePages } from '#ui/module-pages.ts'
import zh from '../zh.json'

export const logisticsPages: ModulePages = {
  module: 'logistics',
  words: { zh, en: () => import('../en.json') },
  menu: [
    { group: 'trade', path: '/logistics', label: 'menu.list', icon: 'shipment', permission: 'logistics.read', order: 40 },
    { group: 'trade', path: '/receive', label: 'menu.receive', icon: 'scan', permission: 'logistics.receive', order: 45 },
    { group: 'trade', path: '/logistics/claims', label: 'menu.claims', icon: 'alarm', permission: 'logistics.read', order: 46 },
    { group: 'trade', path: '/logistics/docks', label: 'menu.docks', icon: 'shift', permission: 'logistics.read', order: 47 },
    { group: 'trade', path: '/logistics/containers', label: 'menu.containers', icon: 'stock', permission: 'logistics.read', order: 48 },
    { group: 'trade', path: '/logistics/setup', label: 'menu.setup', icon: 'model', permission: 'logistics.read', order: 49 },
  ],
  panels: [{ slot: 'inventory.holders', lazy: () => import('./coming-panel.tsx') }],
  routes: [
    { path: '/logistics', permission: 'logistics.read', lazy: () => import('./shipments-page.tsx') },
    { path: '/logistics/new', permission: 'logistics.ship', lazy: () => import('./new-shipment-page.tsx') },
    { path: '/logistics/claims', permission: 'logistics.read', lazy: () => import('./claims-page.tsx') },
    { path: '/logistics/docks', permission: 'logistics.read', lazy: () => import('./docks-page.tsx') },
    { path: '/logistics/containers', permission: 'logistics.read', lazy: () => import('./containers-page.tsx') },
    { path: '/logistics/setup', permission: 'logistics.read', lazy: () => import('./label-setup-page.tsx') },
    { path: '/logistics/:id', permission: 'logistics.read', lazy: () => import('./shipment-page.tsx') },
    { path: '/logistics/:id/edit', permission: 'logistics.ship', lazy: () => import('./new-shipment-page.tsx') },
    { path: '/logistics/:id/labels', permission: 'logistics.read', lazy: () => import('./labels-page.tsx') },
    { path: '/receive', permission: 'logistics.receive', lazy: () => import('./receive-page.tsx') },
  ],
}
