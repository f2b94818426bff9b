import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { readPage } from '#kernel/page.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { ListQuery, Page } from '#values/list.ts'
import type { Command, CommandState, CommandSummary, WriteId } from '../contract.ts'
import { commandsOf, commandView, summaryOf } from './command-store.ts'
import type { Rooms } from './rooms.ts'
import type { CommandsTx } from './tables.ts'

interface Filter extends ListQuery {
  group: 'open' | 'waiting' | 'unknown' | 'all'
  deviceId?: DeviceId | undefined
}

const groups: Record<Exclude<Filter['group'], 'all'>, CommandState[]> = {
  open: ['awaitingApproval', 'queued', 'sent'],
  waiting: ['awaitingApproval'],
  unknown: ['unknown'],
}

export const listCommands = ({ db }: Rooms, ctx: Context, filter: Filter): Promise<Page<CommandSummary>> =>
  db.inTenant(ctx, (tx) => pageOfCommands(tx, ctx, filter))

export function pageOfCommands(tx: CommandsTx, ctx: Context, filter: Filter): Promise<Page<CommandSummary>> {
  let query = commandsOf(tx, ctx)
  for (const word of (filter.search ?? '').toLowerCase().split(/\s+/).filter(Boolean))
    query = query.where(sql<boolean>`strpos(c.search_text, ${word}) > 0`)
  if (filter.group !== 'all')
    query = query.where(sql<boolean>`c.state in (${sql.join(groups[filter.group].map((state) => sql.lit(state)))})`)
  if (filter.deviceId) query = query.where('c.device_id', '=', filter.deviceId)
  const order = {
    sorts: {
      requestedAt: { by: 'c.requested_at', type: 'timestamptz' as const },
      number: { by: 'c.number', type: 'text' as const },
    },
    id: 'c.id',
  }
  return readPage(tx, query, filter, order, summaryOf(ctx))
}

export const getCommand = ({ db }: Rooms, ctx: Context, id: WriteId): Promise<Command> => db.inTenant(ctx, (tx) => commandView(tx, ctx, id))
