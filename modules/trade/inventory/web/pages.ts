import { call } from '#ui/api.ts'
import { wordsNow } from '#ui/i18n.ts'
import type { ModulePages } from '#ui/module-pages.ts'
import { stockApi } from '../stock-contract.ts'
import zh from '../zh.json'

const MAX_HITS = 8

export const inventoryPages: ModulePages = {
  module: 'inventory',
  words: { zh, en: () => import('../en.json') },
  menu: [
    { group: 'trade', path: '/inventory', label: 'menu.stock', icon: 'stock', permission: 'inventory.read', order: 50 },
    { group: 'trade', path: '/inventory/reservations', label: 'menu.reservations', icon: 'task', permission: 'inventory.read', order: 51 },
    { group: 'trade', path: '/inventory/stocktakes', label: 'menu.stocktakes', icon: 'task', permission: 'inventory.read', order: 52 },
    {
      group: 'trade',
      path: '/inventory/consigned',
      label: 'menu.consigned',
      icon: 'partner',
      permission: 'inventory.readConsigned',
      order: 54,
    },
    { group: 'trade', path: '/inventory/chain', label: 'menu.chain', icon: 'partner', permission: 'inventory.readConsigned', order: 55 },
    { group: 'trade', path: '/inventory/analysis', label: 'menu.analysis', icon: 'explore', permission: 'inventory.readValue', order: 56 },
    { group: 'trade', path: '/inventory/locations', label: 'menu.locations', icon: 'list', permission: 'inventory.read', order: 58 },
  ],
  routes: [
    { path: '/inventory', permission: 'inventory.read', lazy: () => import('./items-page.tsx') },
    { path: '/inventory/stock', permission: 'inventory.read', lazy: () => import('./stock-page.tsx') },
    { path: '/inventory/items/:id', permission: 'inventory.read', lazy: () => import('./item-page.tsx') },
    { path: '/inventory/move', permission: 'inventory.move', lazy: () => import('./move-page.tsx') },
    { path: '/inventory/documents/:id', permission: 'inventory.read', lazy: () => import('./document-page.tsx') },
    { path: '/inventory/reservations', permission: 'inventory.read', lazy: () => import('./reservations-page.tsx') },
    { path: '/inventory/reservations/:id', permission: 'inventory.read', lazy: () => import('./reservation-page.tsx') },
    { path: '/inventory/stocktakes', permission: 'inventory.read', lazy: () => import('./stocktakes-page.tsx') },
    { path: '/inventory/stocktakes/:id', permission: 'inventory.read', lazy: () => import('./stocktake-page.tsx') },
    { path: '/inventory/consigned', permission: 'inventory.readConsigned', lazy: () => import('./consigned-page.tsx') },
    { path: '/inventory/chain', permission: 'inventory.readConsigned', lazy: () => import('./chain-page.tsx') },
    { path: '/inventory/shares', permission: 'inventory.readConsigned', lazy: () => import('./shares-page.tsx') },
    { path: '/inventory/analysis', permission: 'inventory.readValue', lazy: () => import('./analysis-page.tsx') },
    { path: '/inventory/locations', permission: 'inventory.read', lazy: () => import('./locations-page.tsx') },
    { path: '/inventory/locations/import', permission: 'inventory.manage', lazy: () => import('./import-locations-page.tsx') },
    { path: '/inventory/opening', permission: 'inventory.account', lazy: () => import('./opening-page.tsx') },
  ],
  search: async (text, signal) => {
    const page = await call(stockApi.items, { query: { search: text, limit: MAX_HITS }, signal })
    return page.items.map((item) => ({
      label: `${item.name} ${item.code}`,
      path: `/inventory/items/${item.materialId}`,
      kind: wordsNow('inventory')('name'),
    }))
  },
}
