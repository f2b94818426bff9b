import { sql } from 'kysely'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { LinkId, PointTableId, WireStatus } from '../contract.ts'
import type { GatewaysTx } from './tables.ts'

export const gatewayQuery = (tx: GatewaysTx) =>
  tx.sql
    .selectFrom('gateways.gateway as g')
    .leftJoin('gateways.report as r', (join) => join.onRef('r.org_id', '=', 'g.org_id').onRef('r.gateway_id', '=', 'g.device_id'))
    .leftJoin('gateways.pair as p', (join) =>
      join
        .onRef('p.org_id', '=', 'g.org_id')
        .on((eb) => eb.or([eb('p.gateway_id', '=', eb.ref('g.device_id')), eb('p.standby_id', '=', eb.ref('g.device_id'))])),
    )
    .where('g.org_id', '=', tx.orgId)
    .select((eb) => [
      'p.gateway_id as owner_id',
      'p.active_id',
      // Of a gateway whose standby reads: how its links are.
      eb
        .selectFrom('gateways.report as a')
        .whereRef('a.org_id', '=', 'p.org_id')
        .whereRef('a.gateway_id', '=', 'p.active_id')
        .whereRef('p.gateway_id', '=', 'g.device_id')
        .whereRef('p.active_id', '<>', 'g.device_id')
        .select(sql<WireStatus['links']>`a.status->'links'`.as('links'))
        .as('links_read'),
      'g.device_id',
      'g.code',
      'g.revision',
      'g.backfill_samples_per_second',
      'g.version',
      'r.received_at',
      'r.status',
      eb
        .selectFrom('gateways.link as l')
        .whereRef('l.org_id', '=', 'g.org_id')
        .whereRef('l.gateway_id', '=', 'g.device_id')
        .select(sql<number>`count(*)::int`.as('n'))
        .as('links'),
      eb
        .selectFrom('gateways.connection as c')
        .innerJoin('gateways.link as l', (join) => join.onRef('l.org_id', '=', 'c.org_id').onRef('l.id', '=', 'c.link_id'))
        .whereRef('l.org_id', '=', 'g.org_id')
        .whereRef('l.gateway_id', '=', 'g.device_id')
        .select(sql<number>`count(*)::int`.as('n'))
        .as('devices'),
    ])
export type GatewayRow = Awaited<ReturnType<ReturnType<typeof gatewayQuery>['executeTakeFirstOrThrow']>>

export const findGateway = (tx: GatewaysTx, id: DeviceId) =>
  tx.sql.selectFrom('gateways.gateway').selectAll().where('org_id', '=', tx.orgId).where('device_id', '=', id).executeTakeFirst()

export const findReport = (tx: GatewaysTx, id: DeviceId) =>
  tx.sql.selectFrom('gateways.report').selectAll().where('org_id', '=', tx.orgId).where('gateway_id', '=', id).executeTakeFirst()

/** Locked: changes of one gateway follow each other, and its revision with them. */
export const lockGateway = (tx: GatewaysTx, id: DeviceId) =>
  tx.sql
    .selectFrom('gateways.gateway')
    .selectAll()
    .where('org_id', '=', tx.orgId)
    .where('device_id', '=', id)
    .forUpdate()
    .executeTakeFirst()

/** Its standby reads the same. */
export const raiseRevision = (tx: GatewaysTx, id: DeviceId) =>
  tx.sql
    .updateTable('gateways.gateway')
    .set((eb) => ({ revision: eb('revision', '+', 1) }))
    .where('org_id', '=', tx.orgId)
    .where((eb) =>
      eb.or([
        eb('device_id', '=', id),
        eb(
          'device_id',
          'in',
          eb.selectFrom('gateways.pair').select('standby_id').where('org_id', '=', tx.orgId).where('gateway_id', '=', id),
        ),
      ]),
    )
    .returning(['device_id', 'code'])
    .execute()

export const findLink = (tx: GatewaysTx, id: LinkId) =>
  tx.sql.selectFrom('gateways.link').selectAll().where('org_id', '=', tx.orgId).where('id', '=', id).executeTakeFirst()

export const linksOf = (tx: GatewaysTx, gatewayId: DeviceId) =>
  tx.sql
    .selectFrom('gateways.link')
    .selectAll()
    .where('org_id', '=', tx.orgId)
    .where('gateway_id', '=', gatewayId)
    .orderBy('name')
    .orderBy('id')
    .execute()

/** With the name of the point table and the number of rows it is read by. */
const connectionQuery = (tx: GatewaysTx) =>
  tx.sql
    .selectFrom('gateways.connection as c')
    .innerJoin('gateways.link as l', (join) => join.onRef('l.org_id', '=', 'c.org_id').onRef('l.id', '=', 'c.link_id'))
    .innerJoin('gateways.point_table as t', (join) => join.onRef('t.org_id', '=', 'c.org_id').onRef('t.id', '=', 'c.point_table_id'))
    .innerJoin('gateways.point_table_revision as v', (join) =>
      join.onRef('v.org_id', '=', 'c.org_id').onRef('v.point_table_id', '=', 'c.point_table_id').onRef('v.version', '=', 'c.table_version'),
    )
    .where('c.org_id', '=', tx.orgId)
    .selectAll('c')
    .select(['l.gateway_id', 't.name as table_name', sql<number>`jsonb_array_length(v.rows)`.as('points')])

export const connectionsOf = (tx: GatewaysTx, gatewayId: DeviceId) =>
  connectionQuery(tx).where('l.gateway_id', '=', gatewayId).orderBy('c.code').execute()
export type ConnectionRow = Awaited<ReturnType<typeof connectionsOf>>[number]

export const connectedDevices = (tx: GatewaysTx) =>
  tx.sql.selectFrom('gateways.connection').select(['device_id', 'link_id', 'unit']).where('org_id', '=', tx.orgId).execute()

export const findConnection = (tx: GatewaysTx, deviceId: DeviceId) =>
  connectionQuery(tx).where('c.device_id', '=', deviceId).executeTakeFirst()

export const findTable = (tx: GatewaysTx, id: PointTableId) =>
  tx.sql.selectFrom('gateways.point_table').selectAll().where('org_id', '=', tx.orgId).where('id', '=', id).executeTakeFirst()

export const revisionsOf = (tx: GatewaysTx, id: PointTableId) =>
  tx.sql
    .selectFrom('gateways.point_table_revision')
    .select(['version', 'created_at', sql<number>`jsonb_array_length(rows)`.as('points')])
    .where('org_id', '=', tx.orgId)
    .where('point_table_id', '=', id)
    .orderBy('version', 'desc')
    .execute()

export const findRevision = (tx: GatewaysTx, id: PointTableId, version: number) =>
  tx.sql
    .selectFrom('gateways.point_table_revision')
    .select(['version', 'rows'])
    .where('org_id', '=', tx.orgId)
    .where('point_table_id', '=', id)
    .where('version', '=', version)
    .executeTakeFirst()

/** Rows by which any device of a gateway is read, with the thing model of their table. */
export const revisionsReadBy = (tx: GatewaysTx, gatewayId: DeviceId) =>
  tx.sql
    .selectFrom('gateways.point_table_revision as v')
    .innerJoin('gateways.point_table as t', (join) => join.onRef('t.org_id', '=', 'v.org_id').onRef('t.id', '=', 'v.point_table_id'))
    .where('v.org_id', '=', tx.orgId)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('gateways.connection as c')
          .innerJoin('gateways.link as l', (join) => join.onRef('l.org_id', '=', 'c.org_id').onRef('l.id', '=', 'c.link_id'))
          .whereRef('c.org_id', '=', 'v.org_id')
          .whereRef('c.point_table_id', '=', 'v.point_table_id')
          .whereRef('c.table_version', '=', 'v.version')
          .where('l.gateway_id', '=', gatewayId)
          .select('c.device_id'),
      ),
    )
    .select(['v.point_table_id', 'v.version', 'v.rows', 't.model_code'])
    .execute()

/** Gateways and devices that a table is used by. */
export const usersOfTable = (tx: GatewaysTx, id: PointTableId) =>
  tx.sql
    .selectFrom('gateways.connection as c')
    .innerJoin('gateways.link as l', (join) => join.onRef('l.org_id', '=', 'c.org_id').onRef('l.id', '=', 'c.link_id'))
    .where('c.org_id', '=', tx.orgId)
    .where('c.point_table_id', '=', id)
    .select(['c.device_id', 'c.code', 'c.unit', 'c.table_version', 'l.gateway_id', 'l.name as link_name'])
    .orderBy('c.code')
    .execute()
export type TableUser = Awaited<ReturnType<typeof usersOfTable>>[number]
