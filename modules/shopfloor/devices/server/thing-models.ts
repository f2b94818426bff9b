import { sql } from 'kysely'
import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { readPage } from '#kernel/page.ts'
import { violatedUnique } from '#kernel/postgres.ts'
import type { ListQuery, Page } from '#values/list.ts'
import { devicesApi, type ThingModel, type ThingModelId, type ThingModelSummary } from '../contract.ts'
import { deviceErrors } from '../errors.ts'
import { changedQuantities, ModelDocument } from '../thing-model.ts'
import { likePart, wordsOf } from './device-store.ts'
import type { DevicesDatabase, DevicesTx } from './tables.ts'
import { findModel, insertModel, lockNewest, newestModels, retireModel, versionsOf } from './thing-model-store.ts'

type ModelInput = z.output<typeof devicesApi.createThingModel.body>

export const listThingModels = (
  db: DevicesDatabase,
  ctx: Context,
  list: ListQuery & { retired: boolean },
): Promise<Page<ThingModelSummary>> =>
  db.inTenant(ctx, (tx) => {
    let query = newestModels(tx)
    if (!list.retired) query = query.where('t.retired_at', 'is', null)
    for (const word of wordsOf(list.search))
      query = query.where(sql<boolean>`lower(t.code || ' ' || t.name || ' ' || coalesce(t.name_en, '')) like ${likePart(word)}`)
    const order = {
      sorts: {
        code: { by: 't.code', type: 'text' },
        name: { by: 't.name', type: 'text' },
        createdAt: { by: 't.created_at', type: 'timestamptz' },
      },
      id: 't.id',
    } as const
    return readPage(tx, query, list, order, (row) => ({
      id: row.id,
      code: row.code,
      versionNo: row.version_no,
      name: row.name,
      nameEn: row.name_en,
      properties: row.properties,
      devices: row.devices ?? 0,
      createdAt: row.created_at.toISOString(),
      retiredAt: row.retired_at?.toISOString() ?? null,
    }))
  })

export const readThingModel = (db: DevicesDatabase, ctx: Context, id: ThingModelId): Promise<ThingModel> =>
  db.inTenant(ctx, async (tx) => {
    const model = await existing(tx, id)
    const versions = (await versionsOf(tx, model.code)).map((v) => ({
      id: v.id,
      versionNo: v.version_no,
      createdAt: v.created_at.toISOString(),
      devices: v.devices ?? 0,
    }))
    return {
      id: model.id,
      code: model.code,
      versionNo: model.version_no,
      name: model.name,
      nameEn: model.name_en,
      description: model.description,
      definition: model.definition,
      properties: model.definition.properties.length,
      devices: versions.reduce((sum, v) => sum + v.devices, 0),
      createdAt: model.created_at.toISOString(),
      retiredAt: model.retired_at?.toISOString() ?? null,
      versions,
    }
  })

export const createThingModel = (db: DevicesDatabase, ctx: Context, input: ModelInput): Promise<{ id: ThingModelId }> =>
  db
    .inTenant(ctx, (tx) => addFirst(tx, ctx, input))
    .catch((error: unknown) => {
      throw violatedUnique(error) === undefined ? error : deviceErrors.codeTaken({ code: input.code })
    })

export const addModelVersion = (
  db: DevicesDatabase,
  ctx: Context,
  id: ThingModelId,
  input: Omit<ModelInput, 'code'>,
): Promise<{ id: ThingModelId }> =>
  db.inTenant(ctx, async (tx) => {
    const model = await existing(tx, id)
    const newest = await lockNewest(tx, model.code)
    if (newest?.id !== id) throw deviceErrors.modelNotNewest({ versionNo: newest?.version_no })
    return addNext(tx, ctx, newest, input)
  })

/** Errors: devices.foreignFormat (with what is wrong), devices.modelRetired, devices.propertyChanged. */
export const importThingModel = (db: DevicesDatabase, ctx: Context, file: unknown): Promise<{ id: ThingModelId; versionNo: number }> => {
  const document = ModelDocument.safeParse(file)
  if (!document.success) throw deviceErrors.foreignFormat({ issues: issuesOf(document.error) })
  const { format: _, properties, events, commands, ...head } = document.data
  const model = devicesApi.createThingModel.body.safeParse({ ...head, definition: { properties, events, commands } })
  if (!model.success) throw deviceErrors.foreignFormat({ issues: issuesOf(model.error) })
  return db.inTenant(ctx, (tx) => saveThingModel(tx, ctx, model.data))
}

/** A new thing model, or the next version of the one with this code. Errors: devices.modelRetired, devices.propertyChanged. */
export async function saveThingModel(tx: DevicesTx, ctx: Context, model: ModelInput): Promise<{ id: ThingModelId; versionNo: number }> {
  const newest = await lockNewest(tx, model.code)
  const { id, version_no } = newest ? await addNext(tx, ctx, newest, model) : await addFirst(tx, ctx, model)
  return { id, versionNo: version_no }
}

export const retireThingModel = (db: DevicesDatabase, ctx: Context, id: ThingModelId): Promise<void> =>
  db.inTenant(ctx, async (tx) => {
    const model = await existing(tx, id)
    await lockNewest(tx, model.code)
    if (model.retired_at) throw deviceErrors.modelRetired({ id })
    const devices = (await versionsOf(tx, model.code)).reduce((sum, v) => sum + (v.devices ?? 0), 0)
    if (devices > 0) throw deviceErrors.modelInUse({ n: devices })
    await retireModel(tx, model.code, ctx.now)
  })

async function existing(tx: DevicesTx, id: ThingModelId) {
  const model = await findModel(tx, id)
  if (!model) throw deviceErrors.modelNotFound({ id })
  return model
}

const addFirst = (tx: DevicesTx, ctx: Context, { code, ...input }: ModelInput) =>
  insertModel(tx, { code, version_no: 1, ...columnsOf(input), created_at: ctx.now })

function addNext(
  tx: DevicesTx,
  ctx: Context,
  newest: NonNullable<Awaited<ReturnType<typeof lockNewest>>>,
  input: Omit<ModelInput, 'code'>,
) {
  if (newest.retired_at) throw deviceErrors.modelRetired({ id: newest.id })
  const changed = changedQuantities(newest.definition, input.definition)
  if (changed.length > 0) throw deviceErrors.propertyChanged({ names: changed.join('、') })
  return insertModel(tx, { code: newest.code, version_no: newest.version_no + 1, ...columnsOf(input), created_at: ctx.now })
}

const columnsOf = (input: Omit<ModelInput, 'code'>) => ({
  name: input.name,
  name_en: input.nameEn,
  description: input.description,
  definition: input.definition,
})

const issuesOf = (error: z.ZodError): string =>
  error.issues
    .slice(0, 5)
    .map((i) => `${i.path.join('.')}: ${i.message}`)
    .join('; ')
