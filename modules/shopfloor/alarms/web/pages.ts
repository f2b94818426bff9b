import { call } from '#ui/api.ts'
import { wordsNow } from '#ui/i18n.ts'
import type { ModulePages } from '#ui/module-pages.ts'
import { alarmsApi } from '../contract.ts'
import zh from '../zh.json'

const MAX_HITS = 5

export const alarmsPages: ModulePages = {
  module: 'alarms',
  words: { zh, en: () => import('../en.json') },
  menu: [{ group: 'shopfloor', path: '/alarms', label: 'menu.console', icon: 'alarm', permission: 'alarms.read', order: 35 }],
  routes: [
    { path: '/alarms', permission: 'alarms.read', lazy: () => import('./console-page.tsx') },
    { path: '/alarms/events', permission: 'alarms.read', lazy: () => import('./events-page.tsx') },
    { path: '/alarms/kpis', permission: 'alarms.read', lazy: () => import('./kpis-page.tsx') },
    { path: '/alarms/rules', permission: 'alarms.read', lazy: () => import('./rules-page.tsx') },
    { path: '/alarms/rules/import', permission: 'alarms.manage', lazy: () => import('./import-rules-page.tsx') },
    { path: '/alarms/:id', permission: 'alarms.read', lazy: () => import('./alarm-page.tsx') },
  ],
  panels: [
    { slot: 'device', lazy: () => import('./device-alarms.tsx') },
    { slot: 'alarms.condition', lazy: () => import('./condition-words.tsx') },
  ],
  search: async (text, signal) => {
    const { items } = await call(alarmsApi.list, { query: { search: text, view: 'all', limit: MAX_HITS }, signal })
    return items.map((alarm) => ({
      label: `${alarm.deviceName} ${alarm.name}`,
      path: `/alarms/${alarm.id}`,
      kind: wordsNow('alarms')('alarm'),
    }))
  },
}
