import { sql } from 'kysely'
import type { z } from 'zod'
import type { Notice } from '#kernel/notices.ts'
import { narrow } from '#kernel/postgres.ts'
import type { TodoKind } from '#kernel/todos.ts'
import { commandsEvents } from '../contract.ts'
import { commandsOf } from './command-store.ts'
import type { CommandsTables } from './tables.ts'

/** 待批准: what others asked for. */
export const commandTodos: readonly TodoKind[] = [
  {
    name: 'approve',
    permission: 'commands.approve',
    list: async (ctx, opaqueTx, limit) => {
      const rows = await commandsOf(narrow<CommandsTables>(opaqueTx), ctx)
        .select(sql<number>`count(*) over ()::int`.as('n'))
        .where('c.state', '=', 'awaitingApproval')
        .where('c.requested_by', '<>', ctx.actor.id)
        .orderBy('c.requested_at')
        .limit(limit)
        .execute()
      const items = rows.map((row) => ({
        label: `${row.number} ${row.device_name} ${row.point_words.label}`,
        path: `/commands/${row.id}`,
        due: null,
      }))
      return { total: rows[0]?.n ?? 0, items }
    },
  },
]

type Awaiting = z.infer<typeof commandsEvents.awaiting.payload>
type Ended = z.infer<typeof commandsEvents.ended.payload>
const shared = {
  permission: 'commands.approve',
  path: ({ commandId }: Awaiting) => `/commands/${commandId}`,
  values: ({ number, device, point }: Awaiting) => ({ number, device, point }),
}

export const commandNotices: readonly Notice[] = [
  { ...shared, event: commandsEvents.awaiting.name, kind: 'commands.awaiting', recipient: ({ orgId }: Awaiting) => orgId },
  {
    ...shared,
    event: commandsEvents.ended.name,
    kind: 'commands.unknown',
    recipient: ({ orgId, state }: Ended) => (state === 'unknown' ? orgId : undefined),
  },
]
