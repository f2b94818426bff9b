import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { networkOf } from '#kernel/outbound-address.ts'
import type { PlantNodeId, plantApi } from '../contract.ts'
import { plantErrors } from '../errors.ts'
import { replaceNetworks } from './network-store.ts'
import { lockSite } from './site-calendar.ts'
import { changeSite } from './site-store.ts'
import type { PlantDatabase } from './tables.ts'

/** Errors: plant.notFound, plant.changedMeanwhile, plant.notANetwork, plant.networkNotPrivate, plant.duplicateNetwork, plant.invalidPeriod. */
export const declareNetworks = (
  db: PlantDatabase,
  ctx: Context,
  id: PlantNodeId,
  { version, networks }: Omit<z.output<typeof plantApi.declareNetworks.body>, 'version'> & { version?: number },
) =>
  db.inTenant(ctx, async (tx) => {
    await lockSite(tx, ctx, id, version)
    const seen = new Set<string>()
    for (const { network, validFrom, validUntil } of networks) {
      const known = networkOf(network)
      if (known?.wanted !== network) throw plantErrors.notANetwork({ network, wanted: known?.wanted ?? '192.168.40.0/24' })
      if (!known.declarable) throw plantErrors.networkNotPrivate({ network })
      if (seen.has(`${network} ${validFrom}`)) throw plantErrors.duplicateNetwork({ network })
      seen.add(`${network} ${validFrom}`)
      if (validUntil !== null && validUntil <= validFrom) throw plantErrors.invalidPeriod()
    }
    await replaceNetworks(tx, id, networks)
    return { version: await changeSite(tx, id, {}) }
  })
