import { z } from 'zod'
import type { Protocol } from '../protocol.ts'
import { connectTimeoutField, encodingField, hostField, requestTimeoutField, usualPortField, words } from '../protocol-fields.ts'
import { type Address, type AddressProblem, isCounted, parseAddress, tableOf } from './address.ts'

const tsap = z
  .string()
  .trim()
  .regex(/^[0-9A-Fa-f]{2}\.?[0-9A-Fa-f]{2}$/, 's7.tsapUnreadable')
  .optional()

const Connection = z.object({
  host: hostField('s7.hostUnreadable'),
  port: usualPortField(102),
  rack: z
    .int()
    .min(0)
    .max(7)
    .default(0)
    .meta(words({ zh: '机架号', en: 'Rack' })),
  slot: z
    .int()
    .min(0)
    .max(31)
    .default(1)
    .meta(
      words({
        zh: '插槽号',
        en: 'Slot',
        hint: {
          zh: 'S7-1200/1500 为 1，S7-300 为 2，S7-400 见硬件组态',
          en: 'S7-1200/1500: 1; S7-300: 2; S7-400: see its hardware configuration',
        },
      }),
    ),
  role: z
    .enum(['pg', 'op', 'basic'])
    .default('op')
    .meta(
      words({
        zh: '连接类型',
        en: 'Connection as',
        hint: { zh: 'CPU 为每种类型留有若干连接', en: 'the CPU keeps so many connections for each' },
        choices: {
          pg: { zh: '编程器 PG', en: 'programmer (PG)' },
          op: { zh: '操作面板 OP', en: 'panel (OP)' },
          basic: { zh: 'S7 基本', en: 'S7 basic' },
        },
      }),
    ),
  localTsap: tsap.meta(
    words({
      zh: '本地 TSAP',
      en: 'Local TSAP',
      hint: { zh: '仅 S7-200、LOGO! 等需要，例如 10.00', en: 'for S7-200, LOGO! and the like: 10.00' },
    }),
  ),
  remoteTsap: tsap.meta(
    words({
      zh: '对方 TSAP',
      en: 'Remote TSAP',
      hint: { zh: '填写后不再使用机架号和插槽号', en: 'takes the place of rack and slot' },
    }),
  ),
  pduBytes: z
    .int()
    .min(112)
    .max(960)
    .default(960)
    .meta(
      words({
        zh: '请求的 PDU 长度',
        en: 'PDU asked for',
        unit: 'B',
        hint: { zh: '以 CPU 给出的为准：240、480 或 960', en: 'the CPU decides: 240, 480 or 960' },
      }),
    ),
  connectTimeoutMs: connectTimeoutField(),
  requestTimeoutMs: requestTimeoutField(2_000),
  gapBytes: z
    .int()
    .min(0)
    .max(400)
    .default(16)
    .meta(
      words({
        zh: '可跨越的空隙',
        en: 'Gap worth reading',
        unit: 'B',
        hint: {
          zh: '两点之间不超过这么多无用字节时合并为一段读取；单独一段要多花 16 字节',
          en: 'points with no more unwanted bytes between them are read as one stretch; a stretch of its own costs 16 bytes',
        },
      }),
    ),
  maxInFlight: z
    .int()
    .min(1)
    .max(8)
    .default(2)
    .meta(
      words({ zh: '并发请求数', en: 'Requests in flight', hint: { zh: '不超过 CPU 允许的数目', en: 'never more than the CPU allows' } }),
    ),
})

/** One link is one CPU; it may run several machines of one kind, each with a data block of its own. */
const Unit = z.object({
  block: z
    .int()
    .min(0)
    .max(65_535)
    .default(0)
    .meta(
      words({
        zh: '数据块号（替换地址中的 DB#）',
        en: 'Data block (takes the place of DB# in addresses)',
        hint: {
          zh: '同一 CPU 上的多台同类设备可共用一张点表，各填各的数据块号；只有一台时填 0',
          en: 'machines of one kind on one CPU share a point table, each with its own data block; 0 where there is one',
        },
      }),
    ),
})
export type S7Unit = z.output<typeof Unit>

const withBlock = (address: string, block: number): string => address.replace(/^%?\s*DB#/i, `DB${block}`)

export const dataTypes = [
  'bool',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'float32',
  'float64',
  'bcd16',
  'bcd32',
  's5time',
  'timer',
  'counter',
  'string',
] as const
export type DataType = (typeof dataTypes)[number]

const forms = ['string', 'wstring', 'chars', 'dateAndTime', 'dtl'] as const
export type TextForm = (typeof forms)[number]

const PlaceFields = z.object({
  address: z
    .string()
    .trim()
    .min(1)
    .max(32)
    .meta(
      words({
        zh: '地址',
        en: 'Address',
        hint: {
          zh: 'DB1.DBD4、DB1.DBX0.3、DB#.DBW2、MW10、I0.0（E0.0）、Q0.0（A0.0）、VW100、T5、C5（Z5）；数据块须取消“优化的块访问”',
          en: 'DB1.DBD4, DB1.DBX0.3, DB#.DBW2, MW10, I0.0 (E0.0), Q0.0 (A0.0), VW100, T5, C5 (Z5); the block without “optimized block access”',
        },
      }),
    ),
  dataType: z.enum(dataTypes).meta(
    words({
      zh: '数据类型',
      en: 'Data type',
      choices: {
        bool: { zh: '布尔 BOOL', en: 'BOOL' },
        int8: { zh: '8 位有符号 SINT', en: 'SINT, 8 bits signed' },
        uint8: { zh: '8 位无符号 BYTE/USINT', en: 'BYTE/USINT, 8 bits unsigned' },
        int16: { zh: '16 位有符号 INT', en: 'INT, 16 bits signed' },
        uint16: { zh: '16 位无符号 WORD/UINT', en: 'WORD/UINT, 16 bits unsigned' },
        int32: { zh: '32 位有符号 DINT/TIME', en: 'DINT/TIME, 32 bits signed' },
        uint32: { zh: '32 位无符号 DWORD/UDINT', en: 'DWORD/UDINT, 32 bits unsigned' },
        int64: { zh: '64 位有符号 LINT', en: 'LINT, 64 bits signed' },
        uint64: { zh: '64 位无符号 LWORD/ULINT', en: 'LWORD/ULINT, 64 bits unsigned' },
        float32: { zh: '32 位浮点 REAL', en: 'REAL, 32-bit float' },
        float64: { zh: '64 位浮点 LREAL', en: 'LREAL, 64-bit float' },
        bcd16: { zh: '4 位 BCD 码', en: 'BCD of 4 digits' },
        bcd32: { zh: '8 位 BCD 码', en: 'BCD of 8 digits' },
        s5time: { zh: 'S5TIME（毫秒）', en: 'S5TIME in milliseconds' },
        timer: { zh: '定时器 T（剩余毫秒）', en: 'timer T, milliseconds left' },
        counter: { zh: '计数器 C', en: 'counter C' },
        string: { zh: '文字或日期时间', en: 'text or date and time' },
      },
    }),
  ),
  form: z
    .enum(forms)
    .default('string')
    .meta(
      words({
        zh: '文字形式',
        en: 'Form of the text',
        choices: {
          string: { zh: 'STRING', en: 'STRING' },
          wstring: { zh: 'WSTRING', en: 'WSTRING' },
          chars: { zh: '字符数组 ARRAY OF CHAR', en: 'ARRAY OF CHAR' },
          dateAndTime: { zh: 'DATE_AND_TIME', en: 'DATE_AND_TIME' },
          dtl: { zh: 'DTL', en: 'DTL' },
        },
      }),
    ),
  length: z
    .int()
    .min(1)
    .max(254)
    .optional()
    .meta(words({ zh: '最多字符数', en: 'Characters at most', hint: { zh: 'STRING[20] 填 20', en: 'for STRING[20]: 20' } })),
  encoding: encodingField(),
})

const Place = PlaceFields.superRefine((place, check) => {
  const found = placeProblem(place)
  if (found) check.addIssue({ code: 'custom', path: [found.field], message: found.code, params: found.details })
})
export type S7Place = z.output<typeof Place>

/**
 * Where a value lies and how many bytes (timers, counters: how many of them) it takes. The place has passed its schema; undefined where it asks for the
 * unit's block and there is none.
 */
export function locate(place: S7Place, { block }: S7Unit): (Address & { size: number; table: string }) | undefined {
  const parsed = parseAddress(withBlock(place.address, block))
  if (parsed.kind === 'problem') return undefined
  return { ...parsed.address, table: tableOf(parsed.address), size: sizeOf(place) }
}

const sizes: Record<Exclude<DataType, 'string'>, number> = {
  bool: 1,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  bcd16: 2,
  s5time: 2,
  int32: 4,
  uint32: 4,
  float32: 4,
  bcd32: 4,
  int64: 8,
  uint64: 8,
  float64: 8,
  timer: 1,
  counter: 1,
}

/** STRING has two bytes before its characters, WSTRING two words; DATE_AND_TIME is 8 bytes, DTL 12. */
function sizeOf({ dataType, form, length = 0 }: S7Place): number {
  if (dataType !== 'string') return sizes[dataType]
  const ofForm: Record<TextForm, number> = { string: length + 2, wstring: length * 2 + 4, chars: length, dateAndTime: 8, dtl: 12 }
  return ofForm[form]
}

const isCounting = (dataType: DataType): boolean => dataType === 'timer' || dataType === 'counter'

function placeProblem(place: S7Place): (AddressProblem & { field: 'address' | 'dataType' | 'length' }) | undefined {
  const parsed = parseAddress(withBlock(place.address, 1))
  if (parsed.kind === 'problem') return { ...parsed, field: 'address', details: { text: place.address } }
  const { area, offset, bit, width } = parsed.address
  const text = place.address
  if (isCounted(area) !== isCounting(place.dataType) || (isCounted(area) && (area === 'T') !== (place.dataType === 'timer')))
    return { field: 'dataType', code: 's7.timerOrCounter', details: { text } }
  if (isCounted(area)) return undefined
  if (place.dataType === 'bool') {
    return bit === undefined ? { field: 'address', code: 's7.bitMissing', details: { text } } : undefined
  }
  // The editor shows the offset of anything that begins at a byte as 8.0.
  if (bit !== undefined && bit !== 0) return { field: 'dataType', code: 's7.bitIsBool', details: { text } }
  const needsLength = place.dataType === 'string' && place.form !== 'dateAndTime' && place.form !== 'dtl'
  if (needsLength && place.length === undefined) return { field: 'length', code: 's7.lengthMissing', details: {} }
  const size = sizeOf(place)
  if (width !== undefined && width > 1 && width !== size) return { field: 'dataType', code: 's7.widthDiffers', details: { text } }
  if (offset + size > 65_536) return { field: 'address', code: 's7.addressBeyondEnd', details: { text } }
  return undefined
}

export const s7 = {
  name: 's7',
  label: { zh: '西门子 S7', en: 'Siemens S7' },
  connection: Connection,
  unit: Unit,
  place: Place,
  can: { write: true, browse: false, subscribe: false },
  leastRequests,
} satisfies Protocol<typeof Connection, typeof Unit, typeof Place>

/** The largest PDU's data alone: gaps, a smaller PDU and the heads of the stretches make more. */
function leastRequests(places: readonly S7Place[]): number {
  const wanted = new Set<string>()
  for (const place of places) {
    const where = locate(place, { block: 1 })
    if (!where) continue
    const { table, offset, size } = where
    for (let at = offset; at < offset + size; at++) wanted.add(`${table} ${at}`)
  }
  return Math.ceil(wanted.size / (960 - 18))
}
