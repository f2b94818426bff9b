import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { decimal, writeDecimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import type { LocationLabel, StockDocumentId } from '../contract.ts'
import type { StockDocument } from '../document-contract.ts'
import { inventoryErrors } from '../errors.ts'
import type { Rooms } from './rooms.ts'
import type { InventoryTx } from './tables.ts'

interface Moved {
  material_id: MaterialId
  code: string
  name: string
  unit: string
  quantity: string
  source: LocationLabel
  target: LocationLabel
  owner_org: OrgId
  lot: string
  serial: string
}

/** Its moves are its lines. Errors: inventory.documentNotFound. */
export const readDocument = ({ db, organisations }: Pick<Rooms, 'db' | 'organisations'>, ctx: Context, id: StockDocumentId) =>
  db.inTenant(ctx, async (tx): Promise<StockDocument> => {
    const head = await tx.sql
      .selectFrom('inventory.document')
      .selectAll()
      .where('org_id', '=', tx.orgId)
      .where('id', '=', id)
      .executeTakeFirst()
    if (!head) throw inventoryErrors.documentNotFound({ id })
    const moves = await movesOf(tx, id)
    const others = [...new Set(moves.map((move) => move.owner_org))].filter((owner) => owner !== tx.orgId)
    const names = await organisations.labels(opaque(tx), others)
    return {
      id: head.id,
      kind: head.kind,
      number: head.number,
      day: head.day,
      reason: head.reason,
      createdAt: head.created_at.toISOString(),
      createdBy: head.created_by,
      lines: moves.map(({ material_id, code, name, unit, quantity, source, target, owner_org, lot, serial }) => ({
        materialId: material_id,
        code,
        name,
        unit,
        quantity: writeDecimal(decimal(quantity)),
        from: source,
        to: target,
        lot,
        serial,
        owner: owner_org === tx.orgId ? null : (names.get(owner_org)?.name ?? ''),
      })),
    }
  })

async function movesOf(tx: InventoryTx, id: StockDocumentId): Promise<Moved[]> {
  const { rows } = await sql<Moved>`
    select m.material_id, i.code, i.name, i.unit, m.quantity, m.owner_org, m.lot, m.serial,
      json_build_object('id', f.id, 'kind', f.kind, 'code', f.code, 'name', f.name) as source,
      json_build_object('id', t.id, 'kind', t.kind, 'code', t.code, 'name', t.name) as target
    from inventory.move m
    join inventory.item i on i.org_id = m.org_id and i.material_id = m.material_id
    join inventory.location f on f.org_id = m.org_id and f.id = m.from_id
    join inventory.location t on t.org_id = m.org_id and t.id = m.to_id
    where m.org_id = ${tx.orgId} and m.source_entity = 'inventory.document' and m.source_id = ${id}
    order by m.seq`.execute(tx.sql)
  return rows
}
