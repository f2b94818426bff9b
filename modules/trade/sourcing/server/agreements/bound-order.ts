import { narrow, opaque } from '#kernel/postgres.ts'
import type { OrderBound } from '#modules/trade/orders/public.ts'
import { decimal } from '#values/decimal.ts'
import { chinaDay } from '#values/instant.ts'
import { phaseOf } from '../../agreement-states.ts'
import { sourcingErrors } from '../../errors.ts'
import type { Rooms } from '../rooms.ts'
import type { SourcingTables } from '../tables.ts'
import { boundProblem } from './agreement-rules.ts'
import { callOffsOf, lockAgreement, revisionOf, standingOf } from './agreement-store.ts'
import { countedOf, progressOf } from './cumulative.ts'

/**
 * The order of a call-off stays within the agreement's target and at its price, whoever changes it later. The order was locked first; a
 * call-off locks the agreement and makes an order that nobody else knows: they never wait for each other in a ring.
 * Errors: sourcing.aboveTarget, priceNotAgreed, callOffLinesOnly, notAllowedNow (it has ended, and more is asked for).
 */
export const boundCallOff =
  (rooms: Pick<Rooms, 'orders'>): OrderBound =>
  async (ctx, opaqueTx, { orderId, lines }) => {
    const tx = narrow<SourcingTables>(opaqueTx)
    const found = await tx.sql
      .selectFrom('sourcing.call_off')
      .select('agreement_id')
      .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
      .where('order_id', '=', orderId)
      .executeTakeFirst()
    if (!found) return
    const row = await lockAgreement(tx, found.agreement_id)
    const { content } = await revisionOf(tx, row, row.agreed_revision)
    const callOffs = await callOffsOf(tx, row.id)
    const progress = await progressOf(rooms, opaque(tx), callOffs)
    const own = callOffs.filter((one) => one.order_id === orderId)
    const others = callOffs.filter((one) => one.order_id !== orderId)
    const stands = progress.get(orderId)
    // Before it was proposed, what was called off.
    const before = new Map(
      own
        .flatMap((one) => one.lines)
        .map((line) => {
          const { committed = decimal(line.quantity), netPrice = line.netPrice } = stands?.lines.get(line.orderLine) ?? {}
          return [line.orderLine, { no: line.no, quantity: committed, netPrice }]
        }),
    )
    const problem = boundProblem(content, before, countedOf(progress, others), lines)
    if (problem) throw sourcingErrors[problem.kind]({ ...problem })
    const more = lines.some((line) => line.quantity > (before.get(line.no)?.quantity ?? 0n))
    if (more && phaseOf(standingOf(row), chinaDay(ctx.now)) === 'ended') throw sourcingErrors.notAllowedNow({ state: 'ended' })
  }
