import type { Routes } from '#kernel/http.ts'
import { qualityApi } from '../contract.ts'
import { decideInspection } from './decide-inspection.ts'
import { changeDefect, createDefect, listDefects } from './defects.ts'
import { printReport } from './print-report.ts'
import { getInspection, listInspections } from './read-inspections.ts'
import type { Rooms } from './rooms.ts'

export const qualityRoutes =
  (rooms: Rooms): Routes =>
  (on) => {
    on.serve(qualityApi.inspections, ({ ctx, query }) => listInspections(rooms, ctx, query))
    on.serve(qualityApi.inspection, ({ ctx, params }) => getInspection(rooms, ctx, params.id))
    on.serve(qualityApi.decide, ({ ctx, params, body }) => decideInspection(rooms, ctx, params.id, body))
    on.serveFile(qualityApi.report, ({ ctx, params }) => printReport(rooms, ctx, params.id))
    on.serve(qualityApi.defects, ({ ctx }) => listDefects(rooms, ctx))
    on.serve(qualityApi.createDefect, ({ ctx, body }) => createDefect(rooms, ctx, body))
    on.serve(qualityApi.changeDefect, ({ ctx, params, body }) => changeDefect(rooms, ctx, params.id, body))
  }
