import { importEndpoints } from '#values/import.ts'

/** Rules by spreadsheet; beside contract.ts, since no other module has to do with it. */
export const ruleImport = importEndpoints({ path: '/alarms/rules/import', permission: 'alarms.manage', what: 'alarm rules' })
