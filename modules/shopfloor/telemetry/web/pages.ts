import type { ModulePages } from '#ui/module-pages.ts'
import zh from '../zh.json'

export const telemetryPages: ModulePages = {
  module: 'telemetry',
  words: { zh, en: () => import('../en.json') },
  menu: [
    { group: 'shopfloor', path: '/telemetry/explore', label: 'menu.explore', icon: 'explore', permission: 'telemetry.read', order: 40 },
    { group: 'shopfloor', path: '/telemetry/ingest', label: 'menu.ingest', icon: 'ingest', permission: 'telemetry.readIngest', order: 50 },
    {
      group: 'administration',
      path: '/telemetry/retention',
      label: 'menu.retention',
      icon: 'settings',
      permission: 'telemetry.manageRetention',
      order: 70,
    },
  ],
  routes: [
    { path: '/telemetry/explore', permission: 'telemetry.read', lazy: () => import('./explore-page.tsx') },
    { path: '/telemetry/ingest', permission: 'telemetry.readIngest', lazy: () => import('./ingest-page.tsx') },
    { path: '/telemetry/retention', permission: 'telemetry.manageRetention', lazy: () => import('./retention-page.tsx') },
  ],
  panels: [
    { slot: 'device', lazy: () => import('./device-values.tsx') },
    { slot: 'device', lazy: () => import('./device-waveforms.tsx') },
  ],
}
