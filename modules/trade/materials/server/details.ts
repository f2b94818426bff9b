import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { filesOf } from '#kernel/files.ts'
import { opaque, violatedUnique } from '#kernel/postgres.ts'
import { chinaDay } from '#values/instant.ts'
import type { MaterialId } from '../contract.ts'
import type { BarcodeId, Details, detailApi, EquipmentId, SubstituteId } from '../detail-contract.ts'
import { materialsErrors } from '../errors.ts'
import {
  barcodesOf,
  deletePart,
  documentsOf,
  equipmentOf,
  insertBarcode,
  insertEquipment,
  insertSubstitute,
  substitutesOf,
} from './detail-store.ts'
import { currentDrawings } from './document-rules.ts'
import { findMaterial, type MaterialRow } from './material-store.ts'
import type { Rooms } from './rooms.ts'
import type { MaterialsTx } from './tables.ts'
import { factorOf } from './unit-rules.ts'

/** Whose files they are, for `kernel.file`. */
export const FILES_OF = { module: 'materials', kind: 'material' }

export const readDetails = (rooms: Rooms, ctx: Context, id: MaterialId): Promise<Details> =>
  rooms.db.inTenant(ctx, async (tx) => {
    await required(tx, id)
    const documents = await documentsOf(tx, id)
    const files = await filesOf(tx, FILES_OF, [id])
    const current = currentDrawings(documents, chinaDay(ctx.now))
    return {
      barcodes: await barcodesOf(tx, id),
      substitutes: await substitutesOf(tx, id),
      equipment: await describedEquipment(rooms, tx, id),
      documents: documents.flatMap((row) => {
        const file = files.get(row.file_id)
        if (!file) return []
        return [
          {
            id: row.id,
            kind: row.kind,
            name: row.name,
            fileName: file.name,
            bytes: file.bytes,
            revision: row.revision,
            effectiveFrom: row.effective_from,
            current: current.has(row.id),
            addedAt: row.created_at.toISOString(),
            addedBy: file.createdBy.name ?? '',
          },
        ]
      }),
    }
  })

async function describedEquipment({ devices }: Rooms, tx: MaterialsTx, id: MaterialId): Promise<Details['equipment']> {
  const rows = await equipmentOf(tx, id)
  const known = await devices.devices(
    opaque(tx),
    rows.flatMap((row) => row.device_id ?? []),
  )
  const described: Details['equipment'] = []
  for (const { id: partId, device_id, model_code, quantity, position } of rows) {
    const named = device_id === null ? await devices.newestModel(opaque(tx), model_code ?? '') : known.get(device_id)
    const code = named?.code ?? model_code ?? ''
    described.push({ id: partId, deviceId: device_id, code, name: named?.name ?? code, nameEn: named?.nameEn ?? null, quantity, position })
  }
  return described
}

export const addBarcode = (
  { db }: Rooms,
  ctx: Context,
  id: MaterialId,
  barcode: z.output<typeof detailApi.addBarcode.body>,
): Promise<void> =>
  db
    .inTenant(ctx, async (tx) => {
      const { base_unit: baseUnit, units } = await required(tx, id)
      if (factorOf({ baseUnit, units }, barcode.unit) === undefined) throw materialsErrors.unitUnknown({ unit: barcode.unit })
      await insertBarcode(tx, id, barcode)
    })
    .catch((error: unknown) => {
      throw violatedUnique(error) === 'barcode_code' ? materialsErrors.barcodeTaken({ code: barcode.code }) : error
    })

export const addSubstitute = (
  { db }: Rooms,
  ctx: Context,
  id: MaterialId,
  { substituteId, bothWays, note }: z.output<typeof detailApi.addSubstitute.body>,
): Promise<void> =>
  db.inTenant(ctx, async (tx) => {
    await required(tx, id)
    const there = await substitutesOf(tx, id)
    if (substituteId === id || there.some((one) => one.materialId === substituteId)) throw materialsErrors.substituteWrong()
    await required(tx, substituteId)
    await insertSubstitute(tx, { material_id: id, substitute_id: substituteId, both_ways: bothWays, note })
  })

export const addEquipment = (
  { db, devices }: Rooms,
  ctx: Context,
  id: MaterialId,
  { deviceId, thingModelCode, quantity, position }: z.output<typeof detailApi.addEquipment.body>,
): Promise<void> =>
  db
    .inTenant(ctx, async (tx) => {
      await required(tx, id)
      const known =
        deviceId === null ? await devices.newestModel(opaque(tx), thingModelCode ?? '') : await devices.device(opaque(tx), deviceId)
      if (!known) throw materialsErrors.equipmentWrong()
      await insertEquipment(tx, { material_id: id, device_id: deviceId, model_code: thingModelCode, quantity, position })
    })
    .catch((error: unknown) => {
      throw violatedUnique(error) === 'equipment_once' ? materialsErrors.equipmentWrong() : error
    })

export const removePart = (
  { db }: Rooms,
  ctx: Context,
  part: Parameters<typeof deletePart>[1],
  { id, partId }: { id: MaterialId; partId: BarcodeId | SubstituteId | EquipmentId },
): Promise<{ done: true }> =>
  db.inTenant(ctx, async (tx) => {
    if (!(await deletePart(tx, part, id, partId))) throw materialsErrors.notFound({ id: partId })
    return { done: true as const }
  })

export async function required(tx: MaterialsTx, id: MaterialId): Promise<MaterialRow> {
  const row = await findMaterial(tx, id)
  if (!row) throw materialsErrors.notFound({ id })
  return row
}
