import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { violatedUnique } from '#kernel/postgres.ts'
import { requestErrors } from '#values/errors.ts'
import type { devicesApi } from '../contract.ts'
import { deviceErrors } from '../errors.ts'
import { HISTORY_BEGINS } from './binding-rules.ts'
import { insertCredential, userNameOf } from './credentials.ts'
import { announce, orgCodeOf, siteOfPlace } from './device-access.ts'
import { insertDevice, insertPlacement } from './device-store.ts'
import { insertMeasuringPoints, insertPoints } from './point-store.ts'
import type { Rooms } from './rooms.ts'
import { findModel } from './thing-model-store.ts'

/** The device, the points of its thing model, their measuring points, its place and its credential, all at once. */
export const createDevice = (rooms: Rooms, ctx: Context, input: z.output<typeof devicesApi.create.body>) =>
  rooms.db
    .inTenant(ctx, async (tx) => {
      if (input.withCredential && !ctx.scopes.permissions.has('devices.manageCredentials'))
        throw requestErrors.notAllowed({ permission: 'devices.manageCredentials' })
      const model = await findModel(tx, input.thingModelId)
      if (!model) throw deviceErrors.modelNotFound({ id: input.thingModelId })
      if (model.retired_at) throw deviceErrors.modelRetired({ id: model.id })
      // Whoever is confined to sites would not see a device that stands nowhere.
      if (input.nodeId === null && ctx.scopes.sites !== 'all') throw deviceErrors.placeNotFound({ id: null })
      const siteId = input.nodeId && (await siteOfPlace(rooms, tx, ctx, input.nodeId))
      const device = await insertDevice(tx, {
        code: input.code,
        name: input.name,
        name_en: input.nameEn,
        model_id: model.id,
        maker: input.maker,
        model: input.model,
        serial: input.serial,
        note: input.note,
        status: input.status,
        created_at: ctx.now,
      })
      if (input.nodeId && siteId)
        await insertPlacement(tx, { device_id: device.id, node_id: input.nodeId, site_id: siteId, valid_from: ctx.now })
      const points = await insertPoints(tx, device.id, model.definition.properties, 0)
      await insertMeasuringPoints(tx, device, points, { from: HISTORY_BEGINS, now: ctx.now })
      const orgCode = await orgCodeOf(rooms, tx)
      const made = input.withCredential ? await insertCredential(tx, device.id, ctx.now) : null
      await announce(rooms, tx, ctx, device)
      return { id: device.id, credential: made && { userName: userNameOf(orgCode, device.code), secret: made.secret } }
    })
    .catch((error: unknown) => {
      throw violatedUnique(error) === 'device_code' ? deviceErrors.codeTaken({ code: input.code }) : error
    })
