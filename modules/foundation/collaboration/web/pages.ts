import { call } from '#ui/api.ts'
import { wordsNow } from '#ui/i18n.ts'
import type { ModulePages } from '#ui/module-pages.ts'
import { collaborationApi } from '../contract.ts'
import zh from '../zh.json'

export const collaborationPages: ModulePages = {
  module: 'collaboration',
  words: { zh, en: () => import('../en.json') },
  menu: [{ group: 'administration', path: '/todos', label: 'menu.todos', icon: 'task', permission: 'collaboration.read', order: 4 }],
  routes: [{ path: '/todos', permission: 'collaboration.read', lazy: () => import('./todos-page.tsx') }],
  panels: [
    { slot: 'header', lazy: () => import('./todo-button.tsx') },
    { slot: 'document', lazy: () => import('./document-panel.tsx') },
  ],
  // Of every module at once.
  search: async (text, signal) => {
    const { groups } = await call(collaborationApi.search, { query: { text }, signal })
    return groups.flatMap(({ module, name, items }) => items.map((item) => ({ ...item, kind: wordsNow(module)(`searches.${name}`) })))
  },
}
