import { sql } from 'kysely'
import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { readPage } from '#kernel/page.ts'
import { type Grant, opaque } from '#kernel/postgres.ts'
import type { OrgId } from '#values/ids.ts'
import type { Page } from '#values/list.ts'
import { type DeviceSummary, type devicesApi, MACHINE_CARD } from '../contract.ts'
import { deviceErrors } from '../errors.ts'
import { deviceQuery, likePart, wordsOf } from './device-store.ts'
import { summaryOf } from './device-view.ts'
import type { Rooms } from './rooms.ts'
import type { DevicesTx } from './tables.ts'

type List = z.output<typeof devicesApi.list.query>

const ID = 'd.id'

export function listDevices(rooms: Rooms, ctx: Context, list: List): Promise<Page<DeviceSummary>> {
  if (list.owner !== undefined && list.owner !== ctx.orgId) return listPartnerMachines(rooms, ctx, list, list.owner)
  return rooms.db.inTenant(ctx, async (tx) => {
    const query = await filtered(rooms, tx, ctx, list)
    const order = {
      sorts: {
        code: { by: 'd.code', type: 'text' },
        name: { by: 'd.name', type: 'text' },
        createdAt: { by: 'd.created_at', type: 'timestamptz' },
      },
      id: ID,
    } as const
    const page = await readPage(tx, query, list, order, (row) => row)
    const nodes = await rooms.plant.nodes(opaque(tx), [...new Set(page.items.flatMap((row) => row.place?.nodeId ?? []))])
    return { ...page, items: page.items.map((row) => summaryOf(ctx.orgId, row, nodes)) }
  })
}

/** The lists' filters on the query of one's own devices. */
export async function filtered(rooms: Rooms, tx: DevicesTx, ctx: Context, list: List) {
  let query = deviceQuery(tx)
  for (const word of wordsOf(list.search)) query = query.where('d.search_text', 'like', likePart(word))
  if (list.status !== undefined) query = query.where('d.status', '=', list.status)
  if (list.modelCode !== undefined) query = query.where('t.code', '=', list.modelCode)
  if (list.ids !== undefined) query = query.where(sql<boolean>`d.id = any(${list.ids}::uuid[])`)
  const { sites } = ctx.scopes
  if (sites !== 'all') query = query.where('d.id', 'in', standing(tx).where(sql<boolean>`site_id = any(${[...sites]}::uuid[])`))
  if (list.nodeId !== undefined) {
    const below = await rooms.plant.subtree(opaque(tx), list.nodeId)
    if (below.length === 0) throw deviceErrors.placeNotFound({ id: list.nodeId })
    query = query.where('d.id', 'in', standing(tx).where(sql<boolean>`node_id = any(${below}::uuid[])`))
  }
  return query
}

const standing = (tx: DevicesTx) =>
  tx.sql.selectFrom('devices.placement').select('device_id').where('org_id', '=', tx.orgId).where('valid_until', 'is', null)

/** Name and type, in the order of names: nothing may be found out by filtering or sorting that is not shown. */
function listPartnerMachines(rooms: Rooms, ctx: Context, list: List, owner: OrgId): Promise<Page<DeviceSummary>> {
  const descending = list.sort.startsWith('-')
  if (
    list.status !== undefined ||
    list.nodeId !== undefined ||
    list.ids !== undefined ||
    list.modelCode !== undefined ||
    list.sort.endsWith('createdAt')
  )
    throw deviceErrors.partnerFilter()
  return rooms.db.inGrant(ctx, { owner, dataSet: MACHINE_CARD, itemId: null }, async (tx, grant) => {
    let query = visibleToPartner(tx, grant)
    for (const word of wordsOf(list.search))
      query = query.where(
        sql<boolean>`lower(d.name || ' ' || coalesce(d.name_en, '') || ' ' || t.name || ' ' || coalesce(t.name_en, '')) like ${likePart(word)}`,
      )
    const order = { sorts: { name: { by: 'd.name', type: 'text' } }, id: ID } as const
    return readPage(tx, query, { ...list, sort: descending ? '-name' : 'name' }, order, (row) => ({
      ...summaryOf(owner, row, new Map()),
      own: null,
    }))
  })
}

/** Machines that stand or stood at work; a planned one is the partner's own business. */
export function visibleToPartner(tx: DevicesTx, grant: Grant) {
  const query = deviceQuery(tx).where('d.status', 'in', ['active', 'maintenance'])
  return grant.items === 'all' ? query : query.where(sql<boolean>`d.id = any(${[...grant.items]}::uuid[])`)
}
