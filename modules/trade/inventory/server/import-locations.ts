import { type CellKind, textCell } from '#kernel/imports/cells.ts'
import { type ImportDefinition, optional, type Resolved, type RowOf, type RowProblem, required } from '#kernel/imports/definition.ts'
import { narrow } from '#kernel/postgres.ts'
import type { LocationId } from '../contract.ts'
import { insertLocations, type NamedPlace, namedPlaces, updateLocation } from './location-store.ts'
import type { InventoryTables, InventoryTx } from './tables.ts'

/** Full-width letters and digits become the plain ones. */
const placeCell: CellKind<string> = { read: (text, translate) => textCell({ max: 40 }).read(text.normalize('NFKC').trim(), translate) }

const columns = {
  warehouse: required(placeCell, 'W1', { width: 12 }),
  warehouseName: optional(textCell({ max: 120 }), 'inventory.importLocations.examples.warehouseName', { width: 20 }),
  bin: optional(placeCell, 'A-01-01', { width: 14 }),
  binName: optional(textCell({ max: 120 }), 'inventory.importLocations.examples.binName', { width: 20 }),
}
type Columns = typeof columns
type Row = RowOf<Columns>
type Key = Extract<keyof Columns, string>

/** What is made or renamed: a bin (with its warehouse, where that is new), or without `bin` the warehouse itself. */
interface Ready {
  warehouse: { id: LocationId } | { code: string; name: string }
  bin: { code: string; name: string } | null
  known: { id: LocationId; code: string; name: string } | null
}

/** Warehouses and bins: new ones, and new names of those that are there. */
export const locationDefinition = (): ImportDefinition<Columns, Ready> => ({
  kind: 'inventory.location',
  wordsAt: 'inventory.importLocations',
  columns,
  resolve: async (_ctx, opaqueTx, rows, { writing }) => {
    const tx = narrow<InventoryTables>(opaqueTx)
    const stored = await readStored(tx, rows, writing)
    return rows.map((row) => resolveRow(row, stored))
  },
  apply: (_ctx, opaqueTx, rows) => writeRows(narrow<InventoryTables>(opaqueTx), rows),
})

const small = (text: string): string => text.toLowerCase()
const keyOf = (warehouse: string, bin: string | null): string => JSON.stringify([small(warehouse), bin && small(bin)])

interface Stored {
  warehouses: Map<string, NamedPlace>
  bins: Map<string, NamedPlace>
  /** By rows before: places, and the names of new warehouses. */
  taken: Set<string>
  names: Map<string, string>
}

async function readStored(tx: InventoryTx, rows: readonly Row[], lock: boolean): Promise<Stored> {
  const codes = [...new Set(rows.map((row) => small(row.warehouse)))]
  const warehouses = await namedPlaces(tx, { codes, warehouseIds: null, lock })
  const wanted = [...new Set(rows.flatMap((row) => (row.bin === null ? [] : small(row.bin))))]
  const bins = await namedPlaces(tx, { codes: wanted, warehouseIds: warehouses.map(({ id }) => id), lock })
  return {
    warehouses: new Map(warehouses.map((one) => [small(one.code), one])),
    bins: new Map(bins.map((one) => [`${one.warehouseId} ${small(one.code)}`, one])),
    taken: new Set(),
    names: new Map(),
  }
}

function resolveRow(row: Row, stored: Stored): Resolved<Ready, Key> {
  const problems: RowProblem<Key>[] = []
  const wrong = (column: Key, code: string, details: Record<string, unknown> = {}) =>
    problems.push({ column, code: `inventory.importLocations.problems.${code}`, details })
  const key = keyOf(row.warehouse, row.bin)
  if (stored.taken.has(key)) wrong(row.bin === null ? 'warehouse' : 'bin', 'twice')
  stored.taken.add(key)
  if (row.bin === null && row.binName !== null) wrong('bin', 'binNeeded')
  const warehouse = stored.warehouses.get(small(row.warehouse))
  const answer = row.bin === null ? ofWarehouse(row, warehouse, stored, wrong) : ofBin({ ...row, bin: row.bin }, warehouse, stored, wrong)
  return problems.length > 0 || !answer ? { problems } : answer
}

type Wrong = (column: Key, code: string, details?: Record<string, unknown>) => void
type Answer = Extract<Resolved<Ready, Key>, { ready: Ready }>

function ofWarehouse(row: Row, stands: NamedPlace | undefined, stored: Stored, wrong: Wrong): Answer | undefined {
  if (stands?.system) wrong('warehouse', 'reserved', { text: row.warehouse })
  else if (stands) return renamed('warehouseName', row.warehouseName, stands, wrong)
  const warehouse = newWarehouse(row, stored, wrong, 'nameNeeded')
  return warehouse && { ready: { warehouse, bin: null, known: null } }
}

function ofBin(row: Row & { bin: string }, warehouse: NamedPlace | undefined, stored: Stored, wrong: Wrong): Answer | undefined {
  const name = row.warehouseName
  if (warehouse?.system) wrong('warehouse', 'reserved', { text: row.warehouse })
  const made = { code: row.bin, name: row.binName ?? row.bin }
  if (!warehouse) {
    const home = newWarehouse(row, stored, wrong, 'warehouseUnknown')
    return home && { ready: { warehouse: home, bin: made, known: null } }
  }
  if (name !== null && name !== warehouse.name) wrong('warehouseName', 'otherName', { text: row.warehouse, name: warehouse.name })
  const bin = stored.bins.get(`${warehouse.id} ${small(row.bin)}`)
  if (bin) return renamed('binName', row.binName, bin, wrong)
  if (warehouse.closed) wrong('warehouse', 'closed', { text: warehouse.code })
  return { ready: { warehouse: { id: warehouse.id }, bin: made, known: null } }
}

/** Each of its rows names it: whoever mistypes a code makes no warehouse. */
function newWarehouse({ warehouse: code, warehouseName: name }: Row, { names }: Stored, wrong: Wrong, missing: string) {
  if (name === null) {
    wrong(missing === 'nameNeeded' ? 'warehouseName' : 'warehouse', missing, { text: code })
    return undefined
  }
  const said = names.get(small(code)) ?? name
  if (said !== name) wrong('warehouseName', 'otherName', { text: code, name: said })
  names.set(small(code), said)
  return { code, name }
}

function renamed(column: Key, name: string | null, stands: NamedPlace, wrong: Wrong): Answer {
  const { id, code, version } = stands
  const changes = name === null || name === stands.name ? [] : [{ column, old: stands.name }]
  if (changes.length > 0 && stands.closed) wrong(stands.warehouseId === null ? 'warehouse' : 'bin', 'closed', { text: code })
  return { ready: { warehouse: { id }, bin: null, known: { id, code, name: name ?? stands.name } }, known: { id, version, changes } }
}

async function writeRows(tx: InventoryTx, rows: readonly Ready[]): Promise<{ id: LocationId }[]> {
  const fresh = new Map<string, { code: string; name: string; warehouseId: null }>()
  for (const { warehouse } of rows)
    if ('code' in warehouse && !fresh.has(small(warehouse.code))) fresh.set(small(warehouse.code), { ...warehouse, warehouseId: null })
  const made = await insertLocations(tx, [...fresh.values()])
  const madeBy = new Map([...fresh.keys()].map((code, i) => [code, made[i] as LocationId]))
  const homeOf = ({ warehouse }: Ready) => ('id' in warehouse ? warehouse.id : (madeBy.get(small(warehouse.code)) as LocationId))
  const bins = await insertLocations(
    tx,
    rows.flatMap((row) => (row.bin ? [{ ...row.bin, warehouseId: homeOf(row) }] : [])),
  )
  for (const { known } of rows) if (known) await updateLocation(tx, known.id, { code: known.code, name: known.name, closed_at: null })
  let next = 0
  return rows.map((row) => ({ id: row.known?.id ?? (row.bin ? (bins[next++] as LocationId) : homeOf(row)) }))
}
