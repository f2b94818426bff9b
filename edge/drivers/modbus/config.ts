import { z } from 'zod'
import type { Protocol } from '../protocol.ts'
import {
  connectTimeoutField,
  encodingField,
  hostField,
  neededWhen,
  needWhatApplies,
  onlyWhen,
  requestTimeoutField,
  serialFields,
  usualPortField,
  words,
} from '../protocol-fields.ts'
import { type Address, type AddressProblem, isRegister, parseAddress, TABLE_SIZE, type Table } from './address.ts'

/** Modbus Application Protocol V1.1b3 §6.1–6.4: what one read answer can hold. */
export const MAX_REGISTERS = 125
export const MAX_COILS = 2_000
/** What one write can hold (§6.12: 123 registers). */
const MAX_STRING_BYTES = 246

const overTcp = { field: 'framing', is: ['tcp', 'rtu'] }
const overSerial = { field: 'framing', is: ['serial'] }

const ConnectionFields = z.object({
  framing: z
    .enum(['tcp', 'rtu', 'serial'])
    .default('tcp')
    .meta(
      words({
        zh: '报文格式',
        en: 'Framing',
        hint: {
          zh: '经透明串口服务器访问 RTU 设备时选 RTU（透传 TCP），串口参数在串口服务器上设置；设备接在网关自己的串口上时选 RTU（串口）',
          en: 'RTU over TCP for devices behind a transparent serial server, which has the settings of the line; RTU for a serial port of the gateway itself',
        },
        choices: {
          tcp: { zh: 'Modbus TCP', en: 'Modbus TCP' },
          rtu: { zh: 'RTU（透传 TCP）', en: 'RTU over TCP' },
          serial: { zh: 'RTU（网关串口）', en: 'RTU (serial port)' },
        },
      }),
    ),
  host: neededWhen(hostField('modbus.hostUnreadable'), overTcp),
  port: onlyWhen(usualPortField(502), overTcp),
  ...serialFields(overSerial, { baudRate: '9600', parity: 'none' }, 'modbus.deviceUnreadable'),
  connectTimeoutMs: onlyWhen(connectTimeoutField(), overTcp),
  requestTimeoutMs: requestTimeoutField(1_000, {
    zh: '经串口网关访问时应大于网关自身的超时',
    en: 'behind a serial gateway: longer than the gateway’s own time-out',
  }),
  maxRegisters: z
    .int()
    .min(1)
    .max(MAX_REGISTERS)
    .default(MAX_REGISTERS)
    .meta(words({ zh: '单次最多寄存器', en: 'Registers per request', hint: { zh: '协议上限 125', en: 'the protocol allows 125' } })),
  maxCoils: z
    .int()
    .min(1)
    .max(MAX_COILS)
    .default(MAX_COILS)
    .meta(words({ zh: '单次最多线圈', en: 'Coils per request', hint: { zh: '协议上限 2000', en: 'the protocol allows 2000' } })),
  gapRegisters: z
    .int()
    .min(0)
    .max(MAX_REGISTERS - 1)
    .default(16)
    .meta(
      words({
        zh: '可跨越的空隙',
        en: 'Gap worth reading',
        hint: {
          zh: '两点之间不超过这么多无用寄存器时合并为一次读取；0 表示只合并相邻地址',
          en: 'points with no more unwanted registers between them are read in one request; 0 joins neighbours only',
        },
      }),
    ),
  pauseMs: z
    .int()
    .min(0)
    .max(5_000)
    .default(0)
    .meta(words({ zh: '请求间隔', en: 'Pause between requests', unit: 'ms', hint: { zh: '部分设备需要', en: 'some devices need it' } })),
  maxInFlight: onlyWhen(
    z
      .int()
      .min(1)
      .max(16)
      .default(1)
      .meta(
        words({
          zh: '并发请求数',
          en: 'Requests in flight',
          hint: { zh: '多数设备只能处理 1 个', en: 'most devices can do with 1 only' },
        }),
      ),
    { field: 'framing', is: ['tcp'] },
  ),
})

const Connection = ConnectionFields.superRefine(needWhatApplies(ConnectionFields))

const Unit = z.object({
  unitId: z
    .int()
    .min(0)
    .max(255)
    .default(1)
    .meta(
      words({
        zh: '站号',
        en: 'Unit id',
        hint: {
          zh: '直连设备多为 1 或 255；经串口网关时为从站地址',
          en: 'direct devices: mostly 1 or 255; behind a serial gateway: the slave',
        },
      }),
    ),
})

export const dataTypes = [
  'bool',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'float32',
  'int64',
  'uint64',
  'float64',
  'bcd16',
  'bcd32',
  'string',
] as const
export type DataType = (typeof dataTypes)[number]

const orders = ['ABCD', 'CDAB', 'BADC', 'DCBA'] as const
export type Order = (typeof orders)[number]

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
          zh: '40001、400001、4x0001 从 1 起；holding:0、input:0、coil:0、discrete:0 从 0 起；寄存器的位写作 holding:0.3',
          en: '40001, 400001, 4x0001 count from 1; holding:0, input:0, coil:0, discrete:0 count from 0; a bit of a register is holding:0.3',
        },
      }),
    ),
  dataType: z.enum(dataTypes).meta(
    words({
      zh: '数据类型',
      en: 'Data type',
      choices: {
        bool: { zh: '布尔（线圈或位）', en: 'boolean (coil or bit)' },
        int16: { zh: '16 位有符号整数', en: '16-bit signed' },
        uint16: { zh: '16 位无符号整数', en: '16-bit unsigned' },
        int32: { zh: '32 位有符号整数', en: '32-bit signed' },
        uint32: { zh: '32 位无符号整数', en: '32-bit unsigned' },
        float32: { zh: '32 位浮点数', en: '32-bit float' },
        int64: { zh: '64 位有符号整数', en: '64-bit signed' },
        uint64: { zh: '64 位无符号整数', en: '64-bit unsigned' },
        float64: { zh: '64 位浮点数', en: '64-bit float' },
        bcd16: { zh: '4 位 BCD 码', en: 'BCD of 4 digits' },
        bcd32: { zh: '8 位 BCD 码', en: 'BCD of 8 digits' },
        string: { zh: '字符串', en: 'text' },
      },
    }),
  ),
  order: z
    .enum(orders)
    .default('ABCD')
    .meta(
      words({
        zh: '字节顺序',
        en: 'Byte order',
        hint: {
          zh: '64 位数按同样规则：字顺序、字内字节顺序；字符串只看字内字节顺序',
          en: '64-bit values follow the same rule of words and bytes; a text follows the order within a register only',
        },
        choices: {
          ABCD: { zh: 'ABCD 高字在前', en: 'ABCD high word first' },
          CDAB: { zh: 'CDAB 低字在前', en: 'CDAB low word first' },
          BADC: { zh: 'BADC 高字在前、字内交换', en: 'BADC high word first, bytes swapped' },
          DCBA: { zh: 'DCBA 低字在前、字内交换', en: 'DCBA low word first, bytes swapped' },
        },
      }),
    ),
  length: z
    .int()
    .min(1)
    .max(MAX_STRING_BYTES)
    .optional()
    .meta(words({ zh: '字符串字节数', en: 'Bytes of the text', hint: { zh: '每个寄存器 2 字节', en: '2 bytes a register' } })),
  encoding: encodingField(),
})

const Place = PlaceFields.superRefine((place, check) => {
  const found = placeProblem(place)
  if (found) check.addIssue({ code: 'custom', path: [found.field], message: found.code, params: found.details })
})
export type ModbusPlace = z.output<typeof Place>

/** Where a value lies and how many registers (or coils) it takes. The place has passed its schema. */
export function locate(place: ModbusPlace): Address & { size: number } {
  const parsed = parseAddress(place.address)
  if (parsed.kind === 'problem') throw new Error(`${parsed.code}: ${place.address}`)
  return { ...parsed.address, size: sizeOf(place) }
}

const registers: Record<Exclude<DataType, 'string'>, number> = {
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

const sizeOf = ({ dataType, length = 0 }: ModbusPlace): number => (dataType === 'string' ? Math.ceil(length / 2) : registers[dataType])

function placeProblem(place: ModbusPlace): (AddressProblem & { field: 'address' | 'dataType' | 'length' }) | undefined {
  const parsed = parseAddress(place.address)
  if (parsed.kind === 'problem') return { ...parsed, field: 'address' }
  const { table, offset, bit } = parsed.address
  const text = place.address
  if (place.dataType === 'bool') {
    if (isRegister(table) && bit === undefined) return { field: 'address', code: 'modbus.bitMissing', details: { text } }
    return undefined
  }
  if (!isRegister(table)) return { field: 'dataType', code: 'modbus.coilIsBool', details: { text } }
  if (bit !== undefined) return { field: 'dataType', code: 'modbus.bitIsBool', details: { text } }
  if (place.dataType === 'string' && place.length === undefined) return { field: 'length', code: 'modbus.lengthMissing', details: {} }
  if (offset + sizeOf(place) > TABLE_SIZE) return { field: 'address', code: 'modbus.addressBeyondEnd', details: { text } }
  return undefined
}

export const modbus = {
  name: 'modbus',
  label: { zh: 'Modbus（TCP、RTU）', en: 'Modbus (TCP, RTU)' },
  connection: Connection,
  unit: Unit,
  place: Place,
  can: { write: true, browse: false, subscribe: false },
  leastRequests,
} satisfies Protocol<typeof Connection, typeof Unit, typeof Place>

/** Of each table only what is wanted, in full requests: gaps and a device's own limits make more. */
function leastRequests(places: readonly ModbusPlace[]): number {
  const wanted: Record<Table, Set<number>> = { coil: new Set(), discrete: new Set(), input: new Set(), holding: new Set() }
  for (const place of places) {
    const { table, offset, size } = locate(place)
    for (let at = offset; at < offset + size; at++) wanted[table].add(at)
  }
  const least = (table: Table) => Math.ceil(wanted[table].size / (isRegister(table) ? MAX_REGISTERS : MAX_COILS))
  return least('coil') + least('discrete') + least('input') + least('holding')
}
