import type { Context } from '#kernel/context.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { decimal, writeDecimal } from '#values/decimal.ts'
import { chinaDay } from '#values/instant.ts'
import type { LocationId } from '../contract.ts'
import { inventoryErrors } from '../errors.ts'
import { readLocation } from './location-store.ts'
import { proposePick } from './pick-rules.ts'
import { candidatesIn } from './pick-store.ts'
import type { InventoryDatabase } from './tables.ts'

export const readPick = (
  db: InventoryDatabase,
  ctx: Context,
  { materialId, warehouseId, quantity }: { materialId: MaterialId; warehouseId: LocationId; quantity: string },
) =>
  db.inTenant(ctx, async (tx) => {
    if (!(await readLocation(tx, warehouseId))) throw inventoryErrors.locationNotFound({ id: warehouseId })
    const candidates = await candidatesIn(tx, materialId, warehouseId)
    const { picks, missing, expired } = proposePick(candidates, decimal(quantity), chinaDay(ctx.now))
    return {
      picks: picks.map((pick) => ({
        location: { id: pick.locationId, kind: pick.kind, code: pick.locationCode, name: pick.locationName },
        lot: pick.lot,
        serial: pick.serial,
        expires: pick.expires,
        since: pick.since,
        onHand: writeDecimal(pick.onHand),
        quantity: writeDecimal(pick.quantity),
      })),
      missing: writeDecimal(missing),
      expired: writeDecimal(expired),
    }
  })
