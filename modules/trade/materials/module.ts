import { type Imports, serveImport } from '#kernel/imports/import-service.ts'
import type { ServerModule } from '#kernel/module.ts'
import { prefixed } from '#values/import.ts'
import { materialsApi, materialsPermissions } from './contract.ts'
import { detailApi } from './detail-contract.ts'
import en from './en.json' with { type: 'json' }
import { materialExport, materialImport, priceImport } from './import-contract.ts'
import type { MaterialsPublic } from './public.ts'
import { materialDocument } from './server/document-kind.ts'
import { exportMaterialList } from './server/export-list.ts'
import { exportMaterials } from './server/export-materials.ts'
import { materialImportDefinition } from './server/import-materials.ts'
import { priceImportDefinition } from './server/import-prices.ts'
import rowsEn from './server/import-words/en.json' with { type: 'json' }
import rowsZh from './server/import-words/zh.json' with { type: 'json' }
import { materialsPublic } from './server/materials-public.ts'
import priceRowsEn from './server/price-import-words/en.json' with { type: 'json' }
import priceRowsZh from './server/price-import-words/zh.json' with { type: 'json' }
import { materialReferences } from './server/reference-kinds.ts'
import type { Rooms } from './server/rooms.ts'
import { materialsRoutes } from './server/routes.ts'
import { materialSearches } from './server/searches.ts'
import { supplyApi } from './supply-contract.ts'
import zh from './zh.json' with { type: 'json' }

export const materialsModule = ({ imports, ...rooms }: Rooms & { imports: Imports }): ServerModule & { public: MaterialsPublic } => {
  const materials = materialImportDefinition()
  const prices = priceImportDefinition(rooms)
  return {
    name: 'materials',
    api: {
      ...materialsApi,
      ...supplyApi,
      ...detailApi,
      ...prefixed('import', materialImport),
      ...prefixed('materials', materialExport),
      ...prefixed('importPrices', priceImport),
    },
    permissions: materialsPermissions,
    // What the server alone says of a file's rows stays out of the pages' first script.
    words: {
      zh: { ...zh, importRows: rowsZh, importPriceRows: priceRowsZh },
      en: { ...en, importRows: rowsEn, importPriceRows: priceRowsEn },
    },
    routes: (on) => {
      materialsRoutes(rooms)(on)
      on.serveFile(materialsApi.exportList, ({ ctx, query }) => exportMaterialList(rooms, ctx, query, imports.translate))
      on.serveFile(materialExport.export, async ({ ctx }) => exportMaterials(rooms, ctx, imports.translate))
      serveImport(on, materialImport, materials, imports)
      serveImport(on, priceImport, prices, imports)
    },
    imports: [materials, prices],
    references: materialReferences,
    searches: materialSearches,
    documents: [materialDocument],
    public: materialsPublic(rooms),
  }
}
