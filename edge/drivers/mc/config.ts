import { z } from 'zod'
import type { Protocol } from '../protocol.ts'
import { connectTimeoutField, encodingField, hostField, portField, requestTimeoutField, words } from '../protocol-fields.ts'
import { type Address, type AddressProblem, devices, parseAddress } from './address.ts'

/** “Batch read in word units”: so many words at once. */
export const MAX_WORDS = 960

const ConnectionFields = z.object({
  host: hostField('mc.hostUnreadable'),
  port: portField({
    zh: '在 GX Works 的“打开设置”中为 MC 协议设定的端口号',
    en: 'the port that GX Works’ open settings give to the MC protocol',
  }),
  code: z
    .enum(['binary', 'ascii'])
    .default('binary')
    .meta(
      words({
        zh: '通信数据代码',
        en: 'Data code',
        hint: { zh: '与 PLC 以太网参数一致', en: 'as in the Ethernet parameters of the PLC' },
        choices: { binary: { zh: '二进制', en: 'binary' }, ascii: { zh: 'ASCII', en: 'ASCII' } },
      }),
    ),
  xyNumbers: z
    .enum(['hex', 'octal'])
    .default('hex')
    .meta(
      words({
        zh: 'X、Y 编号',
        en: 'Numbers of X and Y',
        choices: {
          hex: { zh: '十六进制（Q、L、iQ-R）', en: 'hexadecimal (Q, L, iQ-R)' },
          octal: { zh: '八进制（FX5）', en: 'octal (FX5)' },
        },
      }),
    ),
  connectTimeoutMs: connectTimeoutField(),
  requestTimeoutMs: requestTimeoutField(2_000),
  maxWords: z
    .int()
    .min(1)
    .max(MAX_WORDS)
    .default(MAX_WORDS)
    .meta(words({ zh: '单次最多字数', en: 'Words per request', hint: { zh: '协议上限 960', en: 'the protocol allows 960' } })),
  gapWords: z
    .int()
    .min(0)
    .max(MAX_WORDS - 1)
    .default(16)
    .meta(
      words({
        zh: '可跨越的空隙',
        en: 'Gap worth reading',
        hint: {
          zh: '两点之间不超过这么多无用的字时合并为一段读取',
          en: 'points with no more unwanted words between them are read as one stretch',
        },
      }),
    ),
})

/** How FX5 writes octal numbers in ASCII is not known for sure, so it is not offered. */
const Connection = ConnectionFields.superRefine(({ code, xyNumbers }, check) => {
  if (code === 'ascii' && xyNumbers === 'octal') check.addIssue({ code: 'custom', path: ['xyNumbers'], message: 'mc.octalInAscii' })
})

const Unit = z.object({
  network: z
    .int()
    .min(0)
    .max(239)
    .default(0)
    .meta(words({ zh: '网络号', en: 'Network number', hint: { zh: '直连的 CPU 为 0', en: '0 is the CPU itself' } })),
  station: z
    .int()
    .min(0)
    .max(255)
    .default(255)
    .meta(words({ zh: '站号（PC 编号）', en: 'Station (PC number)', hint: { zh: '直连的 CPU 为 255', en: '255 is the CPU itself' } })),
})
export type McUnit = z.output<typeof Unit>

export const dataTypes = [
  'bool',
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
  'string',
] as const
export type DataType = (typeof dataTypes)[number]

const PlaceFields = z.object({
  address: z
    .string()
    .trim()
    .min(1)
    .max(32)
    .meta(
      words({
        zh: '软元件',
        en: 'Device',
        hint: {
          zh: 'D100、D100.A（位）、M10、X1F、Y0、W1F、B0、SD200、R0、T5（触点或当前值）、C5',
          en: 'D100, D100.A (a bit), M10, X1F, Y0, W1F, B0, SD200, R0, T5 (contact or present value), C5',
        },
      }),
    ),
  dataType: z.enum(dataTypes).meta(
    words({
      zh: '数据类型',
      en: 'Data type',
      choices: {
        bool: { zh: '位', en: 'bit' },
        int16: { zh: '16 位有符号（字）', en: '16-bit signed (word)' },
        uint16: { zh: '16 位无符号', en: '16-bit unsigned' },
        int32: { zh: '32 位有符号（双字）', en: '32-bit signed (double word)' },
        uint32: { zh: '32 位无符号', en: '32-bit unsigned' },
        int64: { zh: '64 位有符号', en: '64-bit signed' },
        uint64: { zh: '64 位无符号', en: '64-bit unsigned' },
        float32: { zh: '单精度实数', en: 'single-precision real' },
        float64: { zh: '双精度实数', en: 'double-precision real' },
        bcd16: { zh: '4 位 BCD 码', en: 'BCD of 4 digits' },
        bcd32: { zh: '8 位 BCD 码', en: 'BCD of 8 digits' },
        string: { zh: '字符串', en: 'text' },
      },
    }),
  ),
  length: z
    .int()
    .min(1)
    .max(512)
    .optional()
    .meta(words({ zh: '字符串字节数', en: 'Bytes of the text', hint: { zh: '每个字 2 字节', en: '2 bytes a word' } })),
  encoding: encodingField(),
})

const Place = PlaceFields.superRefine((place, check) => {
  const found = placeProblem(place)
  if (found) check.addIssue({ code: 'custom', path: [found.field], message: found.code, params: found.details })
})
export type McPlace = z.output<typeof Place>

const wordsOf: Record<Exclude<DataType, 'string'>, number> = {
  bool: 1,
  int16: 1,
  uint16: 1,
  bcd16: 1,
  int32: 2,
  uint32: 2,
  float32: 2,
  bcd32: 2,
  int64: 4,
  uint64: 4,
  float64: 4,
}

const sizeOf = ({ dataType, length = 0 }: McPlace): number => (dataType === 'string' ? Math.ceil(length / 2) : wordsOf[dataType])

/** Where a value lies in words; bit devices are read sixteen at a time. The place has passed its schema; undefined for an octal number that is none. */
export function locate(place: McPlace, octal: boolean): (Address & { table: string; offset: number; size: number }) | undefined {
  const parsed = parseAddress(place.address, { boolean: place.dataType === 'bool', octal })
  if (parsed.kind === 'problem') return undefined
  const { device, number } = parsed.address
  if (!devices[device].bits) return { ...parsed.address, table: device, offset: number, size: sizeOf(place) }
  return { ...parsed.address, bit: number % 16, table: device, offset: Math.floor(number / 16), size: 1 }
}

function placeProblem(place: McPlace): (AddressProblem & { field: 'address' | 'dataType' | 'length' }) | undefined {
  const parsed = parseAddress(place.address, { boolean: place.dataType === 'bool' })
  if (parsed.kind === 'problem') return { ...parsed, field: 'address' }
  const { device, bit } = parsed.address
  const details = { text: place.address }
  if (place.dataType === 'bool')
    return devices[device].bits || bit !== undefined ? undefined : { field: 'address', code: 'mc.bitMissing', details }
  if (devices[device].bits || bit !== undefined) return { field: 'dataType', code: 'mc.bitIsBool', details }
  if (place.dataType === 'string' && place.length === undefined) return { field: 'length', code: 'mc.lengthMissing', details: {} }
  return undefined
}

export const mc = {
  name: 'mc',
  label: { zh: '三菱 MC（3E）', en: 'Mitsubishi MC (3E)' },
  connection: Connection,
  unit: Unit,
  place: Place,
  can: { write: true, browse: false, subscribe: false },
  leastRequests,
} satisfies Protocol<typeof Connection, typeof Unit, typeof Place>

/** What is wanted alone, in full requests of several blocks. */
function leastRequests(places: readonly McPlace[]): number {
  const wanted = new Set<string>()
  for (const place of places) {
    const where = locate(place, false)
    if (where) for (let at = where.offset; at < where.offset + where.size; at++) wanted.add(`${where.table} ${at}`)
  }
  return Math.ceil(wanted.size / MAX_WORDS)
}
