import { type Imports, serveImport } from '#kernel/imports/import-service.ts'
import type { ServerModule } from '#kernel/module.ts'
import { prefixed } from '#values/import.ts'
import { configurationApi } from './configuration-contract.ts'
import { gatewaysApi, gatewaysPermissions } from './contract.ts'
import en from './en.json' with { type: 'json' }
import { enrolmentApi } from './enrolment-contract.ts'
import { explanationApi } from './explanation-contract.ts'
import { connectionImport } from './import-contract.ts'
import { pairApi } from './pair-contract.ts'
import type { GatewaysPublic } from './public.ts'
import { rollOutApi } from './roll-out-contract.ts'
import { rollOutLoop } from './server/carry-out-roll-out.ts'
import { clearOld } from './server/clear-old.ts'
import { readDeviceModels } from './server/device-models.ts'
import { followDevices } from './server/follow-devices.ts'
import { gatewaysPublic } from './server/gateways-public.ts'
import { connectionImportDefinition } from './server/import-connections.ts'
import rowsEn from './server/import-words/en.json' with { type: 'json' }
import rowsZh from './server/import-words/zh.json' with { type: 'json' }
import type { Rooms } from './server/rooms.ts'
import { gatewayRoutes } from './server/routes.ts'
import { takeOverLoop } from './server/take-over.ts'
import { takeOverNotice } from './server/take-over-notice.ts'
import zh from './zh.json' with { type: 'json' }

export const gatewaysModule = ({
  imports,
  ...parts
}: Omit<Rooms, 'deviceModels'> & { imports: Imports }): ServerModule & { public: GatewaysPublic } => {
  const rooms: Rooms = { ...parts, deviceModels: readDeviceModels() }
  const definition = connectionImportDefinition(rooms)
  return {
    name: 'gateways',
    api: {
      ...configurationApi,
      ...explanationApi,
      ...enrolmentApi,
      ...rollOutApi,
      ...pairApi,
      ...gatewaysApi,
      ...prefixed('connectionImport', connectionImport),
    },
    permissions: gatewaysPermissions,
    // What the server alone says of a file's rows stays out of the pages' first script.
    words: { zh: { ...zh, importRows: rowsZh }, en: { ...en, importRows: rowsEn } },
    routes: (on) => {
      gatewayRoutes(rooms)(on)
      serveImport(on, connectionImport, definition, imports)
    },
    imports: [definition],
    subscriptions: [followDevices(parts.system)],
    notices: [takeOverNotice],
    loops: [clearOld(parts), rollOutLoop(rooms), takeOverLoop(rooms)],
    public: gatewaysPublic(rooms),
  }
}
