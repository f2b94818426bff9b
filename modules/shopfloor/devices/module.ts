import type { ServerModule } from '#kernel/module.ts'
import { devicesApi, devicesPermissions } from './contract.ts'
import en from './en.json' with { type: 'json' }
import type { DevicesPublic } from './public.ts'
import { devicesPublic } from './server/devices-public.ts'
import type { Rooms } from './server/rooms.ts'
import { deviceRoutes } from './server/routes.ts'
import zh from './zh.json' with { type: 'json' }

export const devicesModule = (rooms: Rooms): ServerModule & { public: DevicesPublic } => ({
  name: 'devices',
  api: devicesApi,
  permissions: devicesPermissions,
  words: { zh, en },
  routes: deviceRoutes(rooms),
  public: devicesPublic(rooms),
})
