import type { ModulePages } from '#ui/module-pages.ts'
import zh from '../zh.json'

export const devicesPages: ModulePages = {
  module: 'devices',
  words: { zh, en: () => import('../en.json') },
  menu: [
    { group: 'shopfloor', path: '/devices', label: 'menu.devices', icon: 'device', permission: 'devices.read', order: 10 },
    {
      group: 'shopfloor',
      path: '/devices/measuring-points',
      label: 'menu.measuringPoints',
      icon: 'live',
      permission: 'devices.read',
      order: 20,
    },
    { group: 'shopfloor', path: '/devices/thing-models', label: 'menu.thingModels', icon: 'model', permission: 'devices.read', order: 25 },
  ],
  routes: [
    { path: '/devices', permission: 'devices.read', lazy: () => import('./device-list-page.tsx') },
    { path: '/devices/new', permission: 'devices.manage', lazy: () => import('./new-device-page.tsx') },
    { path: '/devices/import', permission: 'devices.manage', lazy: () => import('./import-devices-page.tsx') },
    { path: '/devices/:id', permission: 'devices.read', lazy: () => import('./device-page.tsx') },
    { path: '/devices/measuring-points', permission: 'devices.read', lazy: () => import('./measuring-points-page.tsx') },
    { path: '/devices/labels', permission: 'devices.read', lazy: () => import('./labels-page.tsx') },
    { path: '/devices/thing-models', permission: 'devices.read', lazy: () => import('./thing-models-page.tsx') },
    { path: '/devices/thing-models/new', permission: 'devices.manage', lazy: () => import('./model-editor-page.tsx') },
    { path: '/devices/thing-models/:id', permission: 'devices.read', lazy: () => import('./thing-model-page.tsx') },
    { path: '/devices/thing-models/:id/edit', permission: 'devices.manage', lazy: () => import('./model-editor-page.tsx') },
  ],
  panels: [
    { slot: 'sharing.itemPicker', lazy: () => import('./item-picker.tsx') },
    { slot: 'sharing.fieldPicker', lazy: () => import('./field-picker.tsx') },
    { slot: 'plant.node', lazy: () => import('./node-devices.tsx') },
  ],
  partnerLinks: [{ label: 'partnerMachines', permission: 'devices.read', path: (orgId) => `/devices?owner=${orgId}` }],
}
