import type { Context } from '#kernel/context.ts'
import type { StoredFileAnswer } from '#kernel/file-answer.ts'
import { imageKinds } from '#kernel/media-types.ts'
import { type OpaqueTx, opaque } from '#kernel/postgres.ts'
import type { Upload } from '#kernel/upload.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { divide, multiply, writeDecimal } from '#values/decimal.ts'
import type { ShipmentId } from '../contract.ts'
import { logisticsErrors } from '../errors.ts'
import type { Expected, GoodsReturn, Proof, ProofId, Receipt, ReceiptId } from '../receiving-contract.ts'
import { receiptsOf, returnsOf } from './receipt-store.ts'
import type { Rooms } from './rooms.ts'
import { partsOf, readShipment } from './shipment-store.ts'
import { shipmentView } from './shipment-view.ts'

const MOST_SHIPMENTS = 100
const MOST_PROOFS = 10

/** For a phone: all that receiving needs while there is no network. */
export const listExpected = (rooms: Rooms, ctx: Context): Promise<Expected> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const rows = await tx.sql
      .selectFrom('logistics.shipment')
      .selectAll()
      .where('buyer_org', '=', tx.orgId)
      .where('state', 'in', ['issued', 'inTransit', 'arrived', 'receiving'])
      .orderBy('arrival_at')
      .limit(MOST_SHIPMENTS)
      .execute()
    const shipments = []
    for (const row of rows) shipments.push(shipmentView(await partsOf(tx, row), ctx.orgId))
    const barcodes = await tx.sql
      .selectFrom('logistics.barcode')
      .select(['supplier_org as supplierId', 'template'])
      .where('org_id', '=', tx.orgId)
      .execute()
    const warehouses = (await rooms.inventory.warehouses(opaque(tx))).map(({ id, code, name }) => ({ id, code, name }))
    const facts = await rooms.materials.facts(opaque(tx), [
      ...new Set(shipments.flatMap(({ lines }) => lines.map((line) => line.materialId))),
    ])
    const controls = [...facts.values()].flatMap(({ id: materialId, control }) => (control === 'none' ? [] : [{ materialId, control }]))
    const inspected = [...facts.values()].filter((one) => one.inspectedOnReceipt).map(({ id }) => id)
    const lines = shipments.flatMap((shipment) => shipment.lines)
    const codes = await goodsCodesOf(rooms, opaque(tx), lines)
    const goodsCodes = codes.map(({ line, code, quantity }) => ({ lineId: line.id, code, quantity }))
    return { shipments, warehouses, barcodes, controls, inspected, goodsCodes, asOf: ctx.now.toISOString() }
  })

/** Codes of the catalogue that stand on the goods of lines; one whose unit is no exact quantity of the line's is left out. */
export async function goodsCodesOf<Line extends { materialId: MaterialId; unit: string }>(
  { materials }: Pick<Rooms, 'materials'>,
  tx: OpaqueTx,
  lines: readonly Line[],
): Promise<{ line: Line; code: string; quantity: string }[]> {
  const codes = await materials.barcodesOf(tx, [...new Set(lines.map((line) => line.materialId))])
  const byMaterial = Map.groupBy(codes, (one) => one.materialId)
  const pairs = lines.flatMap((line) => (byMaterial.get(line.materialId) ?? []).map((code) => ({ line, code })))
  const factors = await materials.unitFactors(
    tx,
    pairs.flatMap(({ line, code }) => [code, line]),
  )
  return pairs.flatMap(({ line, code }, i) => {
    const [ofCode, ofLine] = [factors[2 * i], factors[2 * i + 1]]
    if (ofCode === undefined || ofLine === undefined) return []
    const quantity = divide(ofCode, ofLine)
    return multiply(quantity, ofLine) === ofCode ? [{ line, code: code.code, quantity: writeDecimal(quantity) }] : []
  })
}

/** Errors: logistics.notFound. */
export const listReceipts = ({ db }: Rooms, ctx: Context, id: ShipmentId): Promise<{ receipts: Receipt[]; returns: GoodsReturn[] }> =>
  db.inTenant(ctx, async (tx) => {
    if (!(await readShipment(tx, id))) throw logisticsErrors.notFound({ id })
    const returns = (await returnsOf(tx, { shipmentId: id })).map(({ hash: _, ...view }) => view)
    return { receipts: await receiptsOf(tx, id), returns }
  })

/** A photo; both sides see it. Errors: logistics.notFound, logistics.tooManyFiles, those of an upload. */
export async function addProof(rooms: Rooms, ctx: Context, id: ReceiptId, fileName: string, upload: Upload): Promise<Proof> {
  const receiptOf = () =>
    rooms.db.inTenant(ctx, async (tx) => {
      const receipt = await tx.sql
        .selectFrom('logistics.receipt')
        .select(['id', 'buyer_org', 'supplier_org'])
        .where('id', '=', id)
        .where('buyer_org', '=', tx.orgId)
        .executeTakeFirst()
      if (!receipt) throw logisticsErrors.notFound({ id })
      const there = await tx.sql.selectFrom('logistics.proof').select('id').where('receipt_id', '=', id).execute()
      if (there.length >= MOST_PROOFS) throw logisticsErrors.tooManyFiles({ most: MOST_PROOFS })
      return receipt
    })
  const { buyer_org, supplier_org } = await receiptOf()
  return rooms.files.take(ctx, { upload, name: fileName, allowed: imageKinds }, (file) =>
    rooms.db.inTenant(ctx, async (tx) => {
      const row = await tx.sql
        .insertInto('logistics.proof')
        .values({
          receipt_id: id,
          buyer_org,
          supplier_org,
          name: file.name,
          media_type: file.mediaType,
          bytes: file.bytes,
          sha256: Buffer.from(file.sha256, 'hex'),
          object_key: file.objectKey,
          added_at: ctx.now,
        })
        .returningAll()
        .executeTakeFirstOrThrow()
      return { id: row.id, name: row.name, mediaType: row.media_type, bytes: row.bytes }
    }),
  )
}

/** Errors: logistics.notFound. */
export const proofContent = (rooms: Rooms, ctx: Context, id: ProofId): Promise<StoredFileAnswer> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const row = await tx.sql
      .selectFrom('logistics.proof')
      .selectAll()
      .where('id', '=', id)
      .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
      .executeTakeFirst()
    if (!row) throw logisticsErrors.notFound({ id })
    const { name, media_type: mediaType, bytes, object_key: objectKey } = row
    return rooms.files.answer({ name, mediaType, bytes, sha256: row.sha256.toString('hex'), objectKey }, true)
  })
