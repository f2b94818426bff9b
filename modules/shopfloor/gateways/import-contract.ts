import { importEndpoints } from '#values/import.ts'

/** Connections by spreadsheet; beside configuration-contract.ts, since no other module has to do with it. */
export const connectionImport = importEndpoints({
  path: '/gateways/connections/import',
  permission: 'gateways.manage',
  what: 'devices and where they are read',
})
