import { type Imports, serveImport } from '#kernel/imports/import-service.ts'
import type { ServerModule } from '#kernel/module.ts'
import type { Printing } from '#kernel/printer.ts'
import { prefixed } from '#values/import.ts'
import { chainApi } from './chain-contract.ts'
import { consignedApi } from './consigned-contract.ts'
import { inventoryApi, inventoryPermissions } from './contract.ts'
import { documentApi } from './document-contract.ts'
import en from './en.json' with { type: 'json' }
import { locationImport, openingImport } from './import-contract.ts'
import { inventoryNotices } from './notices.ts'
import type { InventoryPublic } from './public.ts'
import { reservationApi } from './reservation-contract.ts'
import { stockDocument, stocktakeDocument } from './server/document-kinds.ts'
import { locationDefinition } from './server/import-locations.ts'
import { openingDefinition } from './server/import-opening.ts'
import rowsEn from './server/import-words/en.json' with { type: 'json' }
import rowsZh from './server/import-words/zh.json' with { type: 'json' }
import { inventoryPublic } from './server/inventory-public.ts'
import locationRowsEn from './server/location-import-words/en.json' with { type: 'json' }
import locationRowsZh from './server/location-import-words/zh.json' with { type: 'json' }
import type { Rooms } from './server/rooms.ts'
import { inventoryRoutes } from './server/routes.ts'
import { inventorySearches } from './server/searches.ts'
import { inventoryTodos } from './server/todos.ts'
import { stockApi } from './stock-contract.ts'
import { stocktakeApi } from './stocktake-contract.ts'
import zh from './zh.json' with { type: 'json' }

export const inventoryModule = ({
  imports,
  printing,
  ...rooms
}: Rooms & { imports: Imports; printing: Printing }): ServerModule & { public: InventoryPublic } => {
  const [opening, locations] = [openingDefinition(rooms), locationDefinition()]
  return {
    name: 'inventory',
    api: {
      ...inventoryApi,
      ...stockApi,
      ...documentApi,
      ...stocktakeApi,
      ...reservationApi,
      ...consignedApi,
      ...chainApi,
      ...prefixed('opening', openingImport),
      ...prefixed('locationImport', locationImport),
    },
    permissions: inventoryPermissions,
    searches: inventorySearches,
    documents: [stockDocument, stocktakeDocument],
    todos: inventoryTodos,
    // What the server alone says of a file's rows stays out of the pages' first script.
    words: {
      zh: { ...zh, importRows: rowsZh, importLocations: locationRowsZh },
      en: { ...en, importRows: rowsEn, importLocations: locationRowsEn },
    },
    routes: (on) => {
      inventoryRoutes(rooms, printing)(on)
      serveImport(on, openingImport, opening, imports)
      serveImport(on, locationImport, locations, imports)
    },
    imports: [opening, locations],
    notices: inventoryNotices,
    public: inventoryPublic(rooms),
  }
}
