import type { ServerModule } from '#kernel/module.ts'
import { configurationApi } from './configuration-contract.ts'
import { gatewaysApi, gatewaysPermissions } from './contract.ts'
import en from './en.json' with { type: 'json' }
import { enrolmentApi } from './enrolment-contract.ts'
import type { GatewaysPublic } from './public.ts'
import { rollOutApi } from './roll-out-contract.ts'
import { rollOutLoop } from './server/carry-out-roll-out.ts'
import { clearOld } from './server/clear-old.ts'
import { readDeviceModels } from './server/device-models.ts'
import { followDevices } from './server/follow-devices.ts'
import { gatewaysPublic } from './server/gateways-public.ts'
import type { Rooms } from './server/rooms.ts'
import { gatewayRoutes } from './server/routes.ts'
import zh from './zh.json' with { type: 'json' }

export const gatewaysModule = (parts: Omit<Rooms, 'deviceModels'>): ServerModule & { public: GatewaysPublic } => {
  const rooms: Rooms = { ...parts, deviceModels: readDeviceModels() }
  return {
    name: 'gateways',
    api: { ...configurationApi, ...enrolmentApi, ...rollOutApi, ...gatewaysApi },
    permissions: gatewaysPermissions,
    words: { zh, en },
    routes: gatewayRoutes(rooms),
    subscriptions: [followDevices(parts.system)],
    loops: [clearOld(parts), rollOutLoop(rooms)],
    public: gatewaysPublic(rooms),
  }
}
