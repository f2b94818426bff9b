import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { Command, WriteId } from '../contract.ts'
import { commandErrors } from '../errors.ts'
import { nextState } from './command-rules.ts'
import { type CommandRow, commandView, lockCommand, moveCommand } from './command-store.ts'
import { checkValue, send } from './request-command.ts'
import type { Rooms } from './rooms.ts'
import type { CommandsTx } from './tables.ts'
import { deviceFacts } from './writable-points.ts'

type Decision = { version: number; note: string }

/** What has changed since it was asked for counts: switch, setting, limits, point table, gateway. */
export async function approveCommand(rooms: Rooms, ctx: Context, id: WriteId, { version, note }: Decision): Promise<Command> {
  let wake: (() => void) | undefined
  const approved = await rooms.db.inTenant(ctx, async (tx) => {
    const row = await lockCommand(tx, ctx, id, version)
    if (row.requested_by === ctx.actor.id || ctx.actor.kind !== 'user') throw commandErrors.ownRequest({ id })
    // Whoever comes too late is told so even where the worker has not been round yet.
    if (!nextState(row.state, 'approve') || (row.due_at && row.due_at <= ctx.now))
      throw commandErrors.notAllowedNow({ id, state: row.state === 'awaitingApproval' ? 'expired' : row.state })
    const facts = await deviceFacts(rooms, tx, ctx, row.device_id)
    const setting = facts.settings.get(row.point_name)
    const point = facts.points.find(({ name }) => name === row.point_name)
    if (!setting || !point) throw commandErrors.notWritable({ name: row.point_name })
    checkValue(row.value, point, setting)
    const sent = await send(rooms, tx, ctx, facts, { name: row.point_name, value: row.value, setting })
    wake = sent.wake
    const approvedBy = { id: ctx.actor.id, name: ctx.actor.name ?? ctx.actor.id }
    await moveCommand(tx, ctx, row, { action: 'approve', note, approvedBy, gatewayCommandId: sent.id })
    return commandView(tx, ctx, id)
  })
  wake?.()
  return approved
}

export const declineCommand = ({ db }: Rooms, ctx: Context, id: WriteId, { version, note }: Decision): Promise<Command> =>
  db.inTenant(ctx, async (tx) => {
    await moveCommand(tx, ctx, await lockCommand(tx, ctx, id, version), { action: 'decline', note })
    return commandView(tx, ctx, id)
  })

export const withdrawCommand = (rooms: Rooms, ctx: Context, id: WriteId, { version }: Pick<Decision, 'version'>): Promise<Command> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const row = await lockCommand(tx, ctx, id, version)
    const isConcerned = row.requested_by === ctx.actor.id || ctx.scopes.permissions.has('commands.approve')
    if (!isConcerned || !(await callBack(rooms, tx, ctx, row))) throw commandErrors.notAllowedNow({ id, state: row.state })
    return commandView(tx, ctx, id)
  })

/** Whether it was still to be had; of what a gateway has taken, its answer decides. */
export async function callBack(rooms: Rooms, tx: CommandsTx, ctx: Context, row: CommandRow, note?: string): Promise<boolean> {
  if (!nextState(row.state, 'withdraw')) return false
  const isFree = row.gateway_command_id === null || (await rooms.gateways.withdrawWrite(opaque(tx), row.gateway_command_id))
  if (isFree) await moveCommand(tx, ctx, row, { action: 'withdraw', ...(note === undefined ? {} : { note }) })
  return isFree
}
