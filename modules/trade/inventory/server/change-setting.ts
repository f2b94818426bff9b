import type { Context } from '#kernel/context.ts'
import type { ValuationMethod } from '../contract.ts'
import { inventoryErrors } from '../errors.ts'
import type { InventoryDatabase } from './tables.ts'
import { holdSetting, isValued, writeSetting } from './valuation-store.ts'

export const readSetting = (db: InventoryDatabase, ctx: Context) => db.inTenant(ctx, async (tx) => view(await holdSetting(tx, 'share')))

interface Given {
  version: number
  method: ValuationMethod
  closedUntil: string | null
  /** Undefined: as it is. */
  onlyFromStock?: boolean | undefined
}

/** The method is chosen before the first goods are valued: afterwards all values would be others. */
export const changeSetting = (db: InventoryDatabase, ctx: Context, { version, method, closedUntil, onlyFromStock }: Given) =>
  db.inTenant(ctx, async (tx) => {
    const before = await holdSetting(tx, 'update')
    if (before.version !== version) throw inventoryErrors.changedMeanwhile({ version: before.version })
    if (before.method !== method && (await isValued(tx))) throw inventoryErrors.methodInUse()
    await writeSetting(tx, { method, closed_until: closedUntil, only_from_stock: onlyFromStock ?? before.only_from_stock })
    return view(await holdSetting(tx, 'share'))
  })

const view = ({ method, currency, closed_until, only_from_stock, version }: Awaited<ReturnType<typeof holdSetting>>) => ({
  method,
  currency,
  closedUntil: closed_until,
  onlyFromStock: only_from_stock,
  version,
})
