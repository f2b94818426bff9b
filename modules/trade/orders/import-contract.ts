import { importEndpoints } from '#values/import.ts'

/** Lines of a draft by spreadsheet (`target`: the order); beside contract.ts, since no other module has to do with it. */
export const lineImport = importEndpoints({ path: '/orders/import', permission: 'orders.manage', what: 'the lines of an order' })

/** Whole orders by one spreadsheet: drafts, which nobody but the buyer sees. */
export const orderImport = importEndpoints({ path: '/orders/order-import', permission: 'orders.manage', what: 'purchase orders' })
