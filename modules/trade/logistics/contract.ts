import { z } from 'zod'
import { endpoint } from '#values/endpoint.ts'
import { idOf } from '#values/ids.ts'
import { listQuery, pageOf } from '#values/list.ts'
import { permissions } from '#values/permission.ts'
import { logisticsErrors } from './errors.ts'

export const ShipmentId = idOf('Shipment')
export type ShipmentId = z.infer<typeof ShipmentId>

export const logisticsPermissions = permissions('logistics', {
  read: ['owner', 'systemAdmin', 'engineer', 'staff'],
  manage: ['owner', 'engineer'],
})

const Name = z.string().trim().min(1).max(120)

export const Shipment = z.object({ id: ShipmentId, name: Name, version: z.int() })
export type Shipment = z.infer<typeof Shipment>

export const logisticsApi = {
  list: endpoint({
    method: 'GET',
    path: '/logistics',
    summary: 'The logistics of the organisation.',
    permission: 'logistics.read',
    params: z.object({}),
    query: listQuery(['name']),
    body: z.undefined(),
    response: pageOf(Shipment),
    errors: [],
  }),
  create: endpoint({
    method: 'POST',
    path: '/logistics',
    summary: 'Adds one.',
    permission: 'logistics.manage',
    params: z.object({}),
    query: z.object({}),
    body: z.object({ name: Name }),
    response: Shipment,
    status: 201,
    errors: [logisticsErrors.nameTaken],
  }),
  rename: endpoint({
    method: 'PATCH',
    path: '/logistics/:id',
    summary: 'Renames one.',
    permission: 'logistics.manage',
    params: z.object({ id: ShipmentId }),
    query: z.object({}),
    body: z.object({ version: z.int(), name: Name }),
    response: Shipment,
    errors: [logisticsErrors.notFound, logisticsErrors.changedMeanwhile, logisticsErrors.nameTaken],
  }),
}
