import { z } from 'zod'
import { protocols } from '#edge/drivers/protocols.ts'
import { MeasuringPoint } from '#modules/shopfloor/devices/contract.ts'
import { Settings, wireLimits } from './contract.ts'

const { name: PointName, valueType: ValueType } = MeasuringPoint.shape
type ValueType = z.infer<typeof ValueType>

export const MAX_ROWS = 2_000

/**
 * Where a property of the thing model is read and how raw becomes engineering value: `raw × scale + offset`. With the access `call` it is a
 * method: `name` is a command of the thing model, and the gateway does not read it.
 */
export const PointRow = z.object({
  name: PointName,
  place: Settings,
  scale: z.number(),
  offset: z.number(),
  periodMs: z.int().min(wireLimits.shortestPeriodMs).max(wireLimits.longestPeriodMs),
  deadband: z.number().min(0),
  access: z.enum(['r', 'rw', 'call']),
})
export type PointRow = z.infer<typeof PointRow>

/** A row whose place nobody has filled in yet, as a template makes them: it is kept, and neither read nor written. */
export const isUnfilled = ({ place }: Pick<PointRow, 'place'>): boolean => Object.keys(filledIn(place)).length === 0

export const commandNames = ({ commands }: { commands: readonly { name: string }[] }): ReadonlySet<string> =>
  new Set(commands.map(({ name }) => name))

export interface RowProblem {
  /** Position in the table, the first is 0. */
  row: number
  /** A field of the row, `place.address` for one of its place. */
  field: string
  /** `gateways.rows.…`, or the protocol's own: `modbus.addressBeyondEnd`. */
  code: string
  details: Record<string, unknown>
}

/** What is wrong with rows, by themselves and against the thing model they name; nothing: they can be read. */
export function rowProblems(
  protocolName: string,
  rows: readonly PointRow[],
  properties: ReadonlyMap<string, { valueType: ValueType }>,
  commands: ReadonlySet<string> = new Set(),
): RowProblem[] {
  const { place, can } = protocols[protocolName] ?? {}
  if (!place) return [{ row: 0, field: 'place', code: 'gateways.rows.protocolUnknown', details: {} }]
  const problems: RowProblem[] = []
  const seen = new Map<string, number>()
  rows.forEach((row, i) => {
    const wrong = (field: string, code: string, details: Record<string, unknown> = {}) =>
      problems.push({ row: i, field, code: `gateways.rows.${code}`, details })
    const first = seen.get(row.name)
    if (first === undefined) seen.set(row.name, i)
    else wrong('name', 'nameTwice', { row: first + 1 })
    const isCall = row.access === 'call'
    const type = isCall ? undefined : properties.get(row.name)?.valueType
    if (isCall && !commands.has(row.name)) wrong('name', 'commandUnknown', { name: row.name })
    if (!isCall && type === undefined) wrong('name', 'propertyUnknown', { name: row.name })
    if (isCall && !can?.call) wrong('access', 'protocolCallsNothing')
    if (row.scale === 0) wrong('scale', 'scaleZero')
    const numeric = type === undefined || type === 'number' || type === 'integer'
    if (!numeric && (row.scale !== 1 || row.offset !== 0)) wrong('scale', 'scaleNeedsNumber')
    if (!numeric && row.deadband !== 0) wrong('deadband', 'deadbandNeedsNumber')
    if (isUnfilled(row)) return
    const hasMethod = 'method' in filledIn(row.place)
    if (isCall && can?.call && !hasMethod) wrong('place.method', 'missing')
    if (!isCall && hasMethod) wrong('access', 'methodIsCalled')
    if (type === 'string' && 'dataType' in row.place && row.place.dataType !== 'string') wrong('place.dataType', 'textNeedsText')
    if (type !== undefined && type !== 'string' && row.place.dataType === 'string') wrong('place.dataType', 'textNeedsText')
    problems.push(...placeProblems(place, row.place).map((problem) => ({ row: i, ...problem, field: `place.${problem.field}` })))
  })
  return problems
}

/** An empty text or null stands for what was not filled in. */
export const filledIn = (settings: Settings): Settings =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== null && value !== ''))

/** What a protocol's schema says about a flat object of settings. */
export function placeProblems(schema: z.ZodType, settings: Settings): Omit<RowProblem, 'row'>[] {
  const parsed = schema.safeParse(filledIn(settings))
  if (parsed.success) return []
  return parsed.error.issues.map((issue) => {
    const field = String(issue.path[0] ?? '')
    const details = issue.code === 'custom' ? ((issue.params ?? {}) as Record<string, unknown>) : {}
    return /^[a-z0-9-]+\.[a-zA-Z]+$/.test(issue.message)
      ? { field, code: issue.message, details: { text: settings[field] ?? '', ...details } }
      : {
          field,
          code: `gateways.rows.${settings[field] == null || settings[field] === '' ? 'missing' : 'wrong'}`,
          details: { reason: issue.message },
        }
  })
}

/** Parsed by the protocol's schema, defaults filled in. Only for what has no problems. */
export const parsedSettings = (schema: z.ZodType, settings: Settings): Settings => schema.parse(filledIn(settings)) as Settings
