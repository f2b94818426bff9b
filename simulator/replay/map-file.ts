import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import { TimeZone } from '#values/instant.ts'
import { isQualityCode } from '#values/quality.ts'

const QualityCode = z.int().refine(isQualityCode, { message: 'no code of values/quality.ts' })

const Column = z
  .strictObject({
    /** The point's name on the wire. */
    name: z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/),
    label: z.string().min(1).max(60),
    labelEn: z.string().max(60).optional(),
    valueType: z.enum(['number', 'integer', 'boolean', 'string']),
    kind: z.enum(['instant', 'counter', 'interval', 'state']),
    unit: z.string().max(20).optional(),
    decimals: z.int().min(0).max(9).optional(),
    /** Not every file has it. */
    optional: z.boolean().default(false),
  })
  .refine((c) => c.kind === 'state' || c.kind === 'instant' || ['number', 'integer'].includes(c.valueType), {
    message: 'counters and intervals are numbers',
  })

/** How a recorded file is to be read: `simulator/maps/<data set>.yaml`. */
export const MapFile = z.strictObject({
  device: z.strictObject({ code: z.string().regex(/^[a-z][a-z0-9.-]{0,59}$/), name: z.string().min(1), nameEn: z.string().min(1) }),
  /** Chinese spreadsheets often write gb18030 (GBK, GB2312). */
  encoding: z.enum(['utf-8', 'utf-16le', 'gb18030', 'latin1']).default('utf-8'),
  delimiter: z.string().length(1).default(','),
  /** Decimal sign of its numbers. */
  decimal: z.enum(['.', ',']).default('.'),
  /** Names of the columns, where the file has no line of them. */
  header: z.array(z.string()).optional(),
  /** Texts that stand for “no value”, besides the empty cell. */
  missing: z.array(z.string()).default([]),
  time: z.strictObject({
    /** Several columns (a date, a time) are joined by a space. */
    column: z.union([z.string(), z.array(z.string()).min(1).max(3)]),
    /** YYYY MM DD HH mm ss SSS and what stands between; or `iso`, `epochS`, `epochMs`. */
    format: z.string().default('iso'),
    /** Of a time without its own offset. */
    zone: TimeZone.default('UTC'),
    /** `24:00`: the row of 00:00 after a day's other rows carries that same day's date, and means its end. */
    dayEnd: z.literal('24:00').optional(),
  }),
  /** One code for all, or a column's text → code; a text that is not named is an error. */
  quality: z.union([QualityCode, z.strictObject({ column: z.string(), codes: z.record(z.string(), QualityCode) })]).optional(),
  columns: z.record(z.string(), Column),
})
export type MapFile = z.infer<typeof MapFile>

export function readMap(file: string): MapFile {
  const parsed = MapFile.safeParse(parse(readFileSync(file, 'utf8')))
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`)
  const names = Object.values(parsed.data.columns).map((c) => c.name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new Error(`${file}: two columns are called ${twice}.`)
  return parsed.data
}

/** The thing model that fits a map, as a file the page or the API imports. */
export const thingModelOf = ({ device, columns }: MapFile) => ({
  format: 'lianshu.thingModel/1' as const,
  code: device.code,
  name: device.name,
  nameEn: device.nameEn,
  description: '',
  properties: Object.values(columns).map(({ optional: _, unit, labelEn, decimals, ...rest }) => ({
    ...rest,
    unit: unit ?? null,
    labelEn: labelEn ?? null,
    decimals: decimals ?? null,
  })),
})
