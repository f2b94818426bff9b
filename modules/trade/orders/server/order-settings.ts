import type { Context } from '#kernel/context.ts'
import { decimal, writeDecimal } from '#values/decimal.ts'
import { readMoney, writeMoney } from '#values/money.ts'
import type { Settings } from '../contract.ts'
import { ordersErrors } from '../errors.ts'
import { readSetting, type SettingRow, writeSetting } from './buyer-store.ts'
import type { Rooms } from './rooms.ts'
import type { OrdersTx } from './tables.ts'

const RESPONSE_HOURS = 48

const none: Settings = {
  terms: { deliverTo: '', paymentTerms: '', paymentDays: null, overTolerance: '0', underTolerance: '0', graceDays: 0 },
  responseHours: RESPONSE_HOURS,
  approvalLimit: null,
  version: 0,
}

const shortest = (numeric: string) => writeDecimal(decimal(numeric))

const settingsView = (row: SettingRow): Settings => ({
  terms: {
    deliverTo: row.deliver_to,
    paymentTerms: row.payment_terms,
    paymentDays: row.payment_days,
    overTolerance: shortest(row.over_tolerance),
    underTolerance: shortest(row.under_tolerance),
    graceDays: row.grace_days,
  },
  responseHours: row.response_hours,
  approvalLimit: row.approval_limit === null ? null : writeMoney(row.approval_currency, BigInt(row.approval_limit)),
  version: row.version,
})

export const getSettings = ({ db }: Pick<Rooms, 'db'>, ctx: Context): Promise<Settings> => db.inTenant(ctx, settingsOf)

export async function settingsOf(tx: OrdersTx): Promise<Settings> {
  const row = await readSetting(tx)
  return row ? settingsView(row) : none
}

/** Errors: orders.changedMeanwhile. */
export const setSettings = (
  { db }: Pick<Rooms, 'db'>,
  ctx: Context,
  { terms, responseHours, approvalLimit, version }: Settings,
): Promise<Settings> =>
  db.inTenant(ctx, async (tx) => {
    const stands = (await readSetting(tx))?.version ?? 0
    const row =
      stands === version &&
      (await writeSetting(tx, version, {
        approval_limit: approvalLimit && Number(readMoney(approvalLimit)),
        approval_currency: approvalLimit?.currency ?? 'CNY',
        response_hours: responseHours,
        over_tolerance: terms.overTolerance,
        under_tolerance: terms.underTolerance,
        grace_days: terms.graceDays,
        deliver_to: terms.deliverTo,
        payment_terms: terms.paymentTerms,
        payment_days: terms.paymentDays,
      }))
    if (!row) throw ordersErrors.changedMeanwhile({ version: stands })
    return settingsView(row)
  })
