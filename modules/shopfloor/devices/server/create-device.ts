import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { violatedUnique } from '#kernel/postgres.ts'
import { requestErrors } from '#values/errors.ts'
import type { devicesApi } from '../contract.ts'
import { deviceErrors } from '../errors.ts'
import { insertCredential, userNameOf } from './credentials.ts'
import { orgCodeOf, siteOfPlace } from './device-access.ts'
import { makeDevices } from './make-devices.ts'
import type { Rooms } from './rooms.ts'
import type { DevicesTx } from './tables.ts'
import { findModel } from './thing-model-store.ts'

type Input = z.output<typeof devicesApi.create.body>

/** The device, the points of its thing model, their measuring points, its place and its credential, all at once. */
export const createDevice = (rooms: Rooms, ctx: Context, input: Input) =>
  rooms.db.inTenant(ctx, (tx) => addDevice(rooms, tx, ctx, input)).catch((error: unknown) => codeTakenOr(error, input.code))

/** A device's code that is taken is found by its unique index, which ends the transaction: to be caught around it. */
export const codeTakenOr = (error: unknown, code: string): never => {
  throw violatedUnique(error) === 'device_code' ? deviceErrors.codeTaken({ code }) : error
}

/** In the caller's transaction. */
export async function addDevice(rooms: Rooms, tx: DevicesTx, ctx: Context, input: Input) {
  if (input.withCredential && !ctx.scopes.permissions.has('devices.manageCredentials'))
    throw requestErrors.notAllowed({ permission: 'devices.manageCredentials' })
  const model = await findModel(tx, input.thingModelId)
  if (!model) throw deviceErrors.modelNotFound({ id: input.thingModelId })
  if (model.retired_at) throw deviceErrors.modelRetired({ id: model.id })
  // Whoever is confined to sites would not see a device that stands nowhere.
  if (input.nodeId === null && ctx.scopes.sites !== 'all') throw deviceErrors.placeNotFound({ id: null })
  const siteId = input.nodeId && (await siteOfPlace(rooms, tx, ctx, input.nodeId))
  const { thingModelId: _, nodeId, withCredential, ...plate } = input
  const place = nodeId && siteId ? { nodeId, siteId } : null
  const [id] = await makeDevices(rooms, tx, ctx, [{ ...plate, thingModel: model, place }])
  if (!id) throw new Error('a device was made without its id')
  const made = withCredential ? await insertCredential(tx, id, ctx.now) : null
  return { id, credential: made && { userName: userNameOf(await orgCodeOf(rooms, tx), input.code), secret: made.secret } }
}
