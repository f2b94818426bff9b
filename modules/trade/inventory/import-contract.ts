import { importEndpoints } from '#values/import.ts'

/** Opening stock by spreadsheet. */
export const openingImport = importEndpoints({ path: '/inventory/opening', permission: 'inventory.account', what: 'opening stock' })

export const locationImport = importEndpoints({
  path: '/inventory/location-import',
  permission: 'inventory.manage',
  what: 'warehouses and bins',
})
