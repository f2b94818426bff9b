import type { ServerModule } from '#kernel/module.ts'
import { logisticsPermissions } from './contract.ts'
import en from './en.json' with { type: 'json' }
import { labelApi } from './label-contract.ts'
import type { Rooms } from './server/rooms.ts'
import { logisticsRoutes } from './server/routes.ts'
import zh from './zh.json' with { type: 'json' }

export const logisticsModule = (rooms: Rooms): ServerModule => ({
  name: 'logistics',
  api: labelApi,
  permissions: logisticsPermissions,
  words: { zh, en },
  routes: logisticsRoutes(rooms),
})
