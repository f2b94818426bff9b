import { importEndpoints } from '#values/import.ts'

/** Enterprises to invite, by spreadsheet. */
export const partnerImport = importEndpoints({ path: '/programme/import', permission: 'programme.manage', what: 'enterprises to invite' })
