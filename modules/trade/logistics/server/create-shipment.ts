import type { Context } from '#kernel/context.ts'
import { violatedUnique } from '#kernel/postgres.ts'
import { logisticsErrors } from '../errors.ts'
import { insertShipment } from './shipment-store.ts'
import type { LogisticsDatabase } from './tables.ts'

export const createShipment = (db: LogisticsDatabase, ctx: Context, { name }: { name: string }) =>
  db
    .inTenant(ctx, (tx) => insertShipment(tx, name))
    .catch((error: unknown) => {
      throw violatedUnique(error) === 'shipment_name' ? logisticsErrors.nameTaken({ name }) : error
    })
