import { z } from 'zod'
import type { Protocol } from '../protocol.ts'
import {
  connectTimeoutField,
  hostField,
  neededWhen,
  needWhatApplies,
  onlyWhen,
  portField,
  requestTimeoutField,
  serialFields,
  words,
} from '../protocol-fields.ts'
import { type Form, formOf, parseIdentifier } from './address.ts'

const overTcp = { field: 'line', is: ['tcp'] }
const overSerial = { field: 'line', is: ['serial'] }

const ConnectionFields = z.object({
  line: z
    .enum(['tcp', 'serial'])
    .default('tcp')
    .meta(
      words({
        zh: '接入方式',
        en: 'Line',
        choices: {
          tcp: { zh: '串口服务器（透传 TCP）', en: 'serial server (TCP)' },
          serial: { zh: '网关串口', en: 'serial port of the gateway' },
        },
      }),
    ),
  host: neededWhen(hostField('dlt645.hostUnreadable', { zh: '串口服务器的 IP 地址或主机名', en: 'of the serial server' }), overTcp),
  port: neededWhen(
    portField({
      zh: '串口服务器上该 RS-485 总线的端口；波特率 2400、偶校验在串口服务器上设置',
      en: 'of that RS-485 line; 2400 baud, even parity are set on the server',
    }),
    overTcp,
  ),
  ...serialFields(overSerial, { baudRate: '2400', parity: 'even' }, 'dlt645.deviceUnreadable'),
  connectTimeoutMs: onlyWhen(connectTimeoutField(), overTcp),
  requestTimeoutMs: requestTimeoutField(2_000, { zh: '2400 波特时一帧约 0.1–0.9 秒', en: 'a frame takes 0.1–0.9 s at 2400 baud' }),
  preamble: z
    .int()
    .min(0)
    .max(8)
    .default(4)
    .meta(words({ zh: '前导 FE 字节数', en: 'FE bytes before a frame' })),
  pauseMs: z
    .int()
    .min(0)
    .max(5_000)
    .default(30)
    .meta(words({ zh: '请求间隔', en: 'Pause between requests', unit: 'ms' })),
})

const Connection = ConnectionFields.superRefine(needWhatApplies(ConnectionFields))

const Unit = z.object({
  meter: z
    .string()
    .trim()
    .regex(/^\d{1,12}$/, 'dlt645.meterUnreadable')
    .meta(words({ zh: '表号', en: 'Meter number', hint: { zh: '铭牌上的 12 位数字', en: 'the twelve digits on its plate' } })),
})
export type MeterUnit = z.output<typeof Unit>

const PlaceFields = z.object({
  address: z
    .string()
    .trim()
    .toUpperCase()
    .meta(
      words({
        zh: '数据标识',
        en: 'Data identifier',
        hint: {
          zh: '8 位十六进制 DI3…DI0：00010000 正向有功总电能，02010100 A 相电压，02020100 A 相电流，02030000 总有功功率，02060000 总功率因数',
          en: 'eight hexadecimal digits DI3…DI0: 00010000 imported energy, 02010100 voltage of A, 02020100 current of A, 02030000 total power, 02060000 total factor',
        },
      }),
    ),
  dataType: z
    .enum(['number', 'string'])
    .default('number')
    .meta(
      words({
        zh: '数据类型',
        en: 'Data type',
        choices: {
          number: { zh: '数值', en: 'number' },
          string: { zh: '数字串（日期、时间、表号）', en: 'digits (dates, times, numbers of meters)' },
        },
      }),
    ),
  bytes: z
    .int()
    .min(1)
    .max(16)
    .optional()
    .meta(words({ zh: '字节数', en: 'Bytes', hint: { zh: '标准中的标识可不填', en: 'not needed for identifiers of the standard' } })),
  decimals: z
    .int()
    .min(0)
    .max(8)
    .optional()
    .meta(words({ zh: '小数位数', en: 'Decimals' })),
  from: z
    .int()
    .min(0)
    .max(64)
    .default(0)
    .meta(
      words({
        zh: '起始字节',
        en: 'First byte',
        hint: { zh: '最大需量的发生时间从第 3 字节起，5 字节', en: 'the time of a demand: from byte 3, 5 bytes' },
      }),
    ),
})

const Place = PlaceFields.superRefine(({ address, bytes }, check) => {
  const identifier = parseIdentifier(address)
  if (identifier === undefined)
    check.addIssue({ code: 'custom', path: ['address'], message: 'dlt645.identifierUnreadable', params: { text: address } })
  else if (bytes === undefined && formOf(identifier) === undefined)
    check.addIssue({ code: 'custom', path: ['bytes'], message: 'dlt645.bytesMissing', params: { text: address } })
})
export type MeterPlace = z.output<typeof Place>

/** The identifier, and how the value lies in its data. The place has passed its schema. */
export function locate({ address, bytes, decimals }: MeterPlace): { identifier: number; form: Form; standard: boolean } {
  const identifier = parseIdentifier(address) ?? 0
  const known = formOf(identifier)
  const form = {
    bytes: bytes ?? known?.bytes ?? 1,
    decimals: decimals ?? known?.decimals ?? 0,
    signed: bytes === undefined && (known?.signed ?? false),
  }
  return { identifier, form, standard: bytes === undefined }
}

export const dlt645 = {
  name: 'dlt645',
  label: { zh: 'DL/T 645-2007 电能表', en: 'DL/T 645-2007' },
  connection: Connection,
  unit: Unit,
  place: Place,
  can: { write: false, browse: false, subscribe: false },
} satisfies Protocol<typeof Connection, typeof Unit, typeof Place>
