import { z } from 'zod'
import { ClientId } from '#modules/foundation/access/contract.ts'
import { organisationErrors } from '#modules/foundation/organisations/errors.ts'
import { endpoint } from '#values/endpoint.ts'
import { OrgId } from '#values/ids.ts'
import { Instant } from '#values/instant.ts'
import { integrationErrors } from './errors.ts'

/** All that is needed to begin; both secrets are shown once. */
export const OpenedSandbox = z.object({
  organisationId: OrgId,
  code: z.string(),
  client: z.object({ clientId: ClientId, clientSecret: z.string() }),
  device: z.object({ userName: z.string(), secret: z.string() }),
})
export type OpenedSandbox = z.infer<typeof OpenedSandbox>

const none = z.object({})

export const sandboxApi = {
  sandbox: endpoint({
    method: 'GET',
    path: '/integration/sandbox',
    summary: 'The organisation’s sandbox, where there is one.',
    permission: 'integration.sandbox',
    params: none,
    query: none,
    body: z.undefined(),
    response: z.object({ sandbox: z.object({ organisationId: OrgId, code: z.string(), name: z.string(), createdAt: Instant }).nullable() }),
    errors: [],
  }),
  openSandbox: endpoint({
    method: 'POST',
    path: '/integration/sandbox',
    summary:
      'Opens a sandbox: an organisation of its own with an API client, a plant and sample devices; nothing in it meets the real organisation. Both secrets are shown once.',
    permission: 'integration.sandbox',
    secret: true,
    params: none,
    query: none,
    body: none,
    response: OpenedSandbox,
    status: 201,
    errors: [organisationErrors.sandboxExists, integrationErrors.withinSandbox],
  }),
  resetSandbox: endpoint({
    method: 'POST',
    path: '/integration/sandbox/reset',
    summary: 'Puts a new sandbox in the place of the old one, whose users, clients and devices are shut out at once.',
    permission: 'integration.sandbox',
    secret: true,
    params: none,
    query: none,
    body: none,
    response: OpenedSandbox,
    status: 201,
    errors: [integrationErrors.noSandbox, integrationErrors.withinSandbox],
  }),
}
