import type { Routes } from '#kernel/http.ts'
import { devicesApi } from '../contract.ts'
import { addAttachment, attachmentContent, listAttachments, removeAttachment, updateAttachment } from './attachments.ts'
import { retireDevice, takeModel, updateDevice } from './change-device.ts'
import { createDevice } from './create-device.ts'
import { createCredential, disableCredential } from './credentials.ts'
import { exchangeDevice } from './exchange-device.ts'
import { listDevices } from './list-devices.ts'
import {
  addMeasuringPoints,
  bindMeasuringPoint,
  listMeasuringPoints,
  readMeasuringPoint,
  updateMeasuringPoint,
} from './measuring-points.ts'
import { placeDevice } from './place-device.ts'
import { readDevice, readPoints } from './read-device.ts'
import type { Rooms } from './rooms.ts'
import { addModelVersion, createThingModel, importThingModel, listThingModels, readThingModel, retireThingModel } from './thing-models.ts'

const done = { done: true as const }

export const deviceRoutes =
  (rooms: Rooms): Routes =>
  (on) => {
    on.serve(devicesApi.list, ({ ctx, query }) => listDevices(rooms, ctx, query))
    on.serve(devicesApi.get, ({ ctx, params, query }) => readDevice(rooms, ctx, params.id, query.owner))
    on.serve(devicesApi.create, ({ ctx, body }) => createDevice(rooms, ctx, body))
    on.serve(devicesApi.update, ({ ctx, params, body }) => updateDevice(rooms, ctx, params.id, body))
    on.serve(devicesApi.retire, ({ ctx, params, body }) => retireDevice(rooms, ctx, params.id, body.version))
    on.serve(devicesApi.place, async ({ ctx, params, body }) => ({
      placements: await placeDevice(rooms, ctx, params.id, { nodeId: body.nodeId, from: new Date(body.from) }),
    }))
    on.serve(devicesApi.takeModel, ({ ctx, params, body }) => takeModel(rooms, ctx, params.id, body))
    on.serve(devicesApi.points, async ({ ctx, params }) => ({ points: await readPoints(rooms, ctx, params.id) }))
    on.serve(devicesApi.createCredential, ({ ctx, params, body }) => createCredential(rooms, ctx, params.id, body))
    on.serve(devicesApi.disableCredential, async ({ ctx, params }) => {
      await disableCredential(rooms, ctx, params.id, params.credentialId)
      return done
    })
    on.serve(devicesApi.exchange, ({ ctx, params, body }) => exchangeDevice(rooms, ctx, params.id, body))

    on.serve(devicesApi.attachments, ({ ctx, params }) => listAttachments(rooms, ctx, params.id))
    on.serveUpload(devicesApi.addAttachment, ({ ctx, params, query, upload }) => addAttachment(rooms, ctx, params.id, { query, upload }))
    on.serve(devicesApi.updateAttachment, ({ ctx, params, body }) => updateAttachment(rooms, ctx, params, body))
    on.serve(devicesApi.removeAttachment, async ({ ctx, params }) => {
      await removeAttachment(rooms, ctx, params.id, params.attachmentId)
      return done
    })
    on.serveFile(devicesApi.attachmentContent, ({ ctx, params, query }) => attachmentContent(rooms, ctx, params, query.as === 'saved'))

    on.serve(devicesApi.measuringPoints, ({ ctx, query }) => listMeasuringPoints(rooms, ctx, query))
    on.serve(devicesApi.measuringPoint, ({ ctx, params }) => readMeasuringPoint(rooms, ctx, params.id))
    on.serve(devicesApi.addMeasuringPoints, ({ ctx, params, body }) => addMeasuringPoints(rooms, ctx, params.id, body))
    on.serve(devicesApi.updateMeasuringPoint, ({ ctx, params, body }) => updateMeasuringPoint(rooms, ctx, params.id, body))
    on.serve(devicesApi.bind, ({ ctx, params, body }) => bindMeasuringPoint(rooms, ctx, params.id, body))

    on.serve(devicesApi.thingModels, ({ ctx, query }) => listThingModels(rooms.db, ctx, query))
    on.serve(devicesApi.thingModel, ({ ctx, params }) => readThingModel(rooms.db, ctx, params.id))
    on.serve(devicesApi.createThingModel, ({ ctx, body }) => createThingModel(rooms.db, ctx, body))
    on.serve(devicesApi.addModelVersion, ({ ctx, params, body }) => addModelVersion(rooms.db, ctx, params.id, body))
    on.serve(devicesApi.importThingModel, ({ ctx, body }) => importThingModel(rooms.db, ctx, body))
    on.serve(devicesApi.retireThingModel, async ({ ctx, params }) => {
      await retireThingModel(rooms.db, ctx, params.id)
      return done
    })
  }
