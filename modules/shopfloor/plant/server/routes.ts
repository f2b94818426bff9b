import type { Routes } from '#kernel/http.ts'
import { plantApi } from '../contract.ts'
import { moveNode, renameNode, restoreNode, retireNode } from './change-node.ts'
import { createNode } from './create-node.ts'
import { declareNetworks } from './declare-networks.ts'
import { listNodes } from './list-nodes.ts'
import { createShift, deleteShift, readSite, setHolidays, updateShift, updateSite } from './site-calendar.ts'
import type { PlantDatabase } from './tables.ts'

export const plantRoutes =
  (db: PlantDatabase): Routes =>
  (on) => {
    on.serve(plantApi.nodes, async ({ ctx, query }) => ({ nodes: (await listNodes(db, ctx, query)).map(nodeOf) }))
    on.serve(plantApi.createNode, async ({ ctx, body }) => nodeOf(await createNode(db, ctx, body)))
    on.serve(plantApi.updateNode, async ({ ctx, params, body }) => nodeOf(await renameNode(db, ctx, params.id, body)))
    on.serve(plantApi.moveNode, async ({ ctx, params, body }) => nodeOf(await moveNode(db, ctx, params.id, body)))
    on.serve(plantApi.retireNode, ({ ctx, params, body }) => retireNode(db, ctx, params.id, body))
    on.serve(plantApi.restoreNode, async ({ ctx, params, body }) => nodeOf(await restoreNode(db, ctx, params.id, body)))
    on.serve(plantApi.site, async ({ ctx, params, query }) => {
      const { site, dayStarts, shifts, holidays, networks } = await readSite(db, ctx, params.id, query.year)
      return { id: site.id, timeZone: site.time_zone, dayStarts, shifts: shifts.map(shiftOf), holidays, networks, version: site.version }
    })
    on.serve(plantApi.updateSite, ({ ctx, params, body }) => updateSite(db, ctx, params.id, body))
    on.serve(plantApi.createShift, async ({ ctx, params, body }) => shiftOf(await createShift(db, ctx, params.id, body)))
    on.serve(plantApi.updateShift, async ({ ctx, params, body }) => shiftOf(await updateShift(db, ctx, params.id, body)))
    on.serve(plantApi.deleteShift, async ({ ctx, params }) => {
      await deleteShift(db, ctx, params.id)
      return { done: true as const }
    })
    on.serve(plantApi.declareNetworks, ({ ctx, params, body }) => declareNetworks(db, ctx, params.id, body))
    on.serve(plantApi.setHolidays, ({ ctx, params, body }) => setHolidays(db, ctx, params.id, body))
  }

const nodeOf = (row: Awaited<ReturnType<typeof createNode>>) => ({
  id: row.id,
  parentId: row.parent_id,
  level: row.level,
  code: row.code,
  name: row.name,
  nameEn: row.name_en,
  siteId: row.site_id,
  retiredAt: row.retired_at?.toISOString() ?? null,
  version: row.version,
})

const shiftOf = (row: Awaited<ReturnType<typeof createShift>>) => ({
  id: row.id,
  name: row.name,
  startMinute: row.start_minute,
  endMinute: row.end_minute,
  validFrom: row.valid_from,
  validUntil: row.valid_until,
  version: row.version,
})
