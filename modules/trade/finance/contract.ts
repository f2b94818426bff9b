import { z } from 'zod'
import { endpoint } from '#values/endpoint.ts'
import { idOf } from '#values/ids.ts'
import { listQuery, pageOf } from '#values/list.ts'
import { permissions } from '#values/permission.ts'
import { financeErrors } from './errors.ts'

export const VoucherId = idOf('Voucher')
export type VoucherId = z.infer<typeof VoucherId>

export const financePermissions = permissions('finance', {
  read: ['owner', 'systemAdmin', 'engineer', 'staff'],
  manage: ['owner', 'engineer'],
})

const Name = z.string().trim().min(1).max(120)

export const Voucher = z.object({ id: VoucherId, name: Name, version: z.int() })
export type Voucher = z.infer<typeof Voucher>

export const financeApi = {
  list: endpoint({
    method: 'GET',
    path: '/finance',
    summary: 'The finance of the organisation.',
    permission: 'finance.read',
    params: z.object({}),
    query: listQuery(['name']),
    body: z.undefined(),
    response: pageOf(Voucher),
    errors: [],
  }),
  create: endpoint({
    method: 'POST',
    path: '/finance',
    summary: 'Adds one.',
    permission: 'finance.manage',
    params: z.object({}),
    query: z.object({}),
    body: z.object({ name: Name }),
    response: Voucher,
    status: 201,
    errors: [financeErrors.nameTaken],
  }),
  rename: endpoint({
    method: 'PATCH',
    path: '/finance/:id',
    summary: 'Renames one.',
    permission: 'finance.manage',
    params: z.object({ id: VoucherId }),
    query: z.object({}),
    body: z.object({ version: z.int(), name: Name }),
    response: Voucher,
    errors: [financeErrors.notFound, financeErrors.changedMeanwhile, financeErrors.nameTaken],
  }),
}
