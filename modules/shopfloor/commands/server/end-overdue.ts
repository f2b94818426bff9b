import type { Loop } from '#kernel/background.ts'
import { backgroundContext } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { OrgId } from '#values/ids.ts'
import type { WriteId } from '../contract.ts'
import { overdueAction } from './command-rules.ts'
import { lockCommand, moveCommand } from './command-store.ts'
import type { Rooms } from './rooms.ts'

const LOOK_MS = 2_000
const AT_ONCE = 200

/** What nobody approved, no gateway took, or no gateway told the end of. */
export const endOverdue = (rooms: Rooms): Loop => ({
  name: 'commands: overdue',
  intervalMs: LOOK_MS,
  run: async () => {
    const overdue = await rooms.system.inSystem((tx) =>
      tx
        .selectFrom('commands.command')
        .select(['org_id', 'id'])
        .where('due_at', '<', rooms.clock.now())
        .orderBy('due_at')
        .limit(AT_ONCE)
        .execute(),
    )
    for (const { org_id, id } of overdue) await endOne(rooms, org_id, id)
  },
})

export async function endOne(rooms: Rooms, orgId: OrgId, id: WriteId): Promise<void> {
  const scope = await rooms.organisations.scope(orgId)
  const ctx = backgroundContext(scope, { kind: 'job', id: 'commands.overdue' }, `commands-${id}`, rooms.clock.now())
  await rooms.db.inTenant(ctx, async (tx) => {
    const row = await lockCommand(tx, ctx, id)
    if (!row.due_at || row.due_at >= ctx.now) return
    const action = overdueAction(row.state)
    // The gateway has it: the news is under way. Only when it is long overdue it counts as lost.
    if (row.state === 'queued' && row.gateway_command_id && !(await rooms.gateways.withdrawWrite(opaque(tx), row.gateway_command_id)))
      return
    const result = action === 'lose' ? { result: { valueBefore: null, outcome: 'commands.noWord' } } : {}
    await moveCommand(tx, ctx, row, { action, ...result })
  })
}
