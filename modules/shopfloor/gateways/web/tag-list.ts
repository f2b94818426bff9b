import { namesByRule, numbered, usualRule } from './name-rule.ts'
import { type DraftRow, emptyDraft, FILE_ROW, type GridColumn, type NewProperty, SOURCE_FOLDER, SOURCE_NAME } from './table-draft.ts'
import { type TagList, type TagSettings, translatorOf, typeOfTag } from './tag-address.ts'

interface SheetRow {
  rowNo: number
  cells: readonly string[]
}

/** A point as the other program had it, where it lies in our words. */
export interface Tag {
  /** In the file. */
  rowNo: number
  folder: string
  name: string
  label: string
  unit: string
  decimals: number | undefined
  valueType: NonNullable<NewProperty['valueType']>
  station: string | undefined
  place: Record<string, string | number>
  scale: number
  offset: number
  periodMs: number
  access: 'r' | 'rw'
}

/** A row that cannot be taken, and why: `gateways.tagList.reasons.…`. */
export interface LeftTag {
  rowNo: number
  name: string
  /** As the file names its column. */
  column: string
  text: string
  reason: string
  details?: Record<string, string>
}

export interface ReadTags {
  list: TagList
  tags: Tag[]
  left: LeftTag[]
  /** Rows whose limits (clamp) are not taken over: values are kept as they were read. */
  unclamped: number
}

/** Columns without which it is no such list. */
const heads: Record<TagList, readonly string[]> = {
  kepware: ['Tag Name', 'Address', 'Data Type', 'Client Access'],
  neuron: ['group', 'name', 'address', 'attribute', 'type'],
}
/** Remarks may stand before the titles. */
const HEAD_WITHIN = 20

const plain = (title: string) => title.trim().toLowerCase()

interface Found {
  list: TagList
  head: number
  at: ReadonlyMap<string, number>
}

/** Which program's list of tags a file is, by its titles. */
export function findTagList(rows: readonly SheetRow[]): Found | undefined {
  for (const [head, { cells }] of rows.slice(0, HEAD_WITHIN).entries()) {
    const at = new Map(cells.map((cell, i) => [plain(cell), i] as const))
    for (const list of ['kepware', 'neuron'] as const) if (heads[list].every((title) => at.has(plain(title)))) return { list, head, at }
  }
  return undefined
}

/** Each row as a point of this protocol, or why it cannot be one. */
export function readTags(rows: readonly SheetRow[], { list, head, at }: Found, protocol: string, settings: TagSettings): ReadTags {
  const tags: Tag[] = []
  const left: LeftTag[] = []
  let unclamped = 0
  for (const { rowNo, cells } of rows.slice(head + 1)) {
    const cell = (title: string) => (cells[at.get(plain(title)) ?? -1] ?? '').trim()
    if (cells.every((text) => text.trim() === '')) continue
    const read = list === 'kepware' ? kepwareTag(cell) : neuronTag(cell)
    const refused = (column: string, reason: string, details?: Record<string, string>) =>
      left.push({
        rowNo,
        name: list === 'kepware' ? cell('Tag Name') : cell('name'),
        column,
        text: cell(column),
        reason,
        ...(details && { details }),
      })
    if ('reason' in read) {
      refused(read.column, read.reason)
      continue
    }
    const translate = translatorOf(list, protocol)
    const type = typeOfTag(list, read.type)
    const column = list === 'kepware' ? { address: 'Address', type: 'Data Type' } : { address: 'address', type: 'type' }
    if (!translate) refused(column.address, 'protocol')
    else if (type === undefined) refused(column.type, /array|\[/i.test(read.type) ? 'array' : 'type', { type: read.type })
    else {
      const place = translate(read.address, type, settings)
      if ('reason' in place) refused(place.reason === 'type' ? column.type : column.address, place.reason, place.details)
      else {
        const valueType = type === 'bool' ? 'boolean' : type === 'string' ? 'string' : 'number'
        const scaled = valueType === 'number' && !place.ownDecimals ? read.scaling : { scale: 1, offset: 0 }
        const { folder, name, label, unit, decimals, periodMs, access } = read
        tags.push({
          rowNo,
          folder,
          name,
          label,
          unit,
          decimals,
          periodMs,
          access,
          ...scaled,
          valueType,
          station: place.station,
          place: place.place,
        })
        if (read.clamped) unclamped++
      }
    }
  }
  return { list, tags, left, unclamped }
}

interface Line {
  folder: string
  name: string
  address: string
  type: string
  label: string
  unit: string
  decimals: number | undefined
  scaling: { scale: number; offset: number }
  clamped: boolean
  periodMs: number
  access: 'r' | 'rw'
}
interface Refused {
  column: string
  reason: string
}
type Cell = (title: string) => string

const USUAL_PERIOD_MS = 1_000
const periodOf = (text: string) => {
  const ms = Math.round(Number(text))
  return text !== '' && ms > 0 ? Math.min(Math.max(ms, 5), 86_400_000) : USUAL_PERIOD_MS
}
/** Binary fractions would make 0.1 of 100 out of 1000 a number of seventeen digits. */
const rounded = (value: number) => Number(value.toPrecision(12))

/** KEPServerEX, “CSV import and export”: groups are written before the name, `Group1.Group2.Tag`. */
function kepwareTag(cell: Cell): Line | Refused {
  const path = cell('Tag Name')
  const cut = path.lastIndexOf('.')
  const name = path.slice(cut + 1)
  if (name === '') return { column: 'Tag Name', reason: 'name' }
  if (/^(WO|W|write only)$/i.test(cell('Client Access'))) return { column: 'Client Access', reason: 'writeOnly' }
  const scaling = kepwareScaling(cell)
  if (typeof scaling === 'string') return { column: 'Scaling', reason: scaling }
  return {
    folder: cut < 0 ? '' : path.slice(0, cut),
    name,
    address: cell('Address'),
    type: cell('Data Type'),
    label: cell('Description'),
    unit: cell('Eng Units') || cell('Eng. Units'),
    decimals: undefined,
    scaling,
    clamped: ['Clamp Low', 'Clamp High'].some((title) => /^(1|true|yes)$/i.test(cell(title))),
    periodMs: periodOf(cell('Scan Rate')),
    access: /^(R\/W|RW|read\/write)$/i.test(cell('Client Access')) ? 'rw' : 'r',
  }
}

/** Linear: raw low to high as scaled low to high. A reason where it is another. */
function kepwareScaling(cell: Cell): { scale: number; offset: number } | string {
  const sign = /^(1|true|yes)$/i.test(cell('Negate Value')) ? -1 : 1
  if (/^(none|)$/i.test(cell('Scaling'))) return { scale: sign, offset: 0 }
  if (!/^linear$/i.test(cell('Scaling'))) return 'scaling'
  const [rawLow, rawHigh, low, high] = ['Raw Low', 'Raw High', 'Scaled Low', 'Scaled High'].map((title) =>
    cell(title) === '' ? Number.NaN : Number(cell(title)),
  ) as [number, number, number, number]
  const scale = (high - low) / (rawHigh - rawLow)
  if (!Number.isFinite(scale) || scale === 0) return 'scaling'
  return { scale: rounded(sign * scale), offset: rounded(sign * (low - rawLow * scale)) }
}

/** Neuron: the group with its interval is how often it is read; value = raw × decimal + bias. */
function neuronTag(cell: Cell): Line | Refused {
  const name = cell('name')
  const attribute = cell('attribute')
  if (name === '') return { column: 'name', reason: 'name' }
  if (/static/i.test(attribute)) return { column: 'attribute', reason: 'static' }
  if (!/read|subscribe/i.test(attribute)) return { column: 'attribute', reason: /write/i.test(attribute) ? 'writeOnly' : 'attribute' }
  const [decimal, bias] = [Number(cell('decimal')), Number(cell('bias'))]
  if (Number.isNaN(decimal)) return { column: 'decimal', reason: 'scaling' }
  if (Number.isNaN(bias)) return { column: 'bias', reason: 'scaling' }
  const precision = Number(cell('precision'))
  return {
    folder: cell('group'),
    name,
    address: cell('address'),
    type: cell('type'),
    label: cell('description'),
    unit: cell('unit'),
    decimals: Number.isInteger(precision) && precision > 0 && precision <= 6 ? precision : undefined,
    scaling: { scale: decimal === 0 ? 1 : decimal, offset: bias },
    clamped: false,
    periodMs: periodOf(cell('interval')),
    access: /write/i.test(attribute) ? 'rw' : 'r',
  }
}

/** Stations that the addresses name, each with how many points. */
export function stationsOf(tags: readonly Tag[]): Map<string, number> {
  const stations = new Map<string, number>()
  for (const { station } of tags) if (station !== undefined) stations.set(station, (stations.get(station) ?? 0) + 1)
  return stations
}

const LONGEST_LABEL = 60

/** Points as rows of the editor, each with a name of its own and where it was called what; and properties for the names that are new. */
export function rowsOfTags(
  tags: readonly Tag[],
  columns: readonly GridColumn[],
  taken: ReadonlySet<string>,
  spell: (text: string) => string,
): { drafts: DraftRow[]; properties: NewProperty[] } {
  const sources = tags.map(({ folder, name, label, place }) => ({ folder, name, label, address: String(place.address ?? '') }))
  const names = numbered(namesByRule(usualRule, sources, taken, spell), taken)
  const drafts: DraftRow[] = []
  const properties: NewProperty[] = []
  tags.forEach((tag, i) => {
    const name = names[i]?.unfit ? `point_${tag.rowNo}` : (names[i]?.name ?? '')
    const { scale, offset, periodMs, access, valueType, decimals } = tag
    const flat = {
      ...Object.fromEntries(Object.entries(tag.place).map(([key, value]) => [`place.${key}`, value])),
      scale,
      offset,
      periodMs,
      access,
    }
    drafts.push({
      ...emptyDraft(columns),
      ...Object.fromEntries(Object.entries(flat).map(([key, value]) => [key, String(value)])),
      name,
      [FILE_ROW]: String(tag.rowNo),
      [SOURCE_FOLDER]: tag.folder,
      [SOURCE_NAME]: tag.name,
    })
    properties.push({
      name,
      label: (tag.label || tag.name).slice(0, LONGEST_LABEL),
      ...(tag.unit !== '' && { unit: tag.unit.slice(0, 20) }),
      ...(decimals !== undefined && { decimals }),
      valueType,
      kind: valueType === 'number' ? 'instant' : 'state',
    })
  })
  return { drafts, properties }
}
