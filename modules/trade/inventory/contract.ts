import { z } from 'zod'
import { endpoint } from '#values/endpoint.ts'
import { idOf } from '#values/ids.ts'
import { listQuery, pageOf } from '#values/list.ts'
import { permissions } from '#values/permission.ts'
import { inventoryErrors } from './errors.ts'

export const LocationId = idOf('Location')
export type LocationId = z.infer<typeof LocationId>

export const inventoryPermissions = permissions('inventory', {
  read: ['owner', 'systemAdmin', 'engineer', 'staff'],
  manage: ['owner', 'engineer'],
})

const Name = z.string().trim().min(1).max(120)

export const Location = z.object({ id: LocationId, name: Name, version: z.int() })
export type Location = z.infer<typeof Location>

export const inventoryApi = {
  list: endpoint({
    method: 'GET',
    path: '/inventory',
    summary: 'The inventory of the organisation.',
    permission: 'inventory.read',
    params: z.object({}),
    query: listQuery(['name']),
    body: z.undefined(),
    response: pageOf(Location),
    errors: [],
  }),
  create: endpoint({
    method: 'POST',
    path: '/inventory',
    summary: 'Adds one.',
    permission: 'inventory.manage',
    params: z.object({}),
    query: z.object({}),
    body: z.object({ name: Name }),
    response: Location,
    status: 201,
    errors: [inventoryErrors.nameTaken],
  }),
  rename: endpoint({
    method: 'PATCH',
    path: '/inventory/:id',
    summary: 'Renames one.',
    permission: 'inventory.manage',
    params: z.object({ id: LocationId }),
    query: z.object({}),
    body: z.object({ version: z.int(), name: Name }),
    response: Location,
    errors: [inventoryErrors.notFound, inventoryErrors.changedMeanwhile, inventoryErrors.nameTaken],
  }),
}
