import { sql } from 'kysely'
import type { Binding, MeasuringPointId } from '../contract.ts'
import type { DevicesTx } from './tables.ts'

/** Measuring points with the whole history of their bindings, the earliest first. */
export const measuringPointQuery = (tx: DevicesTx) =>
  tx.sql
    .selectFrom('devices.measuring_point as m')
    .where('m.org_id', '=', tx.orgId)
    .selectAll('m')
    .select((eb) =>
      eb
        .selectFrom('devices.binding as b')
        .innerJoin('devices.device as d', (join) => join.onRef('d.org_id', '=', 'b.org_id').onRef('d.id', '=', 'b.device_id'))
        .innerJoin('devices.point as p', (join) => join.onRef('p.org_id', '=', 'b.org_id').onRef('p.id', '=', 'b.point_id'))
        .whereRef('b.org_id', '=', 'm.org_id')
        .whereRef('b.measuring_point_id', '=', 'm.id')
        .select(
          sql<(Omit<Binding, 'from' | 'until'> & { from: string; until: string | null })[] | null>`json_agg(json_build_object(
            'series', p.series, 'deviceId', d.id, 'deviceCode', d.code, 'deviceName', d.name, 'pointName', p.name,
            'from', b.valid_from, 'until', b.valid_until) order by b.valid_from)`.as('bindings'),
        )
        .as('bindings'),
    )

export type MeasuringPointRow = Awaited<ReturnType<ReturnType<typeof measuringPointQuery>['executeTakeFirstOrThrow']>>

export const lockMeasuringPoint = (tx: DevicesTx, id: MeasuringPointId) =>
  tx.sql
    .selectFrom('devices.measuring_point')
    .selectAll()
    .where('org_id', '=', tx.orgId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()

export const lastBindingOf = (tx: DevicesTx, id: MeasuringPointId) =>
  tx.sql
    .selectFrom('devices.binding')
    .select(['id', 'device_id', 'valid_from as from', 'valid_until as until'])
    .where('org_id', '=', tx.orgId)
    .where('measuring_point_id', '=', id)
    .orderBy('valid_from', 'desc')
    .limit(1)
    .executeTakeFirst()
