import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { ThingModelId } from '#modules/shopfloor/devices/contract.ts'
import type { Rooms } from './rooms.ts'
import type { GatewaysTx } from './tables.ts'

/** The built-in thing model of gateways: what each says of itself, as values like any device's. */
const GATEWAY_MODEL = 'lianshu-gateway'

const number = (name: string, label: string, labelEn: string, unit: string | null, decimals = 0) =>
  ({ name, label, labelEn, valueType: 'number', unit, kind: 'instant', decimals }) as const
const integer = (name: string, label: string, labelEn: string, unit: string | null = null) =>
  ({ name, label, labelEn, valueType: 'integer', unit, kind: 'instant' }) as const

const properties = [
  integer('queue_batches', '待发批次', 'Batches waiting'),
  integer('queue_bytes', '待发数据量', 'Queue size', 'B'),
  number('queue_age_s', '最早待发数据的时长', 'Age of the oldest waiting value', 's'),
  integer('dropped_samples', '已丢弃数据', 'Values dropped'),
  number('samples_per_s', '采集速率', 'Values read per second', null, 1),
  integer('links_connected', '已连通链路', 'Links connected'),
  integer('links_failed', '故障链路', 'Links failed'),
  number('clock_skew_ms', '时钟偏差', 'Clock skew', 'ms'),
  number('memory_mb', '内存', 'Memory', 'MB', 1),
  number('cpu_percent', '处理器占用', 'CPU', '%', 1),
]

/** Made at an organisation's first gateway. */
export async function gatewayModel(rooms: Rooms, tx: GatewaysTx, ctx: Context): Promise<ThingModelId> {
  const known = await rooms.devices.newestModel(opaque(tx), GATEWAY_MODEL)
  if (known && !known.retired) return known.id
  return rooms.devices.saveModel(opaque(tx), ctx, {
    code: GATEWAY_MODEL,
    name: '采集网关',
    nameEn: 'Edge gateway',
    description: '',
    definition: { properties: properties.map((property) => ({ ...property })) },
  })
}
