import type { Context } from '#kernel/context.ts'
import { violatedUnique } from '#kernel/postgres.ts'
import type { Location, LocationId } from '../contract.ts'
import { inventoryErrors } from '../errors.ts'
import { locationKinds } from './location-kinds.ts'
import { holdsStock, insertLocation, lockLocation, readLocation, updateLocation } from './location-store.ts'
import type { InventoryDatabase, InventoryTx } from './tables.ts'

const codeFree = (code: string) => (error: unknown) => {
  throw violatedUnique(error) === 'location_code' ? inventoryErrors.codeTaken({ code }) : error
}

async function found(tx: InventoryTx, id: LocationId): Promise<Location> {
  const location = await readLocation(tx, id)
  if (!location) throw inventoryErrors.locationNotFound({ id })
  return location
}

export const createLocation = (
  db: InventoryDatabase,
  ctx: Context,
  location: { code: string; name: string; warehouseId: LocationId | null },
): Promise<Location> =>
  db
    .inTenant(ctx, async (tx) => {
      if (location.warehouseId) {
        const warehouse = await lockLocation(tx, location.warehouseId)
        if (warehouse?.kind !== 'warehouse') throw inventoryErrors.locationNotFound({ id: location.warehouseId })
        if (warehouse.closed_at) throw inventoryErrors.locationClosed({ code: warehouse.code })
      }
      return found(tx, await insertLocation(tx, location))
    })
    .catch(codeFree(location.code))

export const changeLocation = (
  db: InventoryDatabase,
  ctx: Context,
  id: LocationId,
  { version, code, name, closed }: { version: number; code: string; name: string; closed: boolean },
): Promise<Location> =>
  db
    .inTenant(ctx, async (tx) => {
      const location = await lockLocation(tx, id)
      if (!location) throw inventoryErrors.locationNotFound({ id })
      if (locationKinds[location.kind].system) throw inventoryErrors.systemLocation()
      if (location.version !== version) throw inventoryErrors.changedMeanwhile({ id, version: location.version })
      if (closed && !location.closed_at && (await holdsStock(tx, id))) throw inventoryErrors.locationInUse({ code })
      if (!closed && location.closed_at && location.warehouse_id) {
        const warehouse = await found(tx, location.warehouse_id)
        if (warehouse.closed) throw inventoryErrors.locationClosed({ code: warehouse.code })
      }
      await updateLocation(tx, id, { code, name, closed_at: closed ? (location.closed_at ?? ctx.now) : null })
      return found(tx, id)
    })
    .catch(codeFree(code))
