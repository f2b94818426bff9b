import { sql } from 'kysely'
import type { ThingModelId } from '../contract.ts'
import type { Definition } from '../thing-model.ts'
import type { DevicesTx } from './tables.ts'

export const findModel = (tx: DevicesTx, id: ThingModelId) =>
  tx.sql.selectFrom('devices.thing_model').selectAll().where('org_id', '=', tx.orgId).where('id', '=', id).executeTakeFirst()

export const findNewest = (tx: DevicesTx, code: string) => newestOf(tx, code).executeTakeFirst()

/** Locked, so that two next versions follow each other. */
export const lockNewest = (tx: DevicesTx, code: string) => newestOf(tx, code).forUpdate().executeTakeFirst()

const newestOf = (tx: DevicesTx, code: string) =>
  tx.sql
    .selectFrom('devices.thing_model')
    .selectAll()
    .where('org_id', '=', tx.orgId)
    .where('code', '=', code)
    .orderBy('version_no', 'desc')
    .limit(1)

interface NewModel {
  code: string
  version_no: number
  name: string
  name_en: string | null
  description: string
  definition: Definition
  created_at: Date
}

export const insertModel = (tx: DevicesTx, model: NewModel) =>
  tx.sql
    .insertInto('devices.thing_model')
    .values({ org_id: tx.orgId, ...model, definition: JSON.stringify(model.definition), retired_at: null })
    .returning(['id', 'version_no'])
    .executeTakeFirstOrThrow()

/** Every version of a code with its number of devices in use, the newest first. */
export const versionsOf = (tx: DevicesTx, code: string) =>
  tx.sql
    .selectFrom('devices.thing_model as t')
    .select((eb) => [
      't.id',
      't.version_no',
      't.created_at',
      eb
        .selectFrom('devices.device as d')
        .whereRef('d.org_id', '=', 't.org_id')
        .whereRef('d.model_id', '=', 't.id')
        .where('d.status', '!=', 'retired')
        .select(sql<number>`count(*)::int`.as('n'))
        .as('devices'),
    ])
    .where('t.org_id', '=', tx.orgId)
    .where('t.code', '=', code)
    .orderBy('t.version_no', 'desc')
    .execute()

export const retireModel = (tx: DevicesTx, code: string, at: Date) =>
  tx.sql.updateTable('devices.thing_model').set({ retired_at: at }).where('org_id', '=', tx.orgId).where('code', '=', code).execute()

/** The newest version of each code. */
export const newestModels = (tx: DevicesTx) =>
  tx.sql
    .selectFrom('devices.thing_model as t')
    .select((eb) => [
      't.id',
      't.code',
      't.version_no',
      't.name',
      't.name_en',
      't.created_at',
      't.retired_at',
      sql<number>`jsonb_array_length(t.definition->'properties')`.as('properties'),
      eb
        .selectFrom('devices.device as d')
        .innerJoin('devices.thing_model as v', (join) => join.onRef('v.org_id', '=', 'd.org_id').onRef('v.id', '=', 'd.model_id'))
        .whereRef('d.org_id', '=', 't.org_id')
        .whereRef('v.code', '=', 't.code')
        .where('d.status', '!=', 'retired')
        .select(sql<number>`count(*)::int`.as('n'))
        .as('devices'),
    ])
    .where('t.org_id', '=', tx.orgId)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('devices.thing_model as newer')
            .select('newer.id')
            .whereRef('newer.org_id', '=', 't.org_id')
            .whereRef('newer.code', '=', 't.code')
            .whereRef('newer.version_no', '>', 't.version_no'),
        ),
      ),
    )

/** The newest version of each code with its definition, without counting its devices. */
export const newestDefinitions = (tx: DevicesTx) =>
  tx.sql
    .selectFrom('devices.thing_model')
    .distinctOn('code')
    .select(['id', 'code', 'name', 'name_en', 'retired_at', 'definition'])
    .where('org_id', '=', tx.orgId)
    .orderBy('code')
    .orderBy('version_no', 'desc')
    .execute()
