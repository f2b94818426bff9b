import { narrow } from '#kernel/postgres.ts'
import { plantApi } from '../contract.ts'
import type { PlacedNode, PlantPublic } from '../public.ts'
import { addNode, createNode } from './create-node.ts'
import { declareNetworks } from './declare-networks.ts'
import { networksAt } from './network-store.ts'
import { allNodes, ancestorsOf, subtreeIds } from './node-store.ts'
import { createShift } from './site-calendar.ts'
import { dayStartsOf, findSite, shiftsOf } from './site-store.ts'
import type { PlantDatabase, PlantTables, PlantTx } from './tables.ts'

const NO_SITE = { siteId: null, timeZone: 'Asia/Shanghai', dayStarts: [], shifts: [] }

export const plantPublic = (db: PlantDatabase): PlantPublic => ({
  nodes: (tx, ids) => placedNodes(narrow<PlantTables>(tx), ids),
  places: async (opaqueTx) => {
    const tx = narrow<PlantTables>(opaqueTx)
    const nodes = (await allNodes(tx)).filter((node) => node.retired_at === null)
    const placed = await placedNodes(
      tx,
      nodes.map((node) => node.id),
    )
    return nodes.flatMap(({ id, code }) => {
      const place = placed.get(id)
      return place ? [{ ...place, id, code }] : []
    })
  },
  subtree: (tx, nodeId) => subtreeIds(narrow<PlantTables>(tx), nodeId),
  calendar: async (opaqueTx, siteId) => {
    const tx = narrow<PlantTables>(opaqueTx)
    const site = siteId === null ? undefined : await findSite(tx, siteId)
    if (siteId === null || !site) return NO_SITE
    const shifts = await shiftsOf(tx, siteId)
    return {
      siteId,
      timeZone: site.time_zone,
      dayStarts: await dayStartsOf(tx, siteId),
      shifts: shifts.map((s) => ({
        id: s.id,
        name: s.name,
        startMinute: s.start_minute,
        endMinute: s.end_minute,
        validFrom: s.valid_from,
        validUntil: s.valid_until,
      })),
    }
  },
  declaredNetworks: (tx, siteId, now) => networksAt(narrow<PlantTables>(tx), siteId, now),
  addNode: async (tx, ctx, input) => (await addNode(narrow<PlantTables>(tx), ctx, plantApi.createNode.body.parse(input))).id,
  createNode: async (ctx, input) => (await createNode(db, ctx, plantApi.createNode.body.parse(input))).id,
  createShift: async (ctx, siteId, input) => (await createShift(db, ctx, siteId, input)).id,
  declareNetworks: async (ctx, siteId, networks) => void (await declareNetworks(db, ctx, siteId, { networks: [...networks] })),
})

async function placedNodes(tx: PlantTx, ids: Parameters<PlantPublic['nodes']>[1]): ReturnType<PlantPublic['nodes']> {
  const placed: Awaited<ReturnType<PlantPublic['nodes']>> = new Map()
  if (ids.length === 0) return placed
  for (const above of await ancestorsOf(tx, ids)) {
    const node: PlacedNode = placed.get(above.of) ?? { name: '', level: above.level, path: [], pathEn: [], siteId: null, retired: false }
    // The last one is the node itself; the enterprise is the organisation and says nothing in a path.
    const silent = above.level === 'enterprise' && above.id !== above.of
    placed.set(above.of, {
      name: above.name,
      level: above.level,
      path: silent ? node.path : [...node.path, above.name],
      pathEn: silent ? node.pathEn : [...node.pathEn, above.name_en ?? above.name],
      siteId: above.site_id,
      retired: above.retired,
    })
  }
  return placed
}
