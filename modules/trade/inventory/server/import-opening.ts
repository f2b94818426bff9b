import { v7 as uuidv7 } from 'uuid'
import type { Context } from '#kernel/context.ts'
import { type CellKind, dateCell, textCell } from '#kernel/imports/cells.ts'
import { type ImportDefinition, optional, type Resolved, type RowOf, type RowProblem, required } from '#kernel/imports/definition.ts'
import { narrow, type OpaqueTx } from '#kernel/postgres.ts'
import { decimal, readDecimal, ZERO } from '#values/decimal.ts'
import { chinaDay } from '#values/instant.ts'
import { inventoryErrors } from '../errors.ts'
import type { NewMove } from '../public.ts'
import { openPlaces, systemLocation } from './location-store.ts'
import { moveProblem } from './move-rules.ts'
import { postMoves } from './post-moves.ts'
import type { Rooms } from './rooms.ts'
import type { InventoryTables } from './tables.ts'
import { holdSetting } from './valuation-store.ts'

/** A decimal as it was written, never through a float. */
const decimalCell = (zero: boolean): CellKind<string> => ({
  read: (text) => {
    const plain = text.normalize('NFKC').trim().replace(/^¥/, '')
    const value = readDecimal(/^\d{1,3}(,\d{3})+(\.\d*)?$/.test(plain) ? plain.replaceAll(',', '') : plain)
    return value === undefined || value < ZERO || (value === ZERO && !zero)
      ? { problem: { code: `inventory.importRows.problems.${zero ? 'cost' : 'quantity'}` } }
      : { value: plain.replaceAll(',', '') }
  },
})

const columns = {
  materialCode: required(textCell({ max: 60 }), 'M-0001', { width: 18 }),
  warehouse: required(textCell({ max: 40 }), 'W1', { width: 12 }),
  bin: optional(textCell({ max: 40 }), 'A-01-01', { width: 12 }),
  quantity: required(decimalCell(false), '100', { width: 12 }),
  unitCost: optional(decimalCell(true), '12.5', { width: 12 }),
  lot: optional(textCell({ max: 80 }), '', { width: 16 }),
  serial: optional(textCell({ max: 80 }), '', { width: 16 }),
  expires: optional(dateCell(), '', { width: 14 }),
}
type Columns = typeof columns
type Key = Extract<keyof Columns, string>
type Row = RowOf<Columns>

export type OpeningDefinition = ImportDefinition<Columns, NewMove>

/** What lies there on the day the books begin: found by a count, at the cost that is given. */
export const openingDefinition = (rooms: Rooms): OpeningDefinition => ({
  kind: 'inventory.move',
  wordsAt: 'inventory.importRows',
  columns,
  resolve: (ctx, opaqueTx, rows) => resolveRows(rooms, ctx, opaqueTx, rows),
  apply: async (ctx, opaqueTx, rows) => {
    const tx = narrow<InventoryTables>(opaqueTx)
    await postMoves(rooms, tx, ctx, rows)
    return rows.map((row) => ({ id: row.source.id }))
  },
})

async function resolveRows(rooms: Rooms, ctx: Context, opaqueTx: OpaqueTx, rows: readonly Row[]): Promise<Resolved<NewMove, Key>[]> {
  const tx = narrow<InventoryTables>(opaqueTx)
  const materials = await rooms.materials.byCodes(opaqueTx, [...new Set(rows.map((row) => row.materialCode))])
  const places = await openPlaces(tx)
  const loss = await systemLocation(tx, 'loss')
  const { closed_until } = await holdSetting(tx, 'share')
  const day = chinaDay(ctx.now)
  return rows.map((row) => {
    const problems: RowProblem<Key>[] = []
    const wrong = (column: Key, code: string, details: Record<string, unknown>) =>
      problems.push({ column, code: `inventory.importRows.problems.${code}`, details })
    const facts = materials.get(row.materialCode.toLowerCase())
    if (!facts) wrong('materialCode', 'material', { text: row.materialCode })
    const warehouse = places.find((one) => one.warehouseId === null && same(one.code, row.warehouse))
    if (!warehouse) wrong('warehouse', 'warehouse', { text: row.warehouse })
    const bin = row.bin === null ? null : places.find((one) => one.warehouseId === warehouse?.id && same(one.code, row.bin ?? ''))
    if (warehouse && bin === undefined) wrong('bin', 'bin', { text: row.bin })
    if (!facts || !warehouse || bin === undefined) return { problems }
    const move: NewMove = {
      materialId: facts.id,
      quantity: decimal(row.quantity),
      from: loss,
      to: bin?.id ?? warehouse.id,
      owner: ctx.orgId,
      lot: row.lot,
      serial: row.serial,
      expires: row.expires,
      day,
      unitCost: row.unitCost === null ? null : decimal(row.unitCost),
      reason: '',
      source: { entity: 'inventory.opening', id: uuidv7(), line: '1' },
    }
    const problem = moveProblem(move, facts, { today: day, closedUntil: closed_until })
    if (!problem) return { ready: move }
    const column = COLUMN_OF[problem.code] ?? null
    return { problems: [{ column, code: problem.code.replace('inventory.', 'inventory.errors.'), details: problem.details }] }
  })
}

const same = (a: string, b: string) => a.toLowerCase() === b.normalize('NFKC').trim().toLowerCase()

const COLUMN_OF: Record<string, Key> = {
  [inventoryErrors.lotNeeded.code]: 'lot',
  [inventoryErrors.expiryNeedsLot.code]: 'lot',
  [inventoryErrors.serialNeeded.code]: 'serial',
  [inventoryErrors.serialNotKept.code]: 'serial',
  [inventoryErrors.quantityNotPositive.code]: 'quantity',
}
