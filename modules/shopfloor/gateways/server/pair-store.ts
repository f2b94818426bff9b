import { sql } from 'kysely'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { GatewaysSystem, GatewaysTables, GatewaysTx } from './tables.ts'
import type { Heard } from './take-over-rules.ts'

/** Turns kept of a pair. */
const TURNS = 1_000

const pairQuery = (tx: GatewaysTx, id: DeviceId) =>
  tx.sql
    .selectFrom('gateways.pair')
    .selectAll()
    .where('org_id', '=', tx.orgId)
    .where((eb) => eb.or([eb('gateway_id', '=', id), eb('standby_id', '=', id)]))

/** The pair that a gateway belongs to, as the one or the other. */
export const pairOf = (tx: GatewaysTx, id: DeviceId) => pairQuery(tx, id).executeTakeFirst()
export type PairRow = NonNullable<Awaited<ReturnType<typeof pairOf>>>

/** For a change; before any of it, what was heard of the two included, is looked at. */
export const lockPairOf = (tx: GatewaysTx, id: DeviceId) => pairQuery(tx, id).forUpdate().executeTakeFirst()

/** As it stands until the transaction ends. */
export const holdPairOf = (tx: GatewaysTx, id: DeviceId) => pairQuery(tx, id).forShare().executeTakeFirst()

/** Who has let go of the links may keep nobody waiting any more. */
export const letGo = (tx: GatewaysTx, id: DeviceId, revision: number, now: Date) =>
  tx.sql
    .updateTable('gateways.pair')
    .set({ writes_from: now })
    .where('org_id', '=', tx.orgId)
    .where((eb) => eb.or([eb('gateway_id', '=', id), eb('standby_id', '=', id)]))
    .where('active_id', '<>', id)
    .where('writes_from', '>', now)
    .where('yield_revision', '<=', revision)
    .execute()

export const otherOf = (pair: Pick<PairRow, 'gateway_id' | 'standby_id'>, id: DeviceId): DeviceId =>
  id === pair.gateway_id ? pair.standby_id : pair.gateway_id

/** Who reads the links of a gateway: itself, where it is of no pair. */
export const activeFor = async (tx: GatewaysTx, id: DeviceId): Promise<DeviceId> => (await pairOf(tx, id))?.active_id ?? id

export async function heardOf(tx: GatewaysTx, ids: readonly DeviceId[]): Promise<Map<DeviceId, Heard>> {
  const rows = await tx.sql
    .selectFrom('gateways.report')
    .select(['gateway_id', 'received_at', 'unbroken_since', sql<number | null>`(status->>'clockSkewMs')::float8`.as('skew')])
    .where('org_id', '=', tx.orgId)
    .where('gateway_id', 'in', ids)
    .execute()
  return new Map(rows.map(({ gateway_id, ...row }) => [gateway_id, heardAs(row)]))
}

export const heardAs = (row: { received_at: Date; unbroken_since: Date; skew: number | null }): Heard => ({
  lastMs: row.received_at.getTime(),
  unbrokenMs: row.unbroken_since.getTime(),
  clockSkewMs: row.skew,
})

export async function insertTurn(tx: GatewaysTx, turn: Omit<GatewaysTables['gateways.turn'], 'org_id'>): Promise<void> {
  await tx.sql
    .insertInto('gateways.turn')
    .values({ org_id: tx.orgId, ...turn })
    .execute()
  await tx.sql
    .deleteFrom('gateways.turn')
    .where('org_id', '=', tx.orgId)
    .where('gateway_id', '=', turn.gateway_id)
    .where('epoch', '<=', turn.epoch - TURNS)
    .execute()
}

export const lastTurns = (tx: GatewaysTx, gatewayId: DeviceId, limit: number) =>
  tx.sql
    .selectFrom('gateways.turn')
    .selectAll()
    .where('org_id', '=', tx.orgId)
    .where('gateway_id', '=', gatewayId)
    .orderBy('epoch', 'desc')
    .limit(limit)
    .execute()

/** Pairs whose active gateway has said nothing for as long as they allow. */
export const silentPairs = (system: GatewaysSystem, now: Date) =>
  system.inSystem((tx) =>
    tx
      .selectFrom('gateways.pair as p')
      .leftJoin('gateways.report as r', (join) => join.onRef('r.org_id', '=', 'p.org_id').onRef('r.gateway_id', '=', 'p.active_id'))
      .where(sql<boolean>`coalesce(r.received_at, p.created_at) < ${now}::timestamptz - make_interval(secs => p.silent_after_s)`)
      .select(['p.org_id', 'p.gateway_id'])
      .execute(),
  )
