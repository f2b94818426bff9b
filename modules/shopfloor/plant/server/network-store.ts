import { sql } from 'kysely'
import type { DeclaredNetwork, PlantNodeId } from '../contract.ts'
import type { PlantTx } from './tables.ts'

export const networksOf = (tx: PlantTx, siteId: PlantNodeId): Promise<DeclaredNetwork[]> =>
  tx.sql
    .selectFrom('plant.network')
    .select([sql<string>`network::text`.as('network'), 'note', 'valid_from as validFrom', 'valid_until as validUntil'])
    .where('org_id', '=', tx.orgId)
    .where('site_id', '=', siteId)
    .orderBy(sql`network`)
    .orderBy('valid_from')
    .execute()

/** Those that hold on this day of each site's own clock; of one site, or of all. */
export async function networksAt(tx: PlantTx, siteId: PlantNodeId | 'all', now: Date): Promise<string[]> {
  const rows = await tx.sql
    .selectFrom('plant.network as n')
    .innerJoin('plant.site as s', (join) => join.onRef('s.org_id', '=', 'n.org_id').onRef('s.id', '=', 'n.site_id'))
    .select(sql<string>`n.network::text`.as('network'))
    .distinct()
    .where('n.org_id', '=', tx.orgId)
    .$if(siteId !== 'all', (query) => query.where('n.site_id', '=', siteId as PlantNodeId))
    .where(sql<boolean>`(${now}::timestamptz at time zone s.time_zone)::date >= n.valid_from`)
    .where(sql<boolean>`coalesce((${now}::timestamptz at time zone s.time_zone)::date < n.valid_until, true)`)
    .orderBy('network')
    .execute()
  return rows.map((row) => row.network)
}

/** Leaves untouched what is the same, so that the audit names what changed. */
export async function replaceNetworks(tx: PlantTx, siteId: PlantNodeId, networks: readonly DeclaredNetwork[]): Promise<void> {
  const kept = new Set(networks.map(({ network, validFrom }) => `${network} ${validFrom}`))
  for (const { network, validFrom } of await networksOf(tx, siteId))
    if (!kept.has(`${network} ${validFrom}`))
      await tx.sql
        .deleteFrom('plant.network')
        .where('org_id', '=', tx.orgId)
        .where('site_id', '=', siteId)
        .where(sql<boolean>`network = ${network}::cidr`)
        .where('valid_from', '=', validFrom)
        .execute()
  if (networks.length === 0) return
  await tx.sql
    .insertInto('plant.network')
    .values(
      networks.map(({ network, note, validFrom, validUntil }) => ({
        org_id: tx.orgId,
        site_id: siteId,
        network,
        note,
        valid_from: validFrom,
        valid_until: validUntil,
      })),
    )
    .onConflict((oc) =>
      oc
        .columns(['org_id', 'site_id', 'network', 'valid_from'])
        .doUpdateSet((eb) => ({ note: eb.ref('excluded.note'), valid_until: eb.ref('excluded.valid_until') })),
    )
    .execute()
}
