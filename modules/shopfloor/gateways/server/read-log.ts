import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { readPage } from '#kernel/page.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { Page } from '#values/list.ts'
import type { configurationApi, LogEntry } from '../configuration-contract.ts'
import { ownGateway } from './gateway-access.ts'
import type { Rooms } from './rooms.ts'

export const readLog = (
  rooms: Rooms,
  ctx: Context,
  id: DeviceId,
  list: z.output<typeof configurationApi.log.query>,
): Promise<Page<LogEntry>> =>
  rooms.db.inTenant(ctx, async (tx) => {
    await ownGateway(rooms, tx, ctx, id)
    let query = tx.sql.selectFrom('gateways.log as e').where('e.org_id', '=', tx.orgId).where('e.gateway_id', '=', id).selectAll('e')
    if (list.level !== undefined) query = query.where('e.level', '=', list.level)
    if (list.search) query = query.where((eb) => eb.or([eb('e.device_code', '=', list.search ?? ''), eb('e.code', '=', list.search ?? '')]))
    const order = { sorts: { at: { by: 'e.at', type: 'timestamptz' } }, id: 'e.id' } as const
    return readPage(tx, query, list, order, (row) => ({
      id: row.id,
      at: row.at.toISOString(),
      level: row.level,
      code: row.code,
      link: row.link_id,
      device: row.device_code,
      details: row.details,
    }))
  })
