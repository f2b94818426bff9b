import { type Imports, serveImport } from '#kernel/imports/import-service.ts'
import type { ServerModule } from '#kernel/module.ts'
import { prefixed } from '#values/import.ts'
import { devicesApi, devicesPermissions } from './contract.ts'
import en from './en.json' with { type: 'json' }
import { deviceImport, deviceImportApi } from './import-contract.ts'
import type { DevicesPublic } from './public.ts'
import { devicesPublic } from './server/devices-public.ts'
import { handOutSecrets } from './server/hand-out-secrets.ts'
import { deviceImportDefinition } from './server/import-devices.ts'
import rowsEn from './server/import-words/en.json' with { type: 'json' }
import rowsZh from './server/import-words/zh.json' with { type: 'json' }
import { deviceReferences } from './server/reference-kinds.ts'
import type { Rooms } from './server/rooms.ts'
import { deviceRoutes } from './server/routes.ts'
import { deviceSearches } from './server/searches.ts'
import zh from './zh.json' with { type: 'json' }

export const devicesModule = ({ imports, ...rooms }: Rooms & { imports: Imports }): ServerModule & { public: DevicesPublic } => {
  const definition = deviceImportDefinition(rooms)
  return {
    name: 'devices',
    api: { ...devicesApi, ...prefixed('import', deviceImportApi) },
    permissions: devicesPermissions,
    // What the server alone says of a file's rows stays out of the pages' first script.
    words: { zh: { ...zh, importRows: rowsZh }, en: { ...en, importRows: rowsEn } },
    routes: (on) => {
      deviceRoutes(rooms)(on)
      serveImport(on, deviceImport, definition, imports)
      on.serveFile(deviceImportApi.secrets, ({ ctx, params }) => handOutSecrets(rooms, imports, definition, ctx, params.id))
    },
    imports: [definition],
    references: deviceReferences,
    searches: deviceSearches(rooms),
    public: devicesPublic(rooms),
  }
}
