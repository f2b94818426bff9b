import type { Routes } from '#kernel/http.ts'
import { commandsApi } from '../contract.ts'
import { allowPoint, forbidPoint, listSites, switchSite } from './change-settings.ts'
import { approveCommand, declineCommand, withdrawCommand } from './decide-command.ts'
import { getCommand, listCommands } from './read-commands.ts'
import { requestCommand } from './request-command.ts'
import type { Rooms } from './rooms.ts'
import { readPoints } from './writable-points.ts'

export const commandRoutes =
  (rooms: Rooms): Routes =>
  (on) => {
    on.serve(commandsApi.list, ({ ctx, query }) => listCommands(rooms, ctx, query))
    on.serve(commandsApi.get, ({ ctx, params }) => getCommand(rooms, ctx, params.id))
    on.serve(commandsApi.request, ({ ctx, body }) => requestCommand(rooms, ctx, body))
    on.serve(commandsApi.approve, ({ ctx, params, body }) => approveCommand(rooms, ctx, params.id, body))
    on.serve(commandsApi.decline, ({ ctx, params, body }) => declineCommand(rooms, ctx, params.id, body))
    on.serve(commandsApi.withdraw, ({ ctx, params, body }) => withdrawCommand(rooms, ctx, params.id, body))
    on.serve(commandsApi.points, ({ ctx, params }) => readPoints(rooms, ctx, params.deviceId))
    on.serve(commandsApi.allow, ({ ctx, params, body }) => allowPoint(rooms, ctx, params, body))
    on.serve(commandsApi.forbid, async ({ ctx, params }) => {
      await forbidPoint(rooms, ctx, params)
      return { done: true as const }
    })
    on.serve(commandsApi.sites, async ({ ctx }) => ({ sites: await listSites(rooms, ctx) }))
    on.serve(commandsApi.switchSite, ({ ctx, params, body }) => switchSite(rooms, ctx, params.siteId, body))
  }
