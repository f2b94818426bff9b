import { importEndpoints } from '#values/import.ts'

/** Opening stock by spreadsheet. */
export const openingImport = importEndpoints({ path: '/inventory/opening', permission: 'inventory.account', what: 'opening stock' })
