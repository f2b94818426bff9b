import { z } from 'zod'
import type { Protocol } from '#edge/drivers/protocol.ts'
import { words } from '#edge/drivers/protocol-fields.ts'
import { parseAddress } from './address.ts'

const Connection = z.object({
  host: z
    .string()
    .trim()
    .min(1)
    .max(253)
    .meta(words({ zh: '主机', en: 'Host' })),
  port: z
    .int()
    .min(1)
    .max(65_535)
    .meta(words({ zh: '端口', en: 'Port' })),
  connectTimeoutMs: z
    .int()
    .min(100)
    .max(60_000)
    .default(3_000)
    .meta(words({ zh: '连接超时', en: 'Connect time-out', unit: 'ms' })),
  requestTimeoutMs: z
    .int()
    .min(50)
    .max(60_000)
    .default(1_000)
    .meta(words({ zh: '应答超时', en: 'Answer time-out', unit: 'ms' })),
})

const Unit = z.object({
  unitId: z
    .int()
    .min(0)
    .max(255)
    .default(1)
    .meta(words({ zh: '站号', en: 'Unit id' })),
})

const Place = z
  .object({
    address: z
      .string()
      .trim()
      .min(1)
      .max(32)
      .meta(words({ zh: '地址', en: 'Address', hint: { zh: '例如 D100', en: 'as D100' } })),
    dataType: z
      .enum(['number', 'string'])
      .meta(
        words({ zh: '数据类型', en: 'Data type', choices: { number: { zh: '数值', en: 'number' }, string: { zh: '文本', en: 'text' } } }),
      ),
  })
  .superRefine(({ address }, check) => {
    if (parseAddress(address) === undefined)
      check.addIssue({ code: 'custom', path: ['address'], message: 'example-protocol.addressUnreadable', params: { text: address } })
  })
export type ExampleProtocolPlace = z.output<typeof Place>

export const exampleProtocol = {
  name: 'example-protocol',
  label: { zh: '示例协议', en: 'Example protocol' },
  connection: Connection,
  unit: Unit,
  place: Place,
  can: { write: true, browse: false, subscribe: false },
} satisfies Protocol
