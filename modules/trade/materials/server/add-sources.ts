import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import { writeDecimal } from '#values/decimal.ts'
import { chinaDay } from '#values/instant.ts'
import type { SourceId } from '../contract.ts'
import { materialsErrors } from '../errors.ts'
import type { NewSource } from '../public.ts'
import { factsByIds } from './material-store.ts'
import type { Rooms } from './rooms.ts'
import { insertSources } from './source-store.ts'
import type { MaterialsTx } from './tables.ts'

/** Ids of those that were not there yet. Errors: materials.notFound, noRelation, invalidPeriod. */
export async function addSources(
  { organisations }: Rooms,
  tx: MaterialsTx,
  ctx: Context,
  sources: readonly NewSource[],
  state: 'proposed' | 'approved',
): Promise<SourceId[]> {
  const suppliers = [...new Set(sources.map((source) => source.supplier))]
  const labels = await organisations.labels(opaque(tx), [tx.orgId, ...suppliers])
  for (const supplier of suppliers) {
    const relation = await organisations.relationWith(opaque(tx), supplier, chinaDay(ctx.now))
    if (relation?.side !== 'buyer') throw materialsErrors.noRelation({ orgId: supplier })
  }
  const known = new Set(
    (
      await factsByIds(
        tx,
        sources.map((source) => source.materialId),
      )
    ).map((material) => material.id),
  )
  const own = labels.get(tx.orgId)
  const rows = sources.map((source) => {
    if (!known.has(source.materialId)) throw materialsErrors.notFound({ id: source.materialId })
    if (source.validUntil != null && source.validUntil < source.validFrom) throw materialsErrors.invalidPeriod()
    const label = labels.get(source.supplier)
    return {
      supplier_org: source.supplier,
      supplier_name: label?.name ?? '',
      supplier_name_en: label?.nameEn ?? null,
      buyer_name: own?.name ?? '',
      buyer_name_en: own?.nameEn ?? null,
      material_id: source.materialId,
      supplier_item_code: source.supplierCode ?? null,
      supplier_item_name: source.supplierName ?? null,
      lead_time_days: source.leadTimeDays ?? null,
      minimum: source.minimum == null ? null : writeDecimal(source.minimum),
      multiple: source.multiple == null ? null : writeDecimal(source.multiple),
      valid_from: source.validFrom,
      valid_until: source.validUntil ?? null,
      state,
    }
  })
  return insertSources(tx, rows, ctx.now)
}
