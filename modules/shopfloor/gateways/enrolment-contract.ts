import { z } from 'zod'
import { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import { endpoint } from '#values/endpoint.ts'
import { Instant } from '#values/instant.ts'
import { gatewayErrors } from './errors.ts'

/** The page's side of an enrolment; the program's is on the wire (contract.ts). */
export const enrolmentApi = {
  createEnrolment: endpoint({
    method: 'POST',
    path: '/gateways/:id/enrolment',
    summary: 'A one-time code, shown once, by which the program at the plant fetches its credential; the gateway’s last code ends.',
    permission: 'gateways.manage',
    params: z.object({ id: DeviceId }),
    query: z.object({}),
    body: z.object({}),
    response: z.object({ code: z.string(), expiresAt: Instant }),
    status: 201,
    secret: true,
    errors: [gatewayErrors.notFound],
  }),
}
