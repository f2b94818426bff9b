import { type Context, inScope } from '#kernel/context.ts'
import { type CellKind, choiceCell, codeCell, textCell, yesNoCell } from '#kernel/imports/cells.ts'
import { type ImportDefinition, optional, type Resolved, type RowOf, type RowProblem, required } from '#kernel/imports/definition.ts'
import { narrow, opaque } from '#kernel/postgres.ts'
import { insertReferences, referencesAt } from '#kernel/references.ts'
import type { PlantNodeId } from '#modules/shopfloor/plant/contract.ts'
import { type ReferenceKey, readReferenceKey, writeReferenceKey } from '#values/reference.ts'
import { DEVICE_CODE_PATTERN } from '../contract.ts'
import { takenDeviceCodes } from './device-store.ts'
import { makeDevices, type NewDevice } from './make-devices.ts'
import type { Rooms } from './rooms.ts'
import type { DevicesTables, DevicesTx } from './tables.ts'
import { newestDefinitions } from './thing-model-store.ts'

const plate = textCell({ max: 80 })

/** As `sap/equipment:10002345`: which system, which kind of number in it, the number. */
const referenceCell: CellKind<string> = {
  read: (text) => {
    const key = readReferenceKey(text)
    return key ? { value: writeReferenceKey(key) } : { problem: { code: 'devices.importRows.problems.reference' } }
  },
}

const columns = {
  code: required(codeCell({ pattern: DEVICE_CODE_PATTERN, problem: 'devices.importRows.problems.code' }), 'DC-01', {
    unique: true,
    width: 16,
  }),
  name: required(plate, 'devices.importRows.examples.name', { width: 24 }),
  nameEn: optional(plate, 'Die-casting machine 1', { width: 24 }),
  modelCode: required(textCell({ max: 80 }), 'die-casting', { width: 18 }),
  maker: optional(plate, 'devices.importRows.examples.maker', { width: 16 }),
  model: optional(plate, 'IMPRESS-PLUS DCC400', { width: 22 }),
  serial: optional(plate, 'LK2024-0317', { width: 18 }),
  place: optional(textCell({ max: 400 }), 'devices.importRows.examples.place', { width: 32 }),
  status: optional(
    choiceCell(['planned', 'active', 'maintenance'], (status) => `devices.statuses.${status}`),
    'devices.statuses.active',
    { width: 10 },
  ),
  credential: optional(yesNoCell(), 'imports.yes', { width: 14 }),
  note: optional(textCell({ max: 1_000, lines: true }), '', { width: 24 }),
  reference: optional(referenceCell, 'sap/equipment:10002345', { unique: true, width: 28 }),
}
type Columns = typeof columns
type Row = RowOf<Columns>
type Ready = NewDevice & { credential: boolean; reference: ReferenceKey | null }
type Key = Extract<keyof Columns, string>

export type DeviceImportDefinition = ImportDefinition<Columns, Ready>

export const deviceImportDefinition = (rooms: Rooms): DeviceImportDefinition => ({
  kind: 'devices.device',
  wordsAt: 'devices.importRows',
  columns,
  resolve: async (ctx, opaqueTx, rows) => {
    const tx = narrow<DevicesTables>(opaqueTx)
    const stored = await readStored(rooms, tx, rows)
    return rows.map((row) => resolveRow(ctx, row, stored))
  },
  apply: async (ctx, opaqueTx, rows) => {
    const ids = await makeDevices(rooms, narrow<DevicesTables>(opaqueTx), ctx, rows)
    const references = ids.flatMap((recordId, i) => {
      const key = rows[i]?.reference
      return key ? [{ ...key, entity: 'devices.device', recordId }] : []
    })
    await insertReferences(opaqueTx, references, ctx.now)
    // The secret is made when it is handed out: until then nobody, the database included, knows it.
    return ids.map((id, i) => ({ id, handOut: rows[i]?.credential ?? false }))
  },
})

async function readStored(rooms: Rooms, tx: DevicesTx, rows: readonly Row[]) {
  const keys = rows.flatMap((row) => (row.reference === null ? [] : (readReferenceKey(row.reference) ?? [])))
  return {
    takenReferences: new Set((await referencesAt(opaque(tx), keys)).map(writeReferenceKey)),
    taken: await takenDeviceCodes(
      tx,
      rows.map((row) => row.code),
    ),
    models: byWords(await newestDefinitions(tx), (model) => [model.code, model.name, model.name_en]),
    places: byWords(await rooms.plant.places(opaque(tx)), (place) => [place.code, place.path.join('/'), place.pathEn.join('/')]),
  }
}
type Stored = Awaited<ReturnType<typeof readStored>>

const normal = (text: string): string =>
  text
    .normalize('NFKC')
    .split(/\s*[/\\>]\s*/)
    .filter(Boolean)
    .join('/')
    .toLowerCase()

/** Found by any of its words; a word of several belongs to none. */
function byWords<Item>(items: readonly Item[], wordsOf: (item: Item) => (string | null)[]): Map<string, Item | 'several'> {
  const found = new Map<string, Item | 'several'>()
  for (const item of items)
    for (const word of new Set(wordsOf(item).flatMap((w) => (w ? [normal(w)] : [])))) found.set(word, found.has(word) ? 'several' : item)
  return found
}

function resolveRow(ctx: Context, row: Row, stored: Stored): Resolved<Ready, Key> {
  const problems: RowProblem<Key>[] = []
  const wrong = (column: Key, code: string, details: Record<string, unknown> = {}) => {
    problems.push({ column, code: `devices.importRows.problems.${code}`, details })
    return undefined
  }
  if (stored.taken.has(row.code.toLowerCase())) wrong('code', 'codeTaken', { code: row.code })
  if (row.reference !== null && stored.takenReferences.has(row.reference)) wrong('reference', 'referenceTaken', { text: row.reference })
  const model = stored.models.get(normal(row.modelCode))
  const thingModel =
    model === undefined
      ? wrong('modelCode', 'modelUnknown', { text: row.modelCode })
      : model === 'several'
        ? wrong('modelCode', 'modelSeveral', { text: row.modelCode })
        : model.retired_at
          ? wrong('modelCode', 'modelRetired', { text: row.modelCode })
          : model
  const place = row.place === null ? null : placeOf(ctx, row.place, stored, wrong)
  if (row.place === null && ctx.scopes.sites !== 'all') wrong('place', 'placeNeeded')
  if (row.credential && !ctx.scopes.permissions.has('devices.manageCredentials')) wrong('credential', 'credentialNotAllowed')
  if (!thingModel || place === undefined || problems.length > 0) return { problems }
  const { code, name, nameEn } = row
  return {
    ready: {
      code,
      name,
      nameEn,
      maker: row.maker ?? '',
      model: row.model ?? '',
      serial: row.serial ?? '',
      note: row.note ?? '',
      status: row.status ?? 'active',
      credential: row.credential ?? false,
      reference: row.reference === null ? null : (readReferenceKey(row.reference) ?? null),
      thingModel,
      place,
    },
  }
}

function placeOf(
  ctx: Context,
  text: string,
  { places }: Stored,
  wrong: (column: Key, code: string, details: Record<string, unknown>) => undefined,
): { nodeId: PlantNodeId; siteId: PlantNodeId } | undefined {
  const place = places.get(normal(text))
  if (place === 'several') return wrong('place', 'placeSeveral', { text })
  // The enterprise is no place to stand in; a place of another's site is as good as none.
  if (!place?.siteId || !inScope(ctx, place.siteId)) return wrong('place', 'placeUnknown', { text })
  return { nodeId: place.id, siteId: place.siteId }
}
