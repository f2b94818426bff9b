import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { readPage } from '#kernel/page.ts'
import type { ListQuery, Page } from '#values/list.ts'
import type { Inspection, InspectionId, InspectionResult, InspectionSummary } from '../contract.ts'
import { qualityErrors } from '../errors.ts'
import { findInspection, inspectionsOf, inspectionView, summaryOf } from './inspection-store.ts'
import type { Rooms } from './rooms.ts'

interface Filter extends ListQuery {
  state: 'waiting' | 'decided' | 'all'
  result?: InspectionResult | undefined
}

export const listInspections = ({ db }: Pick<Rooms, 'db'>, ctx: Context, filter: Filter): Promise<Page<InspectionSummary>> =>
  db.inTenant(ctx, (tx) => {
    let query = inspectionsOf(tx)
    for (const word of (filter.search ?? '').toLowerCase().split(/\s+/).filter(Boolean))
      query = query.where(sql<boolean>`strpos(i.search_text, ${word}) > 0`)
    if (filter.state !== 'all') query = query.where('i.result', filter.state === 'waiting' ? 'is' : 'is not', null)
    if (filter.result) query = query.where('i.result', '=', filter.result)
    const order = {
      sorts: {
        receivedAt: { by: 'i.received_at', type: 'timestamptz' as const },
        number: { by: 'i.number', type: 'text' as const },
        supplier: { by: 'i.supplier_name collate "zh-x-icu"', type: 'text' as const },
        material: { by: 'i.material_code', type: 'text' as const },
      },
      id: 'i.id',
    }
    return readPage(tx, query, filter, order, summaryOf)
  })

/** Errors: quality.notFound. */
export const getInspection = ({ db }: Pick<Rooms, 'db'>, ctx: Context, id: InspectionId): Promise<Inspection> =>
  db.inTenant(ctx, async (tx) => {
    const row = await findInspection(tx, id)
    if (!row) throw qualityErrors.notFound({ id })
    return inspectionView(tx, row)
  })
