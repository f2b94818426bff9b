import { z } from 'zod'
import { endpoint } from '#values/endpoint.ts'
import { importEndpoints } from '#values/import.ts'

/** Materials and prices by spreadsheet; beside contract.ts, since no other module has to do with it. */
export const materialImport = importEndpoints({ path: '/materials/import', permission: 'materials.manage', what: 'materials' })
export const priceImport = importEndpoints({ path: '/materials/price-import', permission: 'materials.manageSources', what: 'prices' })

export const materialExport = {
  export: endpoint({
    method: 'GET',
    path: '/materials/export',
    summary: 'The materials in use as a workbook in the columns of the import: changed there, it is imported again.',
    permission: 'materials.read',
    params: z.object({}),
    query: z.object({}),
    body: z.undefined(),
    response: z.undefined(),
    answer: 'xlsx',
    errors: [],
  }),
}
