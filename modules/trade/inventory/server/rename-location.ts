import type { Context } from '#kernel/context.ts'
import { violatedUnique } from '#kernel/postgres.ts'
import type { LocationId } from '../contract.ts'
import { inventoryErrors } from '../errors.ts'
import { lockLocation, setLocationName } from './location-store.ts'
import type { InventoryDatabase } from './tables.ts'

export const renameLocation = (db: InventoryDatabase, ctx: Context, id: LocationId, { version, name }: { version: number; name: string }) =>
  db
    .inTenant(ctx, async (tx) => {
      const location = await lockLocation(tx, id)
      if (!location) throw inventoryErrors.notFound({ id })
      if (location.version !== version) throw inventoryErrors.changedMeanwhile({ id, version: location.version })
      return setLocationName(tx, id, name)
    })
    .catch((error: unknown) => {
      throw violatedUnique(error) === 'location_name' ? inventoryErrors.nameTaken({ name }) : error
    })
