import { type CellKind, choiceCell, numberCell, textCell, yesNoCell } from '#kernel/imports/cells.ts'
import { optional, type RowOf, required } from '#kernel/imports/definition.ts'
import type { WrittenCell } from '#kernel/spreadsheet-writer.ts'
import { alarmLimits, type Condition, Direction, Level } from '../condition.ts'
import { AlarmRuleId, Priority, type RuleInput } from '../contract.ts'

const LARGEST = Number.MAX_VALUE
const MAX_CODES = 50
const PROBLEMS = 'alarms.importRows.problems'

const real = (min = -LARGEST) => numberCell({ min, max: LARGEST })
const seconds = (max: number, min = 0) => numberCell({ min, max, whole: true })
const minutes = () => numberCell({ min: 1, max: 1440, whole: true })
const words = (max: number) => textCell({ max })
const sentence = () => textCell({ max: 500, lines: true })

/** Codes of a state: `3`, `3, 4`, `3、4`. */
const codesCell: CellKind<number[]> = {
  read: (text) => {
    const parts = text
      .normalize('NFKC')
      .split(/[\s,、;]+/)
      .filter(Boolean)
    const codes = parts.map(Number)
    const right = codes.length > 0 && codes.length <= MAX_CODES && parts.every((part, i) => /^-?\d+$/.test(part) && isWhole(codes[i]))
    return right ? { value: codes } : { problem: { code: `${PROBLEMS}.codes`, details: { max: MAX_CODES } } }
  },
}
const isWhole = (code: number | undefined) => Number.isSafeInteger(code)

const ruleIdCell: CellKind<AlarmRuleId> = {
  read: (text) => {
    const read = AlarmRuleId.safeParse(text.trim().toLowerCase())
    return read.success ? { value: read.data } : { problem: { code: `${PROBLEMS}.ruleId` } }
  },
}

const spans = ['1', '60', '3600'] as const
const kinds = ['limit', 'rate', 'deviation', 'state', 'expression', 'noData'] as const satisfies readonly Condition['kind'][]

export const ruleColumns = {
  name: required(words(80), 'alarms.importRows.examples.name', { width: 24 }),
  nameEn: optional(words(80), 'Bearing temperature high', { width: 24 }),
  device: optional(words(80), 'DC-01', { width: 16 }),
  model: optional(words(80), '', { width: 16 }),
  point: required(words(80), 'bearing_temp', { width: 18 }),
  kind: required(
    choiceCell(kinds, (kind) => `alarms.kinds.${kind}`),
    'alarms.kinds.limit',
    { width: 10 },
  ),
  level: optional(
    choiceCell(Level.options, (level) => `alarms.levels.${level}`),
    'H',
    { width: 10 },
  ),
  limit: optional(real(), '85', { width: 10 }),
  deadband: optional(real(0), '5', { width: 8 }),
  direction: optional(
    choiceCell(Direction.options, (direction) => `alarms.directions.${direction}`),
    '',
    { width: 12 },
  ),
  per: optional(
    choiceCell(spans, (span) => `alarms.per.${span}`),
    '',
    { width: 8 },
  ),
  from: optional(words(80), '', { width: 14 }),
  states: optional(codesCell, '', { width: 12 }),
  expression: optional(textCell({ max: alarmLimits.expression, lines: true }), '', { width: 36 }),
  afterS: optional(seconds(7 * 24 * 3600, 5), '', { width: 12 }),
  priority: required(
    choiceCell(Priority.options, (priority) => `alarms.priorities.${priority}`),
    'alarms.priorities.high',
    { width: 8 },
  ),
  onDelayS: optional(seconds(alarmLimits.delayS), '10', { width: 12 }),
  offDelayS: optional(seconds(alarmLimits.delayS), '', { width: 12 }),
  badQuality: optional(
    choiceCell(['ignore', 'raise'], (quality) => `alarms.badQualities.${quality}`),
    '',
    { width: 14 },
  ),
  suppressionPoint: optional(words(80), '', { width: 14 }),
  suppressionStates: optional(codesCell, '', { width: 12 }),
  latched: optional(yesNoCell(), '', { width: 8 }),
  cause: optional(sentence(), 'alarms.importRows.examples.cause', { width: 30 }),
  consequence: optional(sentence(), 'alarms.importRows.examples.consequence', { width: 30 }),
  response: optional(sentence(), 'alarms.importRows.examples.response', { width: 30 }),
  responseMinutes: optional(minutes(), '30', { width: 12 }),
  notify: optional(yesNoCell(), 'imports.yes', { width: 8 }),
  escalateMinutes: optional(minutes(), '', { width: 12 }),
  rule: optional(ruleIdCell, '', { width: 38, unique: true }),
  version: optional(numberCell({ min: 1, max: 2 ** 31, whole: true }), '', { width: 8 }),
}
export type RuleColumns = typeof ruleColumns
export type RuleRowRead = RowOf<RuleColumns>
export type RuleColumn = Extract<keyof RuleColumns, string>

type Field = 'level' | 'limit' | 'deadband' | 'direction' | 'per' | 'from' | 'states' | 'expression' | 'afterS'
/** Which columns each kind of condition needs, and which it takes besides. */
const fields: Record<Condition['kind'], { needs: readonly Field[]; takes: readonly Field[] }> = {
  limit: { needs: ['level', 'limit'], takes: ['deadband'] },
  rate: { needs: ['direction', 'limit', 'per'], takes: ['deadband'] },
  deviation: { needs: ['from', 'limit'], takes: ['deadband'] },
  state: { needs: ['states'], takes: [] },
  expression: { needs: ['expression'], takes: [] },
  noData: { needs: ['afterS'], takes: [] },
}
const ALL_FIELDS = [...new Set(Object.values(fields).flatMap(({ needs, takes }) => [...needs, ...takes]))]

export interface CellProblem {
  column: RuleColumn
  code: string
  details?: Record<string, unknown>
}
export const problemOf = (column: RuleColumn, code: string, details: Record<string, unknown> = {}): CellProblem => ({
  column,
  code: `${PROBLEMS}.${code}`,
  details,
})

/** What is missing for the row's kind of condition, and what does not belong to it: nothing that was typed is dropped in silence. */
export function fieldProblems(row: RuleRowRead): CellProblem[] {
  // The cell itself is said to be wrong.
  if (row.kind === null || row.kind === undefined) return []
  const { needs, takes } = fields[row.kind]
  const kindWords = [`alarms.kinds.${row.kind}`]
  const problems = ALL_FIELDS.flatMap((field) => {
    const filled = row[field] !== null
    if (!filled && needs.includes(field)) return [problemOf(field, 'needed', { kindWords })]
    return filled && !needs.includes(field) && !takes.includes(field) ? [problemOf(field, 'notOfKind', { kindWords })] : []
  })
  if ((row.kind === 'rate' || row.kind === 'deviation') && row.limit !== null && row.limit <= 0)
    problems.push(problemOf('limit', 'positive'))
  if ((row.suppressionPoint === null) !== (row.suppressionStates === null))
    problems.push(problemOf(row.suppressionPoint === null ? 'suppressionPoint' : 'suppressionStates', 'suppression'))
  return problems
}

/** Of a row without problems; `pointOf` gives a point's name where people wrote what it is called. */
export function conditionOfRow(row: RuleRowRead, pointOf: (text: string) => string): Condition {
  const limit = row.limit ?? 0
  const deadband = row.deadband ?? 0
  const { kind } = row
  switch (kind) {
    case 'limit':
      return { kind, level: row.level ?? 'H', limit, deadband }
    case 'rate':
      return { kind, direction: row.direction ?? 'either', limit, perS: Number(row.per ?? 60) as 1 | 60 | 3600, deadband }
    case 'deviation':
      return { kind, from: baseOf(row.from ?? '', pointOf), limit, deadband }
    case 'state':
      return { kind, values: row.states ?? [] }
    case 'expression':
      return { kind, expression: row.expression ?? '' }
    case 'noData':
      return { kind, afterS: row.afterS ?? 0 }
    default:
      return kind satisfies never
  }
}

/** A fixed value, or another point. */
function baseOf(text: string, pointOf: (text: string) => string): number | string {
  const read = real().read(text, () => undefined)
  return 'value' in read ? read.value : pointOf(text)
}

export function ruleOfRow(
  row: RuleRowRead,
  of: Pick<RuleInput, 'deviceId' | 'modelCode'>,
  pointOf: (text: string) => string = (text) => text,
): RuleInput {
  return {
    name: row.name,
    nameEn: row.nameEn,
    ...of,
    pointName: pointOf(row.point),
    condition: conditionOfRow(row, pointOf),
    onDelayS: row.onDelayS ?? 0,
    offDelayS: row.offDelayS ?? 0,
    badQuality: row.badQuality ?? 'ignore',
    suppression: row.suppressionPoint === null ? null : { pointName: pointOf(row.suppressionPoint), values: row.suppressionStates ?? [] },
    priority: row.priority,
    latched: row.latched ?? false,
    cause: row.cause ?? '',
    consequence: row.consequence ?? '',
    response: row.response ?? '',
    responseMinutes: row.responseMinutes,
    notify: row.notify ?? false,
    escalateMinutes: row.escalateMinutes,
  }
}

type Word = (key: string) => string

/** A rule as the import reads it again, in the order of the columns; `word` looks up any module's words. */
export function cellsOfRule(rule: RuleInput & { id: string; version: number; deviceCode: string | null }, word: Word): WrittenCell[] {
  const cells: Record<RuleColumn, WrittenCell> = {
    ...conditionCells(rule.condition, word),
    name: rule.name,
    nameEn: rule.nameEn,
    device: rule.deviceCode,
    model: rule.modelCode,
    point: rule.pointName,
    kind: word(`alarms.kinds.${rule.condition.kind}`),
    priority: word(`alarms.priorities.${rule.priority}`),
    onDelayS: rule.onDelayS,
    offDelayS: rule.offDelayS,
    badQuality: word(`alarms.badQualities.${rule.badQuality}`),
    suppressionPoint: rule.suppression?.pointName ?? null,
    suppressionStates: rule.suppression ? rule.suppression.values.join(', ') : null,
    latched: word(rule.latched ? 'imports.yes' : 'imports.no'),
    cause: rule.cause,
    consequence: rule.consequence,
    response: rule.response,
    responseMinutes: rule.responseMinutes,
    notify: word(rule.notify ? 'imports.yes' : 'imports.no'),
    escalateMinutes: rule.escalateMinutes,
    rule: rule.id,
    version: rule.version,
  }
  return Object.keys(ruleColumns).map((key) => cells[key as RuleColumn])
}

const noField = Object.fromEntries(ALL_FIELDS.map((field) => [field, null])) as Record<Field, null>

function conditionCells(condition: Condition, word: Word): Record<Field, WrittenCell> {
  switch (condition.kind) {
    case 'limit':
      return { ...noField, ...limitCells(condition), level: word(`alarms.levels.${condition.level}`) }
    case 'rate': {
      const [direction, per] = [word(`alarms.directions.${condition.direction}`), word(`alarms.per.${condition.perS}`)]
      return { ...noField, ...limitCells(condition), direction, per }
    }
    case 'deviation': {
      const { from } = condition
      return { ...noField, ...limitCells(condition), from: typeof from === 'number' ? exact(from) : from }
    }
    case 'state':
      return { ...noField, states: condition.values.join(', ') }
    case 'expression':
      return { ...noField, expression: condition.expression }
    case 'noData':
      return { ...noField, afterS: condition.afterS }
    default:
      return condition satisfies never
  }
}

const limitCells = ({ limit, deadband }: { limit: number; deadband: number }) => ({ limit: exact(limit), deadband: exact(deadband) })

/** A workbook keeps 15 digits of a number; one with more is written as a text. */
const exact = (value: number): WrittenCell =>
  Number(value.toPrecision(15)) === value && (value === 0 || (Math.abs(value) >= 1e-6 && Math.abs(value) < 1e15)) ? value : String(value)
