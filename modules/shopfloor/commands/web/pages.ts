import type { ModulePages } from '#ui/module-pages.ts'
import zh from '../zh.json'

export const commandsPages: ModulePages = {
  module: 'commands',
  words: { zh, en: () => import('../en.json') },
  menu: [{ group: 'shopfloor', path: '/commands', label: 'menu.commands', icon: 'control', permission: 'commands.read', order: 45 }],
  routes: [
    { path: '/commands', permission: 'commands.read', lazy: () => import('./commands-page.tsx') },
    { path: '/commands/sites', permission: 'commands.read', lazy: () => import('./sites-page.tsx') },
    { path: '/commands/:id', permission: 'commands.read', lazy: () => import('./command-page.tsx') },
  ],
  panels: [{ slot: 'device', lazy: () => import('./device-commands.tsx') }],
}
