import { z } from 'zod'
import { endpoint } from '#values/endpoint.ts'
import { ImportId, importEndpoints, importErrors } from '#values/import.ts'

/** Devices by spreadsheet; beside contract.ts, since no other module has to do with it. */
export const deviceImport = importEndpoints({ path: '/devices/import', permission: 'devices.manage', what: 'devices' })

export const deviceImportApi = {
  ...deviceImport,
  secrets: endpoint({
    method: 'POST',
    path: '/devices/import/:id/secrets',
    summary: 'Makes the credentials that an import asked for and gives their secrets as a workbook, once.',
    permission: 'devices.manageCredentials',
    params: z.object({ id: ImportId }),
    query: z.object({}),
    body: z.object({}),
    response: z.undefined(),
    answer: 'xlsx',
    secret: true,
    errors: [importErrors.notFound, importErrors.nothingToHandOut],
  }),
}
