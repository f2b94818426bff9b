import type { Context } from '#kernel/context.ts'
import { violatedUnique } from '#kernel/postgres.ts'
import { inventoryErrors } from '../errors.ts'
import { insertLocation } from './location-store.ts'
import type { InventoryDatabase } from './tables.ts'

export const createLocation = (db: InventoryDatabase, ctx: Context, { name }: { name: string }) =>
  db
    .inTenant(ctx, (tx) => insertLocation(tx, name))
    .catch((error: unknown) => {
      throw violatedUnique(error) === 'location_name' ? inventoryErrors.nameTaken({ name }) : error
    })
