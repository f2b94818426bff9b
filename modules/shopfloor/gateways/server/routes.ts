import type { Routes } from '#kernel/http.ts'
import { configurationApi } from '../configuration-contract.ts'
import { gatewaysApi } from '../contract.ts'
import { enrolmentApi } from '../enrolment-contract.ts'
import { explanationApi } from '../explanation-contract.ts'
import { pairApi } from '../pair-contract.ts'
import { rollOutApi } from '../roll-out-contract.ts'
import { browseLink } from './browse-link.ts'
import { createGateway, updateGateway } from './change-gateway.ts'
import { createLink, deleteLink, updateLink } from './change-links.ts'
import { dissolvePair, setStandby, switchOver } from './change-pair.ts'
import { connectDevice, disconnectDevice, updateConnection } from './connect-device.ts'
import type { DeviceModelFile } from './device-models.ts'
import { createEnrolment, enrol } from './enrol.ts'
import { readExplanation } from './explain-point.ts'
import { planRollOut } from './plan-roll-out.ts'
import { createPointTable, deletePointTable, listPointTables, readPointTable, updatePointTable } from './point-tables.ts'
import { listGateways, readConnection, readGateway } from './read-gateways.ts'
import { readLog } from './read-log.ts'
import { readPair } from './read-pair.ts'
import { readSheet } from './read-sheet.ts'
import { listRollOuts, resumeRollOut, rollBack, startRollOut, stopRollOut } from './roll-out.ts'
import type { Rooms } from './rooms.ts'
import { nextFor, readConfig, takeAnswer, takeLog, takeStatus } from './serve-gateway.ts'
import { signIn } from './sign-in.ts'
import { testRead } from './test-read.ts'
import { traceLink } from './trace-link.ts'

const done = { done: true as const }

export const gatewayRoutes =
  (rooms: Rooms): Routes =>
  (on) => {
    on.serve(configurationApi.list, ({ ctx, query }) => listGateways(rooms, ctx, query))
    on.serve(configurationApi.get, ({ ctx, params }) => readGateway(rooms, ctx, params.id))
    on.serve(configurationApi.create, ({ ctx, body }) => createGateway(rooms, ctx, body))
    on.serve(configurationApi.update, ({ ctx, params, body }) => updateGateway(rooms, ctx, params.id, body))
    on.serve(enrolmentApi.createEnrolment, ({ ctx, params }) => createEnrolment(rooms, ctx, params.id))
    on.serve(pairApi.pair, ({ ctx, params }) => readPair(rooms, ctx, params.id))
    on.serve(pairApi.setStandby, async ({ ctx, params, body }) => {
      await setStandby(rooms, ctx, params.id, body)
      return done
    })
    on.serve(pairApi.switchOver, ({ ctx, params, body }) => switchOver(rooms, ctx, params.id, body.epoch))
    on.serve(pairApi.dissolvePair, async ({ ctx, params }) => {
      await dissolvePair(rooms, ctx, params.id)
      return done
    })
    on.serve(configurationApi.createLink, ({ ctx, params, body }) => createLink(rooms, ctx, params.id, body))
    on.serve(configurationApi.updateLink, ({ ctx, params, body }) => updateLink(rooms, ctx, params.id, body))
    on.serve(configurationApi.deleteLink, async ({ ctx, params }) => {
      await deleteLink(rooms, ctx, params.id)
      return done
    })
    on.serve(configurationApi.pointTables, ({ ctx, query }) => listPointTables(rooms, ctx, query))
    on.serve(configurationApi.pointTable, ({ ctx, params }) => readPointTable(rooms, ctx, params.id))
    on.serve(configurationApi.createPointTable, ({ ctx, body }) => createPointTable(rooms, ctx, body))
    on.serve(configurationApi.updatePointTable, ({ ctx, params, body }) => updatePointTable(rooms, ctx, params.id, body))
    on.serve(configurationApi.deletePointTable, async ({ ctx, params }) => {
      await deletePointTable(rooms, ctx, params.id)
      return done
    })
    on.serveUpload(configurationApi.readSheet, ({ upload }) => readSheet(upload))
    on.serve(configurationApi.deviceModels, async () => ({ deviceModels: [...rooms.deviceModels.values()].map(deviceModelView) }))
    on.serve(configurationApi.connect, ({ ctx, body }) => connectDevice(rooms, ctx, body))
    on.serve(configurationApi.connection, ({ ctx, params }) => readConnection(rooms, ctx, params.deviceId))
    on.serve(explanationApi.explainPoint, ({ ctx, params }) => readExplanation(rooms, ctx, params.deviceId, params.name))
    on.serve(configurationApi.updateConnection, ({ ctx, params, body }) => updateConnection(rooms, ctx, params.deviceId, body))
    on.serve(configurationApi.disconnect, async ({ ctx, params }) => {
      await disconnectDevice(rooms, ctx, params.deviceId)
      return done
    })
    on.serve(configurationApi.testRead, ({ ctx, params, body }) => testRead(rooms, ctx, params.id, body))
    on.serve(configurationApi.trace, ({ ctx, params }) => traceLink(rooms, ctx, params.id))
    on.serve(configurationApi.browse, ({ ctx, params, body }) => browseLink(rooms, ctx, params.id, body))
    on.serve(configurationApi.log, ({ ctx, params, query }) => readLog(rooms, ctx, params.id, query))

    on.servePublic(gatewaysApi.wireEnrol, async ({ call, body }) => ({ ...(await enrol(rooms, call, body.code)), mqtt: rooms.mqtt }))
    on.serve(rollOutApi.planRollOut, ({ ctx, params, query }) => planRollOut(rooms, ctx, params.id, query.toVersion))
    on.serve(rollOutApi.startRollOut, ({ ctx, params, body }) => startRollOut(rooms, ctx, params.id, body))
    on.serve(rollOutApi.rollOuts, ({ ctx, params }) => listRollOuts(rooms, ctx, params.id))
    on.serve(rollOutApi.resumeRollOut, ({ ctx, params, body }) => resumeRollOut(rooms, ctx, params.id, body))
    on.serve(rollOutApi.stopRollOut, ({ ctx, params, body }) => stopRollOut(rooms, ctx, params.id, body))
    on.serve(rollOutApi.rollBack, ({ ctx, params, body }) => rollBack(rooms, ctx, params.id, body))

    on.servePublic(gatewaysApi.wireConfig, async ({ authorization, call }) => readConfig(rooms, await signIn(rooms, authorization, call)))
    on.servePublic(gatewaysApi.wireNext, async ({ authorization, call, query, signal }) =>
      nextFor(rooms, await signIn(rooms, authorization, call), query.revision, signal),
    )
    on.servePublic(gatewaysApi.wireAnswer, async ({ authorization, call, params, body }) => {
      await takeAnswer(rooms, await signIn(rooms, authorization, call), params.id, body)
      return { taken: true as const }
    })
    on.servePublic(gatewaysApi.wireStatus, async ({ authorization, call, body }) =>
      takeStatus(rooms, await signIn(rooms, authorization, call), body),
    )
    on.servePublic(gatewaysApi.wireLog, async ({ authorization, call, body }) => ({
      taken: await takeLog(rooms, await signIn(rooms, authorization, call), body),
    }))
  }

const deviceModelView = ({ id, maker, makerEn, model, label, template, source, pointTables }: DeviceModelFile) => ({
  id,
  maker,
  makerEn,
  model,
  label: label.zh,
  labelEn: label.en,
  template,
  source,
  protocols: Object.keys(pointTables),
  points: Math.max(0, ...Object.values(pointTables).map((rows) => rows.length)),
})
