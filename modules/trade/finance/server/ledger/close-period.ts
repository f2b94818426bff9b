import type { Context } from '#kernel/context.ts'
import { publish } from '#kernel/outbox.ts'
import { auditEvent } from '#kernel/postgres.ts'
import { chinaDay } from '#values/instant.ts'
import { financeEvents } from '../../contract.ts'
import { financeErrors } from '../../errors.ts'
import type { FinanceDatabase, FinanceTx } from '../tables.ts'
import { nextPeriod, periodOf } from './ledger-rules.ts'
import { closedPeriods, listPeriods, lockPeriod, openBefore, setClosed } from './period-store.ts'

/** Errors: finance.periodClosed, earlierPeriodOpen, periodNotOver. */
export const closePeriod = (db: FinanceDatabase, ctx: Context, period: string) =>
  db.inTenant(ctx, async (tx) => {
    if (period >= periodOf(chinaDay(ctx.now))) throw financeErrors.periodNotOver({ period })
    const row = await lockPeriod(tx, period)
    if (row.closed_at) throw financeErrors.periodClosed({ period })
    const earlier = await openBefore(tx, period)
    if (earlier) throw financeErrors.earlierPeriodOpen({ period: earlier.period })
    await setClosed(tx, period, { at: ctx.now, by: ctx.actor.name ?? null })
    await publish(tx, ctx, financeEvents.periodClosed, period, { period })
    return stateOf(tx, period)
  })

/** Errors: finance.periodNotClosed, laterPeriodClosed. */
export const reopenPeriod = (db: FinanceDatabase, ctx: Context, { period, reason }: { period: string; reason: string }) =>
  db.inTenant(ctx, async (tx) => {
    const row = await lockPeriod(tx, period)
    if (!row.closed_at) throw financeErrors.periodNotClosed({ period })
    const later = [...(await closedPeriods(tx, nextPeriod(period)))].sort()[0]
    if (later !== undefined) throw financeErrors.laterPeriodClosed({ period: later })
    await setClosed(tx, period, null)
    await auditEvent(tx, { action: 'finance.reopenPeriod', entity: 'finance.period', entityId: row.id, details: { period, reason } })
    await publish(tx, ctx, financeEvents.periodReopened, period, { period })
    return stateOf(tx, period)
  })

async function stateOf(tx: FinanceTx, period: string) {
  const state = (await listPeriods(tx)).find((one) => one.period === period)
  if (!state) throw financeErrors.notFound({ period })
  return state
}
