import { importEndpoints } from '#values/import.ts'

/** Lines of a draft by spreadsheet (`target`: the order); beside contract.ts, since no other module has to do with it. */
export const lineImport = importEndpoints({ path: '/orders/import', permission: 'orders.manage', what: 'the lines of an order' })
