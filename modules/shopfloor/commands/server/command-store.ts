import { type Selectable, sql } from 'kysely'
import { type Context, inScope } from '#kernel/context.ts'
import { publish } from '#kernel/outbox.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { CommandId } from '#modules/shopfloor/gateways/contract.ts'
import type { PlantNodeId } from '#modules/shopfloor/plant/contract.ts'
import { type Command, type CommandAction, type CommandState, type CommandSummary, commandsEvents, type WriteId } from '../contract.ts'
import { commandErrors } from '../errors.ts'
import { dueAt, isOpen, nextState } from './command-rules.ts'
import type { CommandsTx, CommandTable } from './tables.ts'

export type CommandRow = Selectable<CommandTable>

export const commandsOf = (tx: CommandsTx, ctx: Context) => {
  const all = tx.sql.selectFrom('commands.command as c').selectAll('c').where('c.org_id', '=', tx.orgId)
  return ctx.scopes.sites === 'all' ? all : all.where('c.site_id', 'in', [...ctx.scopes.sites] as PlantNodeId[])
}

/** Errors: commands.notFound, commands.changedMeanwhile where a version is given. */
export async function lockCommand(tx: CommandsTx, ctx: Context, id: WriteId, version?: number): Promise<CommandRow> {
  const row = await tx.sql
    .selectFrom('commands.command')
    .selectAll()
    .where('org_id', '=', tx.orgId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (!row || !inScope(ctx, row.site_id)) throw commandErrors.notFound({ id })
  if (version !== undefined && row.version !== version) throw commandErrors.changedMeanwhile({ id, version: row.version })
  return row
}

export const lockByGatewayCommand = (tx: CommandsTx, id: CommandId): Promise<CommandRow | undefined> =>
  tx.sql
    .selectFrom('commands.command')
    .selectAll()
    .where('org_id', '=', tx.orgId)
    .where('gateway_command_id', '=', id)
    .forUpdate()
    .executeTakeFirst()

/** What still waits, of a plant or of a point. */
export const lockWaiting = (tx: CommandsTx, of: { siteId: PlantNodeId } | { deviceId: DeviceId; point: string }): Promise<CommandRow[]> => {
  const waiting = tx.sql
    .selectFrom('commands.command')
    .selectAll()
    .where('org_id', '=', tx.orgId)
    .where('state', 'in', ['awaitingApproval', 'queued'])
  const found =
    'siteId' in of
      ? waiting.where('site_id', '=', of.siteId)
      : waiting.where('device_id', '=', of.deviceId).where('point_name', '=', of.point)
  return found.orderBy('id').forUpdate().execute()
}

interface Change {
  action: CommandAction
  note?: string
  approvedBy?: { id: string; name: string }
  gatewayCommandId?: CommandId
  result?: { valueBefore: unknown; readBack?: unknown; differs?: boolean; outcome: string | null; details?: Record<string, string> }
}

/** By the table of its life; whoever hears of a command's end is told. Errors: commands.notAllowedNow. */
export async function moveCommand(tx: CommandsTx, ctx: Context, row: CommandRow, change: Change): Promise<void> {
  const state = nextState(row.state, change.action)
  if (!state) throw commandErrors.notAllowedNow({ id: row.id, state: row.state })
  const { result } = change
  await tx.sql
    .updateTable('commands.command')
    .set((eb) => ({
      state,
      due_at: dueAt(state, row.setting, ctx.now.getTime()) ?? null,
      ended_at: isOpen(state) ? null : ctx.now,
      version: eb('version', '+', 1),
      ...(change.approvedBy ? { approved_by: change.approvedBy.id, approved_by_name: change.approvedBy.name } : {}),
      ...(change.gatewayCommandId ? { gateway_command_id: change.gatewayCommandId } : {}),
      ...(result
        ? {
            value_before: JSON.stringify(result.valueBefore ?? null),
            read_back: JSON.stringify(result.readBack ?? null),
            differs: result.differs ?? false,
            outcome: result.outcome,
            outcome_details: JSON.stringify(result.details ?? {}),
          }
        : {}),
    }))
    .where('org_id', '=', tx.orgId)
    .where('id', '=', row.id)
    .execute()
  await addStep(tx, ctx, row.id, change.action, change.note)
  if (!isOpen(state)) await publish(tx, ctx, commandsEvents.ended, row.id, { ...newsOf(row), state })
}

export const addStep = (tx: CommandsTx, ctx: Context, id: WriteId, action: CommandAction, note = '') =>
  tx.sql
    .insertInto('commands.step')
    .values({ org_id: tx.orgId, command_id: id, action, at: ctx.now, by_name: personOf(ctx), note })
    .execute()

/** Null: the platform or a gateway. */
const personOf = ({ actor }: Context): string | null => (actor.kind === 'user' || actor.kind === 'client' ? (actor.name ?? actor.id) : null)

export const newsOf = (row: Pick<CommandRow, 'org_id' | 'id' | 'number' | 'device_name' | 'point_words'>) => ({
  orgId: row.org_id,
  commandId: row.id,
  number: row.number,
  device: row.device_name,
  point: row.point_words.label,
})

export const summaryOf =
  (ctx: Context) =>
  (row: CommandRow): CommandSummary => {
    const isOwn = row.requested_by === ctx.actor.id
    const mayApprove = ctx.scopes.permissions.has('commands.approve')
    return {
      id: row.id,
      number: row.number,
      state: row.state,
      deviceId: row.device_id,
      deviceCode: row.device_code,
      deviceName: row.device_name,
      deviceNameEn: row.device_name_en,
      pointName: row.point_name,
      ...row.point_words,
      value: row.value,
      valueBefore: row.value_before,
      readBack: row.read_back,
      differs: row.differs,
      purpose: row.purpose,
      outcome: row.outcome,
      outcomeDetails: row.outcome_details,
      approval: row.setting.approval,
      requestedBy: row.requested_by_name,
      requestedAt: row.requested_at.toISOString(),
      approvedBy: row.approved_by_name,
      dueAt: row.due_at?.toISOString() ?? null,
      endedAt: row.ended_at?.toISOString() ?? null,
      may: {
        approve: row.state === 'awaitingApproval' && mayApprove && !isOwn && ctx.actor.kind === 'user',
        withdraw: mayWithdraw(row.state, isOwn || mayApprove),
      },
      version: row.version,
    }
  }

const mayWithdraw = (state: CommandState, isConcerned: boolean) => isConcerned && nextState(state, 'withdraw') !== undefined

export async function commandView(tx: CommandsTx, ctx: Context, id: WriteId): Promise<Command> {
  const row = await commandsOf(tx, ctx).where('c.id', '=', id).executeTakeFirst()
  if (!row) throw commandErrors.notFound({ id })
  const steps = await tx.sql
    .selectFrom('commands.step')
    .selectAll()
    .where('org_id', '=', tx.orgId)
    .where('command_id', '=', id)
    .orderBy('at')
    .orderBy('id')
    .execute()
  return {
    ...summaryOf(ctx)(row),
    setting: row.setting,
    interlockPoints: row.interlock_points,
    steps: steps.map(({ action, at, by_name, note }) => ({ action, at: at.toISOString(), by: by_name, note })),
  }
}

/** By the site's switch; no row is off. */
export const isSiteOn = async (tx: CommandsTx, siteId: PlantNodeId): Promise<boolean> =>
  (
    await tx.sql
      .selectFrom('commands.site_switch')
      .select(sql<boolean>`on_since is not null`.as('on'))
      .where('org_id', '=', tx.orgId)
      .where('site_id', '=', siteId)
      .executeTakeFirst()
  )?.on ?? false
