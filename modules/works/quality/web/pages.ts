import { call } from '#ui/api.ts'
import { wordsNow } from '#ui/i18n.ts'
import type { ModulePages } from '#ui/module-pages.ts'
import { qualityApi } from '../contract.ts'
import zh from '../zh.json'

const MAX_HITS = 5

export const qualityPages: ModulePages = {
  module: 'quality',
  words: { zh, en: () => import('../en.json') },
  menu: [{ group: 'trade', path: '/quality', label: 'menu.quality', icon: 'quality', permission: 'quality.read', order: 46 }],
  routes: [
    { path: '/quality', permission: 'quality.read', lazy: () => import('./inspections-page.tsx') },
    { path: '/quality/defects', permission: 'quality.read', lazy: () => import('./defects-page.tsx') },
    { path: '/quality/:id', permission: 'quality.read', lazy: () => import('./inspection-page.tsx') },
  ],
  search: async (text, signal) => {
    const { items } = await call(qualityApi.inspections, { query: { search: text, limit: MAX_HITS }, signal })
    return items.map((one) => ({
      label: `${one.number} ${one.materialName} ${one.supplier.name}`,
      path: `/quality/${one.id}`,
      kind: wordsNow('quality')('inspection'),
    }))
  },
}
