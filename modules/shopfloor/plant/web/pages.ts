import { call } from '#ui/api.ts'
import { currentLocale, nameIn, wordsNow } from '#ui/i18n.ts'
import type { ModulePages } from '#ui/module-pages.ts'
import { plantApi } from '../contract.ts'
import zh from '../zh.json'

const MAX_HITS = 8

export const plantPages: ModulePages = {
  module: 'plant',
  words: { zh, en: () => import('../en.json') },
  menu: [{ group: 'shopfloor', path: '/plant', label: 'menu.plant', icon: 'plant', permission: 'plant.read', order: 30 }],
  routes: [{ path: '/plant', permission: 'plant.read', lazy: () => import('./plant-page.tsx') }],
  search: async (text, signal) => {
    const { nodes } = await call(plantApi.nodes, { query: {}, signal })
    const locale = currentLocale()
    const needle = text.toLowerCase()
    return nodes
      .filter((node) => `${node.code} ${node.name} ${node.nameEn ?? ''}`.toLowerCase().includes(needle))
      .slice(0, MAX_HITS)
      .map((node) => ({
        label: nameIn(locale, node.name, node.nameEn),
        path: `/plant?node=${node.id}`,
        kind: wordsNow('plant')(`levels.${node.level}`),
      }))
  },
  siteOptions: async (signal) => {
    const { nodes } = await call(plantApi.nodes, { query: {}, signal })
    const locale = currentLocale()
    return nodes.filter((node) => node.level === 'site').map((node) => ({ value: node.id, label: nameIn(locale, node.name, node.nameEn) }))
  },
}
