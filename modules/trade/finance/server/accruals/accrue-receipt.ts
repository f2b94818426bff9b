import type { Context } from '#kernel/context.ts'
import { publish } from '#kernel/outbox.ts'
import { narrow, type OpaqueTx } from '#kernel/postgres.ts'
import { writeDecimal } from '#values/decimal.ts'
import { unitName } from '#values/units.ts'
import { financeEvents } from '../../contract.ts'
import type { AccrualKind } from '../../invoice-contract.ts'
import type { AccruedLine, AccruedReceipt } from '../../public.ts'
import { periodOf, postingDay } from '../ledger/ledger-rules.ts'
import { closedPeriods } from '../ledger/period-store.ts'
import { accountsFor, postVoucher } from '../ledger/post-voucher.ts'
import { freezeSizes } from '../payables/freeze-classes.ts'
import type { Rooms } from '../rooms.ts'
import { STOCK_CURRENCY } from '../stock/post-stock.ts'
import { addPosted } from '../stock/stock-posting-store.ts'
import type { FinanceTables, FinanceTx } from '../tables.ts'
import { worthOf } from './accrual-rules.ts'
import { insertAccrual, insertAccrualLines } from './accrual-store.ts'

type Neighbours = Pick<Rooms, 'names' | 'sizes'>
interface Worth {
  line: AccruedLine
  net: bigint
  tax: bigint
  quantity: bigint
}

/**
 * Accrues what was accepted, or takes back what is returned, once per id, with its voucher: Dr stock, Cr accrued payable, net of tax
 * (财会〔2016〕22号: no input tax before the invoice). A return posts the same in red; consigned goods used are what a receipt is. Errors: finance.partnerUnknown.
 */
export async function accrue(
  opaqueTx: OpaqueTx,
  ctx: Context,
  { names, sizes }: Neighbours,
  kind: AccrualKind,
  receipt: AccruedReceipt,
): Promise<void> {
  const tx = narrow<FinanceTables>(opaqueTx)
  const nameOf = await names(opaqueTx, [tx.orgId, receipt.supplier])
  const supplier = { orgId: receipt.supplier, name: nameOf(receipt.supplier) }
  const parties = { buyer_org: tx.orgId, supplier_org: receipt.supplier }
  const accrual = await insertAccrual(tx, {
    ...parties,
    buyer_name: nameOf(tx.orgId),
    supplier_name: supplier.name,
    receipt_id: receipt.receiptId,
    receipt_number: receipt.number,
    kind,
    day: receipt.day,
    created_at: ctx.now,
  })
  if (!accrual) return
  const worth = receipt.lines.filter((line) => line.quantity > 0n).map((line) => ({ line, ...worthOf(line, kind === 'return' ? -1n : 1n) }))
  await insertAccrualLines(
    tx,
    worth.map(({ line, quantity, net, tax }, i) => ({
      ...parties,
      accrual_id: accrual.id,
      day: receipt.day,
      line_no: i + 1,
      receipt_line_id: line.receiptLineId,
      schedule_line_id: line.scheduleLineId,
      order_id: line.orderId,
      order_number: line.orderNumber,
      payment_days: line.paymentDays,
      material_id: line.materialId,
      material_code: line.materialCode,
      material_name: line.materialName,
      unit: line.unit,
      quantity: writeDecimal(quantity),
      currency: line.currency,
      net_price: writeDecimal(line.netPrice),
      tax_rate: writeDecimal(line.taxRate),
      net,
      tax,
    })),
  )
  // Where the order's agreement has not been heard of: the day of its first receipt is the next best.
  await freezeSizes(
    tx,
    sizes,
    receipt.supplier,
    worth.map(({ line }) => line.orderId),
    receipt.day,
  )
  const ofStock = worth.filter(({ line }) => line.currency === STOCK_CURRENCY)
  if (ofStock.length > 0)
    await addPosted(
      tx,
      receipt.receiptId,
      'priceDifference',
      ofStock.reduce((sum, { net }) => sum + net, 0n),
    )
  await postAccrual(tx, ctx, kind, { ...receipt, accrualId: accrual.id }, supplier, worth)
  await publish(tx, ctx, financeEvents.receiptAccrued, accrual.id, {
    accrualId: accrual.id,
    receiptId: receipt.receiptId,
    kind,
    buyerId: tx.orgId,
    supplierId: receipt.supplier,
    day: receipt.day,
  })
}

const summaries: Record<AccrualKind, string> = { receipt: '收货暂估', return: '退货冲暂估', usage: '寄售消耗暂估' }

/** One voucher per currency: none is converted. */
async function postAccrual(
  tx: FinanceTx,
  ctx: Context,
  kind: AccrualKind,
  receipt: { accrualId: string; number: string; day: string },
  supplier: { orgId: AccruedReceipt['supplier']; name: string },
  worth: readonly Worth[],
): Promise<void> {
  const currencies = [...new Set(worth.map(({ line }) => line.currency))].sort()
  const day = postingDay(receipt.day, await closedPeriods(tx, periodOf(receipt.day)))
  for (const currency of currencies) {
    const lines = worth.filter(({ line, net }) => line.currency === currency && net !== 0n)
    // What was given free of charge has no voucher.
    if (lines.length === 0) continue
    const accountOf = await accountsFor(tx, day)
    const summary = `${summaries[kind]} ${receipt.number} ${supplier.name}`
    await postVoucher(tx, ctx, {
      day,
      kind: kind === 'return' ? 'accrualReversal' : 'accrual',
      currency,
      summary,
      lines: voucherLines(lines, summary, supplier, accountOf('stock'), accountOf('accrued')),
      source: { entity: 'finance.accrual', id: receipt.accrualId, number: receipt.number, day: receipt.day },
    })
  }
}

type Account = Parameters<typeof postVoucher>[2]['lines'][number]['account']
type Partner = NonNullable<Parameters<typeof postVoucher>[2]['lines'][number]['partner']>

const voucherLines = (worth: readonly Worth[], summary: string, partner: Partner, stock: Account, accrued: Account) => [
  ...worth.map(({ line, net }) => ({
    account: stock,
    summary: `${line.materialCode} ${line.materialName} ${writeDecimal(line.quantity)} ${unitName(line.unit, false)}`,
    debit: net,
    credit: 0n,
    partner,
  })),
  { account: accrued, summary, debit: 0n, credit: worth.reduce((sum, { net }) => sum + net, 0n), partner },
]
