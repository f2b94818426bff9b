import { call } from '#ui/api.ts'
import { currentLocale, nameIn, wordsNow } from '#ui/i18n.ts'
import type { ModulePages } from '#ui/module-pages.ts'
import { configurationApi } from '../configuration-contract.ts'
import zh from '../zh.json'

const MAX_HITS = 8

export const gatewaysPages: ModulePages = {
  module: 'gateways',
  words: { zh, en: () => import('../en.json') },
  menu: [
    { group: 'shopfloor', path: '/gateways', label: 'menu.gateways', icon: 'gateway', permission: 'gateways.read', order: 30 },
    { group: 'shopfloor', path: '/gateways/point-tables', label: 'menu.pointTables', icon: 'list', permission: 'gateways.read', order: 35 },
  ],
  routes: [
    { path: '/gateways', permission: 'gateways.read', lazy: () => import('./gateways-page.tsx') },
    { path: '/gateways/new', permission: 'gateways.manage', lazy: () => import('./new-gateway-page.tsx') },
    { path: '/gateways/import', permission: 'gateways.manage', lazy: () => import('./import-connections-page.tsx') },
    { path: '/gateways/point-tables', permission: 'gateways.read', lazy: () => import('./point-tables-page.tsx') },
    { path: '/gateways/point-tables/new', permission: 'gateways.manage', lazy: () => import('./new-point-table-page.tsx') },
    { path: '/gateways/point-tables/from-model', permission: 'gateways.manage', lazy: () => import('./companion-page.tsx') },
    { path: '/gateways/point-tables/:id', permission: 'gateways.read', lazy: () => import('./point-table-page.tsx') },
    { path: '/gateways/point-tables/:id/roll-out', permission: 'gateways.read', lazy: () => import('./roll-out-page.tsx') },
    { path: '/gateways/:id', permission: 'gateways.read', lazy: () => import('./gateway-page.tsx') },
    { path: '/gateways/:id/connect', permission: 'gateways.manage', lazy: () => import('./connect-page.tsx') },
  ],
  panels: [
    { slot: 'device', lazy: () => import('./device-source.tsx') },
    { slot: 'gateways.reason', lazy: () => import('./reason-text.tsx') },
    { slot: 'telemetry.reason', lazy: () => import('./point-reason.tsx') },
    { slot: 'device.withoutCredential', lazy: () => import('./without-credential.tsx') },
  ],
  search: async (text, signal) => {
    const locale = currentLocale()
    const t = wordsNow('gateways')
    const [gateways, tables] = await Promise.all([
      call(configurationApi.list, { query: { search: text, limit: MAX_HITS }, signal }),
      call(configurationApi.pointTables, { query: { search: text, limit: MAX_HITS }, signal }),
    ])
    return [
      ...gateways.items.map((g) => ({
        label: `${nameIn(locale, g.name, g.nameEn)} ${g.code}`,
        path: `/gateways/${g.id}`,
        kind: t('gateway'),
      })),
      ...tables.items.map((table) => ({ label: table.name, path: `/gateways/point-tables/${table.id}`, kind: t('pointTable') })),
    ]
  },
}
