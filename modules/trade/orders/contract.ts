import { z } from 'zod'
import { endpoint } from '#values/endpoint.ts'
import { idOf } from '#values/ids.ts'
import { listQuery, pageOf } from '#values/list.ts'
import { permissions } from '#values/permission.ts'
import { ordersErrors } from './errors.ts'

export const OrderId = idOf('Order')
export type OrderId = z.infer<typeof OrderId>

export const ordersPermissions = permissions('orders', {
  read: ['owner', 'systemAdmin', 'engineer', 'staff'],
  manage: ['owner', 'engineer'],
})

const Name = z.string().trim().min(1).max(120)

export const Order = z.object({ id: OrderId, name: Name, version: z.int() })
export type Order = z.infer<typeof Order>

export const ordersApi = {
  list: endpoint({
    method: 'GET',
    path: '/orders',
    summary: 'The orders of the organisation.',
    permission: 'orders.read',
    params: z.object({}),
    query: listQuery(['name']),
    body: z.undefined(),
    response: pageOf(Order),
    errors: [],
  }),
  create: endpoint({
    method: 'POST',
    path: '/orders',
    summary: 'Adds one.',
    permission: 'orders.manage',
    params: z.object({}),
    query: z.object({}),
    body: z.object({ name: Name }),
    response: Order,
    status: 201,
    errors: [ordersErrors.nameTaken],
  }),
  rename: endpoint({
    method: 'PATCH',
    path: '/orders/:id',
    summary: 'Renames one.',
    permission: 'orders.manage',
    params: z.object({ id: OrderId }),
    query: z.object({}),
    body: z.object({ version: z.int(), name: Name }),
    response: Order,
    errors: [ordersErrors.notFound, ordersErrors.changedMeanwhile, ordersErrors.nameTaken],
  }),
}
