import { z } from 'zod'

interface Words {
  zh: string
  en: string
}

/** Another field that has one of these values. */
interface Choice {
  field: string
  is: readonly string[]
}

/** What `.meta()` of a protocol's field says besides what zod knows. */
export interface FieldMeta extends Words {
  hint?: Words
  /** `ms`: behind the input. */
  unit?: string
  /** Goes to the secret store and never back to a page. */
  secret?: true
  /** Words of an enum's values. */
  choices?: Record<string, Words>
  /** It means something only where another field has one of these values; there it is `needed`, or may be left out. */
  when?: Choice & { needed?: true }
}

/** Words for `.meta()`. */
export const words = (meta: FieldMeta) => ({ ...meta })

export interface Field extends FieldMeta {
  name: string
  kind: 'text' | 'number' | 'boolean' | 'choice'
  required: boolean
  default?: string | number | boolean
  min?: number
  max?: number
  choices?: Record<string, Words>
}

interface Property extends FieldMeta {
  type?: string
  enum?: string[]
  default?: string | number | boolean
  minimum?: number
  maximum?: number
}

/** A protocol's schema as the fields of a form and the columns of a table, in their order. */
export function fieldsOf(schema: z.ZodObject): Field[] {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input' })
  return Object.entries(properties).map(([name, property]) => field(name, property as unknown as Property, required.includes(name)))
}

function field(name: string, property: Property, required: boolean): Field {
  const { zh, en, hint, unit, secret, choices, when, minimum, maximum } = property
  return {
    name,
    kind: kindOf(name, property),
    required,
    zh,
    en,
    ...(hint && { hint }),
    ...(unit && { unit }),
    ...(secret && { secret }),
    ...(when && { when }),
    ...(property.enum && { choices: Object.fromEntries(property.enum.map((value) => [value, choices?.[value] ?? same(value)])) }),
    ...(property.default !== undefined && { default: property.default }),
    ...(minimum !== undefined && { min: minimum }),
    ...(maximum !== undefined && { max: maximum }),
  }
}

const same = (value: string): Words => ({ zh: value, en: value })

function kindOf(name: string, property: Property): Field['kind'] {
  if (property.enum) return 'choice'
  switch (property.type) {
    case 'string':
      return 'text'
    case 'integer':
    case 'number':
      return 'number'
    case 'boolean':
      return 'boolean'
    default:
      throw new Error(`${name}: a protocol's field is a text, a number, a boolean or an enum, not ${property.type}.`)
  }
}

// Fields that several protocols have; each may be given its own default and hint.

/** `problem`: the protocol’s own code for a host that cannot be one. */
export const hostField = (problem: string, hint: Words = { zh: 'IP 地址或主机名', en: 'IP address or host name' }) =>
  z
    .string()
    .trim()
    .min(1)
    .max(253)
    .regex(/^[A-Za-z0-9._:-]+$/, problem)
    .meta(words({ zh: '主机', en: 'Host', hint }))

/** A field that means something only there; left out it has its default. */
export const onlyWhen = <S extends z.ZodType>(schema: S, when: Choice): S => schema.meta({ ...schema.meta(), when })
/** The same of one that has no default, and is needed there. */
export const neededWhen = <S extends z.ZodType>(schema: S, when: Choice) =>
  schema.optional().meta({ ...schema.meta(), when: { ...when, needed: true } })

/** What a field that is needed only sometimes is told when it is left out there: as a field that always is. */
export function needWhatApplies(schema: z.ZodObject) {
  const fields = fieldsOf(schema)
  return (settings: Record<string, unknown>, check: z.RefinementCtx): void => {
    for (const { name, when } of fields)
      if (when?.needed && applies(when, settings) && settings[name] === undefined)
        check.addIssue({ code: 'invalid_type', expected: 'string', path: [name], message: 'Required' })
  }
}

/** Whether a field means something beside these others. */
export const applies = (when: FieldMeta['when'], settings: Record<string, unknown>): boolean =>
  !when || when.is.includes(String(settings[when.field]))

/** A serial port of the gateway's own; `choice`: the field and its value that say so. `problem`: the protocol’s code for a wrong name. */
export const serialFields = (
  choice: Choice,
  usual: { baudRate: (typeof baudRates)[number]; parity: (typeof parities)[number] },
  problem: string,
) => ({
  device: neededWhen(
    z
      .string()
      .trim()
      .max(200)
      .regex(/^\/dev\/(?!.*\.\.)[\w.:/+-]+$/, problem)
      .meta(
        words({
          zh: '串口',
          en: 'Serial port',
          hint: {
            zh: '网关上的串口，如 /dev/ttyS0、/dev/ttyUSB0；USB 转换器用 /dev/serial/by-id/ 下的名称，换插口后不变',
            en: 'of the gateway: /dev/ttyS0, /dev/ttyUSB0; for USB adapters a name below /dev/serial/by-id/, which stays',
          },
        }),
      ),
    choice,
  ),
  baudRate: onlyWhen(
    z
      .enum(baudRates)
      .default(usual.baudRate)
      .meta(words({ zh: '波特率', en: 'Baud rate' })),
    choice,
  ),
  parity: onlyWhen(
    z
      .enum(parities)
      .default(usual.parity)
      .meta(
        words({
          zh: '校验',
          en: 'Parity',
          choices: { none: { zh: '无', en: 'none' }, even: { zh: '偶校验', en: 'even' }, odd: { zh: '奇校验', en: 'odd' } },
        }),
      ),
    choice,
  ),
  stopBits: onlyWhen(
    z
      .enum(['1', '2'])
      .default('1')
      .meta(words({ zh: '停止位', en: 'Stop bits' })),
    choice,
  ),
})
const baudRates = ['1200', '2400', '4800', '9600', '19200', '38400', '57600', '115200'] as const
const parities = ['none', 'even', 'odd'] as const

const port = z.int().min(1).max(65_535)

/** Without a default for protocols that have no port of their own. */
export const portField = (hint?: Words) => port.meta(words({ zh: '端口', en: 'Port', ...(hint && { hint }) }))
export const usualPortField = (usual: number) => port.default(usual).meta(words({ zh: '端口', en: 'Port' }))

export const connectTimeoutField = (usualMs = 3_000) =>
  z
    .int()
    .min(100)
    .max(60_000)
    .default(usualMs)
    .meta(words({ zh: '连接超时', en: 'Connect time-out', unit: 'ms' }))

export const requestTimeoutField = (usualMs: number, hint?: Words) =>
  z
    .int()
    .min(50)
    .max(60_000)
    .default(usualMs)
    .meta(words({ zh: '应答超时', en: 'Answer time-out', unit: 'ms', ...(hint && { hint }) }))

/** Encodings that the texts of PLCs have. */
const encodings = ['ascii', 'utf-8', 'gb18030'] as const
export type Encoding = (typeof encodings)[number]

export const encodingField = () =>
  z
    .enum(encodings)
    .default('ascii')
    .meta(
      words({
        zh: '字符编码',
        en: 'Text encoding',
        choices: {
          ascii: { zh: 'ASCII', en: 'ASCII' },
          'utf-8': { zh: 'UTF-8', en: 'UTF-8' },
          gb18030: { zh: 'GB 18030（含 GBK）', en: 'GB 18030 (with GBK)' },
        },
      }),
    )
