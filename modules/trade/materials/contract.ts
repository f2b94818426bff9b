import { z } from 'zod'
import { endpoint } from '#values/endpoint.ts'
import { idOf } from '#values/ids.ts'
import { listQuery, pageOf } from '#values/list.ts'
import { permissions } from '#values/permission.ts'
import { materialsErrors } from './errors.ts'

export const MaterialId = idOf('Material')
export type MaterialId = z.infer<typeof MaterialId>

export const materialsPermissions = permissions('materials', {
  read: ['owner', 'systemAdmin', 'engineer', 'staff'],
  manage: ['owner', 'engineer'],
})

const Name = z.string().trim().min(1).max(120)

export const Material = z.object({ id: MaterialId, name: Name, version: z.int() })
export type Material = z.infer<typeof Material>

export const materialsApi = {
  list: endpoint({
    method: 'GET',
    path: '/materials',
    summary: 'The materials of the organisation.',
    permission: 'materials.read',
    params: z.object({}),
    query: listQuery(['name']),
    body: z.undefined(),
    response: pageOf(Material),
    errors: [],
  }),
  create: endpoint({
    method: 'POST',
    path: '/materials',
    summary: 'Adds one.',
    permission: 'materials.manage',
    params: z.object({}),
    query: z.object({}),
    body: z.object({ name: Name }),
    response: Material,
    status: 201,
    errors: [materialsErrors.nameTaken],
  }),
  rename: endpoint({
    method: 'PATCH',
    path: '/materials/:id',
    summary: 'Renames one.',
    permission: 'materials.manage',
    params: z.object({ id: MaterialId }),
    query: z.object({}),
    body: z.object({ version: z.int(), name: Name }),
    response: Material,
    errors: [materialsErrors.notFound, materialsErrors.changedMeanwhile, materialsErrors.nameTaken],
  }),
}
