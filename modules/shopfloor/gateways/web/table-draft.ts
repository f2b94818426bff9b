import type { z } from 'zod'
import type { Protocol } from '#edge/drivers/protocol.ts'
import { type Field, fieldsOf } from '#edge/drivers/protocol-fields.ts'
import type { devicesApi, MeasuringPoint } from '#modules/shopfloor/devices/contract.ts'
import { parametersOf } from '../companion/machine-draft.ts'
import type { DirectoryNode } from '../contract.ts'
import { PointRow, type RowProblem, rowProblems } from '../point-rows.ts'

/** As the thing model takes it. */
export const NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/

/** A property that the thing model will have. */
export type NewProperty = z.input<typeof devicesApi.createThingModel.body.shape.definition.shape.properties.element>

/** A command that the thing model will have. */
export type NewCommand = z.input<typeof devicesApi.createThingModel.body>['definition']['commands'] extends (infer C)[] | undefined
  ? C
  : never

type ValueType = MeasuringPoint['valueType']

/** A row as it is typed: every cell a text, whatever it will be. */
export type DraftRow = Record<string, string>

/** No column: where the row stood in the file it came from. */
export const FILE_ROW = 'file row'
/** No columns either: what the point was called, and in which folder, where it was picked or read from. */
export const SOURCE_NAME = 'source name'
export const SOURCE_FOLDER = 'source folder'

export interface GridColumn {
  /** `place.address`, `scale`. */
  key: string
  kind: 'text' | 'number' | 'choice'
  choices?: { value: string; zh: string; en: string }[]
  /** Of a place: the protocol's own words. */
  words?: { zh: string; en: string }
  width: number
  empty: string
}

const widths: Record<Field['kind'], number> = { text: 130, number: 90, boolean: 80, choice: 150 }
/** A node of a directory is long. */
const WIDE_ADDRESS = 340
const yesNo = [
  { value: 'true', zh: '是', en: 'yes' },
  { value: 'false', zh: '否', en: 'no' },
]

/** The columns of a protocol's point table, in the order in which a spreadsheet has them. */
export const gridColumns = (protocol: Protocol): GridColumn[] => [
  { key: 'name', kind: 'text', width: 170, empty: '' },
  ...fieldsOf(protocol.place).map(
    (field): GridColumn => ({
      key: `place.${field.name}`,
      kind: field.kind === 'boolean' ? 'choice' : field.kind,
      words: { zh: field.zh, en: field.en },
      width: ['address', 'path', 'method'].includes(field.name) && protocol.can.browse ? WIDE_ADDRESS : widths[field.kind],
      empty: field.default === undefined ? '' : String(field.default),
      ...(field.kind === 'boolean' ? { choices: yesNo } : {}),
      ...(field.choices ? { choices: Object.entries(field.choices).map(([value, words]) => ({ value, ...words })) } : {}),
    }),
  ),
  { key: 'scale', kind: 'number', width: 90, empty: '1' },
  { key: 'offset', kind: 'number', width: 90, empty: '0' },
  { key: 'periodMs', kind: 'number', width: 100, empty: '1000' },
  { key: 'deadband', kind: 'number', width: 90, empty: '0' },
  {
    key: 'access',
    kind: 'choice',
    width: 100,
    empty: 'r',
    choices: [
      { value: 'r', zh: '只读', en: 'read' },
      { value: 'rw', zh: '读写', en: 'read and write' },
      ...(protocol.can.call ? [{ value: 'call', zh: '调用', en: 'call' }] : []),
    ],
  },
]

export const emptyDraft = (columns: readonly GridColumn[]): DraftRow => Object.fromEntries(columns.map(({ key, empty }) => [key, empty]))

const accesses = PointRow.shape.access.options

const isBlank = (draft: DraftRow) => (draft.name ?? '') === '' && (draft['place.address'] ?? '') === ''

/** A cell as it was typed; the first one of a place that was left open brings what a new row's place begins with. */
export function typedInto(draft: DraftRow, columns: readonly GridColumn[], key: string, value: string): DraftRow {
  const places = columns.filter((column) => column.key.startsWith('place.'))
  const begins = value !== '' && key.startsWith('place.') && places.every((column) => (draft[column.key] ?? '') === '')
  return { ...draft, ...(begins ? Object.fromEntries(places.map((column) => [column.key, column.empty])) : {}), [key]: value }
}

export function draftOf(row: PointRow, columns: readonly GridColumn[]): DraftRow {
  const flat: Record<string, unknown> = { ...row, ...Object.fromEntries(Object.entries(row.place).map(([k, v]) => [`place.${k}`, v])) }
  return Object.fromEntries(columns.map(({ key }) => [key, flat[key] === undefined || flat[key] === null ? '' : String(flat[key])]))
}

/**
 * Text copied from a spreadsheet, put in from a cell on; rows that are missing are added. A choice is known by its value or its words, and
 * what is none of them is kept, for the row to be marked wrong.
 */
export function pasteInto(
  drafts: readonly DraftRow[],
  columns: readonly GridColumn[],
  at: { row: number; column: number },
  text: string,
): DraftRow[] {
  const pasted = text
    .replace(/\r\n?/g, '\n')
    .replace(/\n+$/, '')
    .split('\n')
    .map((line) => line.split('\t'))
  const after = drafts.map((draft) => ({ ...draft }))
  pasted.forEach((cells, i) => {
    const row = at.row + i
    while (after.length <= row) after.push(emptyDraft(columns))
    cells.forEach((cell, j) => {
      const column = columns[at.column + j]
      if (column) after[row] = typedInto(after[row] as DraftRow, columns, column.key, pastedCell(column, cell.trim()))
    })
  })
  return after
}

/** A choice by its value or its words. */
export function pastedCell(column: GridColumn, cell: string): string {
  const wanted = cell.toLowerCase()
  const choice = column.choices?.find(({ value, zh, en }) => [value, zh, en].some((word) => word.toLowerCase() === wanted))
  return choice?.value ?? cell
}

/** Properties for the names that the thing model lacks, of the type that their place has; label and unit are given in the thing model. */
export function lackingProperties(drafts: readonly DraftRow[], properties: ReadonlyMap<string, unknown>): NewProperty[] {
  const lacking = new Map<string, NewProperty>()
  for (const draft of drafts) {
    const name = (draft.name ?? '').trim()
    if (!NAME.test(name) || properties.has(name) || draft.access === 'call') continue
    const dataType = draft['place.dataType'] ?? ''
    const valueType = dataType === 'bool' ? 'boolean' : dataType === 'string' ? 'string' : 'number'
    lacking.set(name, { name, label: name.slice(0, 60), valueType, kind: 'instant' })
  }
  return [...lacking.values()]
}

const typeOf = (dataType = ''): ValueType =>
  dataType === 'Boolean' ? 'boolean' : /String|Text|Name|Guid/.test(dataType) ? 'string' : 'number'

/**
 * Rows for nodes that were picked in a device's directory, each with a name of its own, and properties for the names that are new: of methods
 * commands, or, in `left`, what a method is called whose arguments are no single values or were not told.
 */
export function rowsOfNodes(
  nodes: readonly (DirectoryNode & { folder?: string })[],
  columns: readonly GridColumn[],
  taken: Iterable<string>,
): { drafts: DraftRow[]; properties: NewProperty[]; commands: NewCommand[]; left: string[] } {
  const names = new Set(taken)
  const drafts: DraftRow[] = []
  const properties: NewProperty[] = []
  const commands: NewCommand[] = []
  const left: string[] = []
  for (const { name: text, place, dataType, method, folder = '' } of nodes) {
    const parameters = method && parametersOf(method.inputs)
    if (method && !parameters) {
      left.push(text)
      continue
    }
    const plain =
      text
        .normalize('NFKD')
        .replaceAll(/[^A-Za-z0-9]+/g, '_')
        .replaceAll(/^[^A-Za-z]+|_+$/g, '')
        .slice(0, 56) || 'point'
    let name = plain
    for (let n = 2; names.has(name); n++) name = `${plain}_${n}`
    names.add(name)
    const filled = Object.fromEntries(Object.entries(place ?? {}).map(([key, value]) => [`place.${key}`, String(value ?? '')]))
    const called: DraftRow = method ? { access: 'call' } : {}
    drafts.push({ ...emptyDraft(columns), ...filled, ...called, name, [SOURCE_NAME]: text, [SOURCE_FOLDER]: folder })
    if (parameters) {
      commands.push({ name, label: text.slice(0, 60), parameters })
      continue
    }
    const valueType = typeOf(dataType)
    properties.push({ name, label: text.slice(0, 60), valueType, kind: valueType === 'number' ? 'instant' : 'state' })
  }
  return { drafts, properties, commands, left }
}

/** Rows for the server, or what is wrong with which cell. Rows without name and address are left out. */
export function rowsOf(
  protocol: Protocol,
  columns: readonly GridColumn[],
  drafts: readonly DraftRow[],
  properties: ReadonlyMap<string, { valueType: ValueType }>,
  commands?: ReadonlySet<string>,
): { rows: PointRow[]; problems: RowProblem[] } {
  const kept = drafts.flatMap((draft, index) => (isBlank(draft) ? [] : [{ draft, index }]))
  const problems: RowProblem[] = []
  const rows = kept.map(({ draft, index }): PointRow => {
    const number = (key: string): number => {
      const text = (draft[key] ?? '').trim()
      const value = Number(text)
      if (text !== '' && Number.isFinite(value)) return value
      problems.push({ row: index, field: key, code: text === '' ? 'gateways.rows.missing' : 'gateways.rows.notANumber', details: {} })
      return Number.NaN
    }
    const place = Object.fromEntries(
      columns.flatMap((column): [string, string | number | boolean][] => {
        const text = (draft[column.key] ?? '').trim()
        if (!column.key.startsWith('place.') || text === '') return []
        const value = column.kind === 'number' ? number(column.key) : column.choices === yesNo ? text === 'true' : text
        return [[column.key.slice('place.'.length), value]]
      }),
    )
    const access = accesses.find((one) => one === draft.access) ?? 'r'
    if (access !== draft.access) problems.push({ row: index, field: 'access', code: 'gateways.rows.wrong', details: {} })
    const periodMs = number('periodMs')
    if (periodMs < 5 || periodMs > 86_400_000 || (Number.isFinite(periodMs) && !Number.isInteger(periodMs)))
      problems.push({ row: index, field: 'periodMs', code: 'gateways.rows.periodRange', details: { min: 5, max: 86_400_000 } })
    return {
      name: (draft.name ?? '').trim(),
      place,
      scale: number('scale'),
      offset: number('offset'),
      periodMs,
      deadband: number('deadband'),
      access,
    }
  })
  const found = rowProblems(protocol.name, rows, properties, commands).map((problem) => ({
    ...problem,
    row: kept[problem.row]?.index ?? problem.row,
  }))
  const known = new Set(problems.map((problem) => `${problem.row} ${problem.field}`))
  return {
    rows,
    problems: [...problems, ...found.filter((problem) => !known.has(`${problem.row} ${problem.field}`))].sort((a, b) => a.row - b.row),
  }
}
