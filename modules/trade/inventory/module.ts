import { type Imports, serveImport } from '#kernel/imports/import-service.ts'
import type { ServerModule } from '#kernel/module.ts'
import type { Printing } from '#kernel/printer.ts'
import { prefixed } from '#values/import.ts'
import { chainApi } from './chain-contract.ts'
import { consignedApi } from './consigned-contract.ts'
import { inventoryApi, inventoryPermissions } from './contract.ts'
import { documentApi } from './document-contract.ts'
import en from './en.json' with { type: 'json' }
import { openingImport } from './import-contract.ts'
import { inventoryNotices } from './notices.ts'
import type { InventoryPublic } from './public.ts'
import { stockDocument, stocktakeDocument } from './server/document-kinds.ts'
import { openingDefinition } from './server/import-opening.ts'
import rowsEn from './server/import-words/en.json' with { type: 'json' }
import rowsZh from './server/import-words/zh.json' with { type: 'json' }
import { inventoryPublic } from './server/inventory-public.ts'
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
  const opening = openingDefinition(rooms)
  return {
    name: 'inventory',
    api: {
      ...inventoryApi,
      ...stockApi,
      ...documentApi,
      ...stocktakeApi,
      ...consignedApi,
      ...chainApi,
      ...prefixed('opening', openingImport),
    },
    permissions: inventoryPermissions,
    searches: inventorySearches,
    documents: [stockDocument, stocktakeDocument],
    todos: inventoryTodos,
    // What the server alone says of a file's rows stays out of the pages' first script.
    words: { zh: { ...zh, importRows: rowsZh }, en: { ...en, importRows: rowsEn } },
    routes: (on) => {
      inventoryRoutes(rooms, printing)(on)
      serveImport(on, openingImport, opening, imports)
    },
    imports: [opening],
    notices: inventoryNotices,
    public: inventoryPublic(rooms),
  }
}
