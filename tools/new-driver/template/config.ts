import { z } from 'zod'
import type { Protocol } from '#edge/drivers/protocol.ts'
import { connectTimeoutField, hostField, portField, requestTimeoutField, words } from '#edge/drivers/protocol-fields.ts'
import { parseAddress } from './address.ts'

const Connection = z.object({
  host: hostField('example-protocol.hostUnreadable'),
  port: portField(),
  connectTimeoutMs: connectTimeoutField(),
  requestTimeoutMs: requestTimeoutField(1_000),
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
