import type { Context } from '#kernel/context.ts'
import { violatedUnique } from '#kernel/postgres.ts'
import type { ShipmentId } from '../contract.ts'
import { logisticsErrors } from '../errors.ts'
import { lockShipment, setShipmentName } from './shipment-store.ts'
import type { LogisticsDatabase } from './tables.ts'

export const renameShipment = (db: LogisticsDatabase, ctx: Context, id: ShipmentId, { version, name }: { version: number; name: string }) =>
  db
    .inTenant(ctx, async (tx) => {
      const shipment = await lockShipment(tx, id)
      if (!shipment) throw logisticsErrors.notFound({ id })
      if (shipment.version !== version) throw logisticsErrors.changedMeanwhile({ id, version: shipment.version })
      return setShipmentName(tx, id, name)
    })
    .catch((error: unknown) => {
      throw violatedUnique(error) === 'shipment_name' ? logisticsErrors.nameTaken({ name }) : error
    })
