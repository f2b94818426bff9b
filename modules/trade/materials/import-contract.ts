import { importEndpoints } from '#values/import.ts'

/** Materials and prices by spreadsheet; beside contract.ts, since no other module has to do with it. */
export const materialImport = importEndpoints({ path: '/materials/import', permission: 'materials.manage', what: 'materials' })
export const priceImport = importEndpoints({ path: '/materials/price-import', permission: 'materials.manageSources', what: 'prices' })
