import type { ScheduleLineId } from '#modules/trade/orders/contract.ts'
import type { ShipmentId, ShipmentLineId } from '../contract.ts'
import type { ReceiptInput } from '../receiving-contract.ts'
import type { WithoutNoticeInput } from '../without-notice-contract.ts'
import { type Counting, type Goods, type OwedGoods, receivedLines } from './counting.ts'

// On the device the ids of lines are texts: the notice's, or the order's where there is none.

export const noticedReceipt = (goods: Goods, counting: Counting, head: Omit<ReceiptInput, 'shipmentId' | 'lines'>): ReceiptInput => ({
  ...head,
  shipmentId: goods.id as ShipmentId,
  lines: receivedLines(counting).map(({ lineId, ...row }) => ({ ...row, lineId: lineId as ShipmentLineId })),
})

export const owedReceipt = (
  goods: OwedGoods,
  counting: Counting,
  head: Omit<WithoutNoticeInput, 'supplierId' | 'lines' | 'besides'>,
): WithoutNoticeInput => ({
  ...head,
  supplierId: goods.supplier.orgId,
  lines: receivedLines(counting).map(({ lineId, ...row }) => ({ ...row, scheduleLineId: lineId as ScheduleLineId })),
  besides: [...goods.besides],
})
