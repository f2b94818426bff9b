import type { ModulePages } from '#ui/module-pages.ts'
import zh from '../zh.json'

export const telemetryPages: ModulePages = {
  module: 'telemetry',
  words: { zh, en: () => import('../en.json') },
  menu: [
    { group: 'shopfloor', path: '/telemetry/explore', label: 'menu.explore', icon: 'explore', permission: 'telemetry.read', order: 40 },
    { group: 'shopfloor', path: '/telemetry/ingest', label: 'menu.ingest', icon: 'ingest', permission: 'telemetry.readIngest', order: 50 },
  ],
  routes: [
    { path: '/telemetry/explore', permission: 'telemetry.read', lazy: () => import('./explore-page.tsx') },
    { path: '/telemetry/ingest', permission: 'telemetry.readIngest', lazy: () => import('./ingest-page.tsx') },
  ],
  panels: [{ slot: 'device', lazy: () => import('./device-values.tsx') }],
}
