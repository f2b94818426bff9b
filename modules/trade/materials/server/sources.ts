import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { decimal } from '#values/decimal.ts'
import { chinaDay } from '#values/instant.ts'
import type { Page } from '#values/list.ts'
import type { MaterialId, SourceId } from '../contract.ts'
import { materialsErrors } from '../errors.ts'
import type { Side, Source, SourceAction, supplyApi } from '../supply-contract.ts'
import { addSources } from './add-sources.ts'
import type { Rooms } from './rooms.ts'
import { findSource, sourcePage } from './source-list.ts'
import { sourceTransitions } from './source-rules.ts'
import { changeSource, lockSource, type SourceChange } from './source-store.ts'
import type { MaterialsTx } from './tables.ts'

export const listSources = ({ db }: Rooms, ctx: Context, list: z.output<typeof supplyApi.sources.query>): Promise<Page<Source>> =>
  db.inTenant(ctx, (tx) => sourcePage(tx, list, chinaDay(ctx.now)))

export const readSource = ({ db }: Rooms, ctx: Context, id: SourceId): Promise<Source> => db.inTenant(ctx, (tx) => required(tx, id, ctx))

export const createSource = (
  rooms: Rooms,
  ctx: Context,
  materialId: MaterialId,
  { supplierId, approved, minimum, multiple, ...terms }: z.output<typeof supplyApi.createSource.body>,
): Promise<Source> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const source = {
      ...terms,
      materialId,
      supplier: supplierId,
      minimum: minimum === null ? null : decimal(minimum),
      multiple: multiple === null ? null : decimal(multiple),
    }
    const [id] = await addSources(rooms, tx, ctx, [source], approved ? 'approved' : 'proposed')
    if (id === undefined) throw materialsErrors.sourceExists()
    return required(tx, id, ctx)
  })

export const updateSource = (
  { db }: Rooms,
  ctx: Context,
  id: SourceId,
  change: z.output<typeof supplyApi.updateSource.body>,
): Promise<Source> =>
  db.inTenant(ctx, async (tx) => {
    const row = await lock(tx, id, change.version, 'buyer')
    const [from, until] = [change.validFrom ?? row.valid_from, change.validUntil === undefined ? row.valid_until : change.validUntil]
    if (until !== null && until < from) throw materialsErrors.invalidPeriod()
    await changeSource(tx, id, {
      valid_from: from,
      valid_until: until,
      ...named(change),
      ...(change.leadTimeDays === undefined ? {} : { lead_time_days: change.leadTimeDays }),
      ...(change.minimum === undefined ? {} : { minimum: change.minimum }),
      ...(change.multiple === undefined ? {} : { multiple: change.multiple }),
    })
    return required(tx, id, ctx)
  })

export const actOnSource = (
  { db }: Rooms,
  ctx: Context,
  id: SourceId,
  { version, action }: { version: number; action: SourceAction },
): Promise<Source> =>
  db.inTenant(ctx, async (tx) => {
    const row = await lock(tx, id, version, 'buyer')
    const state = sourceTransitions[row.state][action]
    if (!state) throw materialsErrors.notAllowedNow({ state: row.state, action })
    await changeSource(tx, id, { state })
    return required(tx, id, ctx)
  })

export const nameSupplied = (
  { db }: Rooms,
  ctx: Context,
  id: SourceId,
  change: z.output<typeof supplyApi.nameSupplied.body>,
): Promise<Source> =>
  db.inTenant(ctx, async (tx) => {
    await lock(tx, id, change.version, 'supplier')
    await changeSource(tx, id, named(change))
    return required(tx, id, ctx)
  })

const named = ({
  supplierCode,
  supplierName,
}: {
  supplierCode?: string | null | undefined
  supplierName?: string | null | undefined
}): SourceChange => ({
  ...(supplierCode === undefined ? {} : { supplier_item_code: supplierCode }),
  ...(supplierName === undefined ? {} : { supplier_item_name: supplierName }),
})

/** The source as one of one's own on that side. */
async function lock(tx: MaterialsTx, id: SourceId, version: number, side: Side) {
  const row = await lockSource(tx, id, side)
  if (!row) throw materialsErrors.sourceNotFound({ id })
  if (row.version !== version) throw materialsErrors.changedMeanwhile({ id, version: row.version })
  return row
}

async function required(tx: MaterialsTx, id: SourceId, ctx: Context): Promise<Source> {
  const source = await findSource(tx, id, chinaDay(ctx.now))
  if (!source) throw materialsErrors.sourceNotFound({ id })
  return source
}
