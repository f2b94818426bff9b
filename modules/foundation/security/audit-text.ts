import { wallMs } from '#values/instant.ts'

/** Looks words up as `devices:entities.device`; undefined where there are none. */
export type Look = (key: string, values?: Record<string, string>) => string | undefined

const key = (name: string) => name.replaceAll('.', '_')

/** What a record is called: by its own module's words, else by ours, else by its module's name. */
export function entityText(entity: string, look: Look): string {
  const [module = '', table = ''] = entity.split('.')
  return look(`${module}:entities.${table}`) ?? look(`security:entities.${module}.${table}`) ?? look(`${module}:name`) ?? entity
}

export function actionText(action: string, look: Look): string {
  const [module = '', name] = action.split('.')
  if (name === undefined) return look(`security:actions.${action}`) ?? action
  return look(`${module}:auditActions.${name}`) ?? look(`security:actions.${module}.${name}`) ?? action
}

export const fieldText = (entity: string, field: string, look: Look): string =>
  look(`${entity.split('.')[0]}:auditFields.${field}`) ?? look(`security:fields.${field}`) ?? field.replaceAll('_', ' ')

export interface Change {
  field: string
  before: unknown
  after: unknown
}

type Row = Record<string, unknown> | null

/** Of no use to a reader: they stand in the entry's head, or serve the platform alone. */
const technical = new Set(['org_id', 'id', 'version', 'search_text', 'org_no'])

const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null)

/** The fields that differ; of a record that was made or deleted, those that held something. */
export function changesOf(before: Row, after: Row): Change[] {
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
  return fields
    .filter((field) => !technical.has(field) && !same(before?.[field], after?.[field]))
    .map((field) => ({ field, before: before?.[field] ?? null, after: after?.[field] ?? null }))
}

const EMPTY = '—'
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const STAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/

/** A field's value as a person reads it. */
export function valueText(field: string, value: unknown, look: Look): string {
  if (value === null || value === undefined || value === '') return EMPTY
  if (typeof value === 'boolean') return look(value ? 'security:value.yes' : 'security:value.no') ?? String(value)
  if (typeof value === 'number') return /(^|_)minute(_|$)/.test(field) ? clockText(value) : String(value)
  if (typeof value === 'string') return stringText(field, value, look)
  if (Array.isArray(value))
    return value.length === 0 ? EMPTY : value.map((one) => valueText(field, one, look)).join(look('security:value.separator') ?? ', ')
  return JSON.stringify(value)
}

function stringText(field: string, value: string, look: Look): string {
  if (value === '[hidden]' || value === '[changed]') return look(`security:value.${value.slice(1, -1)}`) ?? value
  if (UUID.test(value)) return look('security:value.reference', { end: value.slice(-6) }) ?? value
  const ms = STAMP.test(value) ? Date.parse(value) : Number.NaN
  if (!Number.isNaN(ms)) return new Date(wallMs(ms, 'Asia/Shanghai')).toISOString().slice(0, 19).replace('T', ' ')
  return look(`security:values.${field}.${key(value)}`) ?? value
}

const clockText = (minutes: number) => `${String(Math.trunc(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
