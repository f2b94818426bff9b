import type { z } from 'zod'
import { idOf } from '#values/ids.ts'
import { permissions } from '#values/permission.ts'

export const BarcodeId = idOf('Barcode')
export type BarcodeId = z.infer<typeof BarcodeId>
export const LabelFormatId = idOf('LabelFormat')
export type LabelFormatId = z.infer<typeof LabelFormatId>

export const logisticsPermissions = permissions('logistics', {
  read: ['owner', 'systemAdmin', 'engineer', 'staff', 'buyer', 'sales', 'warehouse', 'accountant'],
  manage: ['owner', 'systemAdmin', 'buyer', 'warehouse'],
})
