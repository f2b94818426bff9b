import type { z } from 'zod'
import { backgroundContext } from '#kernel/context.ts'
import type { Delivered, Subscription } from '#kernel/outbox-reader.ts'
import { gatewaysEvents, type WriteResult } from '#modules/shopfloor/gateways/contract.ts'
import { nextState } from './command-rules.ts'
import { lockByGatewayCommand, moveCommand } from './command-store.ts'
import type { Rooms } from './rooms.ts'

type Parts = Pick<Rooms, 'db' | 'organisations' | 'clock'>
type Of<Name extends 'writeTaken' | 'writeAnswered'> = Delivered<z.output<(typeof gatewaysEvents)[Name]['payload']>>

async function contextOf({ organisations, clock }: Parts, event: Delivered<unknown>, job: string) {
  return backgroundContext(await organisations.scope(event.orgId), { kind: 'job', id: job }, event.trace, clock.now())
}

/** A repetition, and news of a command that has ended meanwhile, change nothing. */
export const followGateways = (parts: Parts): readonly Subscription[] => [
  {
    name: 'commands.taken',
    event: gatewaysEvents.writeTaken.name,
    handle: async (event: Of<'writeTaken'>) => {
      const ctx = await contextOf(parts, event, 'commands.taken')
      await parts.db.inTenant(ctx, async (tx) => {
        const row = await lockByGatewayCommand(tx, event.payload.commandId)
        if (row && nextState(row.state, 'take')) await moveCommand(tx, ctx, row, { action: 'take' })
      })
    },
  },
  {
    name: 'commands.answered',
    event: gatewaysEvents.writeAnswered.name,
    handle: async (event: Of<'writeAnswered'>) => {
      const ctx = await contextOf(parts, event, 'commands.answered')
      const { commandId, result } = event.payload
      await parts.db.inTenant(ctx, async (tx) => {
        let row = await lockByGatewayCommand(tx, commandId)
        // Who has answered has taken it, though that news may come later.
        if (row && nextState(row.state, 'take')) {
          await moveCommand(tx, ctx, row, { action: 'take' })
          row = await lockByGatewayCommand(tx, commandId)
        }
        const action = actionOf[result.outcome]
        if (row && nextState(row.state, action)) await moveCommand(tx, ctx, row, { action, result: resultOf(result) })
      })
    },
  },
]

const actionOf = { done: 'confirm', refused: 'refuse', unknown: 'lose' } as const

function resultOf(result: WriteResult) {
  if (result.outcome === 'done') {
    const { before, readBack, differs, note } = result
    return { valueBefore: before, readBack, differs, outcome: note ?? null }
  }
  const { before, reason, details } = result
  return { valueBefore: before, outcome: reason, ...(details ? { details } : {}) }
}
