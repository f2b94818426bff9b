import type { Routes } from '#kernel/http.ts'
import { alarmsApi } from '../contract.ts'
import { actOnAlarms } from './act-on-alarms.ts'
import { exportRules } from './export-rules.ts'
import { listAlarms, readAlarm, summarise } from './read-alarms.ts'
import { exportEvents, listEvents } from './read-events.ts'
import { listFloods } from './read-floods.ts'
import { readKpis } from './read-kpis.ts'
import type { Rooms } from './rooms.ts'
import { changeRule, createRule, listRules, retireRule } from './rules.ts'
import { setAside } from './set-aside.ts'
import { watchChanges } from './watch-changes.ts'

export const alarmsRoutes =
  (rooms: Rooms): Routes =>
  (on) => {
    on.serve(alarmsApi.list, ({ ctx, query }) => listAlarms(rooms, ctx, query))
    on.serve(alarmsApi.summary, ({ ctx }) => summarise(rooms, ctx))
    on.serve(alarmsApi.floods, ({ ctx }) => listFloods(rooms, ctx))
    on.serve(alarmsApi.get, ({ ctx, params }) => readAlarm(rooms, ctx, params.id))
    on.serve(alarmsApi.act, ({ ctx, body }) => actOnAlarms(rooms, ctx, body))
    on.serve(alarmsApi.setAside, ({ ctx, body }) => setAside(rooms, ctx, body))
    on.serveEvents(alarmsApi.live, ({ ctx, signal }) => watchChanges(rooms, ctx, signal))
    on.serve(alarmsApi.events, ({ ctx, query }) => listEvents(rooms, ctx, query))
    on.serveFile(alarmsApi.exportEvents, ({ ctx, query }) => exportEvents(rooms, ctx, query))
    on.serve(alarmsApi.kpis, ({ ctx, query }) => readKpis(rooms, ctx, query))
    on.serve(alarmsApi.rules, ({ ctx, query }) => listRules(rooms, ctx, query))
    on.serveFile(alarmsApi.exportRules, ({ ctx }) => exportRules(rooms, ctx))
    on.serve(alarmsApi.createRule, ({ ctx, body }) => createRule(rooms, ctx, body))
    on.serve(alarmsApi.changeRule, ({ ctx, params, body }) => changeRule(rooms, ctx, params.id, body))
    on.serve(alarmsApi.retireRule, ({ ctx, params, body }) => retireRule(rooms, ctx, params.id, body.version))
  }
