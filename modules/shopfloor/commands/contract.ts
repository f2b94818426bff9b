import { z } from 'zod'
import { DeviceId, MeasuringPoint } from '#modules/shopfloor/devices/contract.ts'
import { Comparison, RawValue, ReasonDetails, WrittenValue, wireLimits } from '#modules/shopfloor/gateways/contract.ts'
import { PlantNodeId } from '#modules/shopfloor/plant/contract.ts'
import { endpoint } from '#values/endpoint.ts'
import { event } from '#values/event.ts'
import { idOf, OrgId } from '#values/ids.ts'
import { Instant } from '#values/instant.ts'
import { listQuery, pageOf } from '#values/list.ts'
import { permissions } from '#values/permission.ts'
import { commandErrors } from './errors.ts'

export const WriteId = idOf('Command')
export type WriteId = z.infer<typeof WriteId>

export const commandsPermissions = permissions('commands', {
  read: ['owner', 'systemAdmin', 'engineer', 'staff'],
  /** Ordinary points: a set point that the machine's own limits keep harmless. */
  write: ['owner', 'engineer', 'staff'],
  /** Points that were declared critical. */
  writeCritical: ['owner', 'engineer'],
  /** As the second person. */
  approve: ['owner', 'engineer'],
  /** Which points may be written, and within what. */
  manage: ['owner', 'engineer'],
  /** A plant's switch. */
  switchSites: ['owner', 'systemAdmin'],
})

export const commandLimits = {
  /** Whoever approves looks at a machine as it stands: what nobody approved within this time is void. */
  approvalMs: 3_600_000,
  /** After its time-out the gateway has so long to tell what came of a write; then it is unknown. */
  graceMs: 30_000,
  allowedValues: 50,
  shortestTimeoutS: 3,
  longestTimeoutS: wireLimits.longestWriteMs / 1_000,
} as const

export const CommandState = z.enum(['awaitingApproval', 'queued', 'sent', 'done', 'refused', 'unknown', 'declined', 'expired', 'withdrawn'])
export type CommandState = z.infer<typeof CommandState>

const { name: PointName, valueType: PointValueType, states: States } = MeasuringPoint.shape
/** `call`: no value is written, a method of the device is called. */
export const ValueType = z.enum([...PointValueType.options, 'call'])
export type ValueType = z.infer<typeof ValueType>

/** An argument of a method, as the thing model has it. */
export const CallParameter = z.object({
  name: PointName,
  label: z.string(),
  labelEn: z.string().nullable(),
  valueType: PointValueType,
  unit: z.string().nullable(),
  min: z.number().nullable(),
  max: z.number().nullable(),
})
export type CallParameter = z.infer<typeof CallParameter>

/** The value of a point, or the arguments of a method by name. */
export const CommandValue = z.union([WrittenValue, z.record(PointName, WrittenValue)])
export type CommandValue = z.infer<typeof CommandValue>

/** What must hold of a point of the same device; the gateway reads it right before it writes. */
export const Condition = z.object({ point: PointName, is: Comparison, than: WrittenValue })
export type Condition = z.infer<typeof Condition>

const Limits = z.object({
  /** In the point's unit; of numbers alone. */
  min: z.number().nullable(),
  max: z.number().nullable(),
  /** Counted from `min`, or from zero. */
  step: z.number().positive().nullable(),
  /** Nothing but these. */
  allowed: z.array(WrittenValue).min(1).max(commandLimits.allowedValues).nullable(),
})

export const PointSetting = Limits.extend({
  /** Who may ask for it. */
  permission: z.enum(['commands.write', 'commands.writeCritical']),
  /** Of a method: within what each argument must lie, by name; its own limits are null then. */
  arguments: z.record(PointName, Limits).optional(),
  /** A second person must agree. */
  approval: z.boolean(),
  /** All must hold. */
  interlocks: z.array(Condition).max(wireLimits.interlocks),
  /** A write that has not begun by then is not made. */
  timeoutS: z.int().min(commandLimits.shortestTimeoutS).max(commandLimits.longestTimeoutS),
})
export type PointSetting = z.infer<typeof PointSetting>

/** Why a point cannot be written now, as the failure that a request would get. */
export const Obstacle = z.enum([
  'noSite',
  'siteOff',
  'notWritable',
  'noGateway',
  'protocolCannotWrite',
  'linkDisabled',
  'notInPointTable',
  'readOnlyRow',
  'interlockUnreadable',
  'noPermission',
  'gatewayOffline',
  'alreadyOpen',
])
export type Obstacle = z.infer<typeof Obstacle>

const pointWords = {
  label: z.string(),
  labelEn: z.string().nullable(),
  unit: z.string().nullable(),
  valueType: ValueType,
  decimals: z.int().nullable(),
  states: States,
  /** Of a method its arguments in order; null for a point. */
  parameters: z.array(CallParameter).nullable().default(null),
}

export const CommandPoint = z.object({
  name: PointName,
  ...pointWords,
  /** Null: it may not be written. */
  setting: PointSetting.extend({ version: z.int() }).nullable(),
  /** Why point table or protocol cannot write it, whatever is set here. */
  unreachable: Obstacle.nullable(),
  obstacle: Obstacle.nullable(),
  openCommandId: WriteId.nullable(),
})
export type CommandPoint = z.infer<typeof CommandPoint>

export const DeviceCommandPoints = z.object({
  /** Null: it stands in no plant. */
  site: z.object({ id: PlantNodeId, name: z.string(), on: z.boolean() }).nullable(),
  points: z.array(CommandPoint),
})
export type DeviceCommandPoints = z.infer<typeof DeviceCommandPoints>

export const CommandSummary = z.object({
  id: WriteId,
  number: z.string(),
  state: CommandState,
  deviceId: DeviceId,
  deviceCode: z.string(),
  deviceName: z.string(),
  deviceNameEn: z.string().nullable(),
  pointName: PointName,
  ...pointWords,
  value: CommandValue,
  /** As the gateway read it right before; null before that. */
  valueBefore: RawValue,
  /** Of a method what it gave back. */
  readBack: RawValue,
  /** The machine shows another value than was written. */
  differs: z.boolean(),
  purpose: z.string(),
  /** A code with words: why it was refused or is unknown, or in what way it is done. */
  outcome: z.string().nullable(),
  outcomeDetails: ReasonDetails,
  approval: z.boolean(),
  requestedBy: z.string(),
  requestedAt: Instant,
  approvedBy: z.string().nullable(),
  /** Until when somebody must approve it, the gateway begin, or the outcome be told; null at its end. */
  dueAt: Instant.nullable(),
  endedAt: Instant.nullable(),
  /** What the reader may do with it now. */
  may: z.object({ approve: z.boolean(), withdraw: z.boolean() }),
  version: z.int(),
})
export type CommandSummary = z.infer<typeof CommandSummary>

export const CommandAction = z.enum(['request', 'approve', 'decline', 'withdraw', 'expire', 'take', 'confirm', 'refuse', 'lose'])
export type CommandAction = z.infer<typeof CommandAction>

export const Command = CommandSummary.extend({
  /** As they were when it was asked for. */
  setting: PointSetting,
  /** How each point of an interlock was called. */
  interlockPoints: z.record(z.string(), z.object(pointWords)),
  steps: z.array(z.object({ action: CommandAction, at: Instant, by: z.string().nullable(), note: z.string() })),
})
export type Command = z.infer<typeof Command>

export const SiteSwitch = z.object({
  siteId: PlantNodeId,
  name: z.string(),
  nameEn: z.string(),
  on: z.boolean(),
  changedAt: Instant.nullable(),
  changedBy: z.string().nullable(),
  reason: z.string(),
  version: z.int(),
})
export type SiteSwitch = z.infer<typeof SiteSwitch>

const none = z.object({})
const byCommand = z.object({ id: WriteId })
const byPoint = z.object({ deviceId: DeviceId, name: PointName })
const Note = z.string().trim().max(500)
const decided = [commandErrors.notFound, commandErrors.changedMeanwhile, commandErrors.notAllowedNow] as const
/** What a request, and an approval again, may fail by. */
const mayBeSent = [
  commandErrors.noSite,
  commandErrors.siteOff,
  commandErrors.notWritable,
  commandErrors.noGateway,
  commandErrors.protocolCannotWrite,
  commandErrors.linkDisabled,
  commandErrors.notInPointTable,
  commandErrors.readOnlyRow,
  commandErrors.interlockUnreadable,
  commandErrors.gatewayOffline,
  commandErrors.wrongType,
  commandErrors.outOfLimits,
  commandErrors.betweenSteps,
  commandErrors.notAmongAllowed,
] as const

export const commandsApi = {
  list: endpoint({
    method: 'GET',
    path: '/commands',
    summary: 'Commands with what came of them.',
    permission: 'commands.read',
    params: none,
    query: listQuery(['requestedAt', 'number']).extend({
      group: z.enum(['open', 'waiting', 'unknown', 'all']).default('all'),
      deviceId: DeviceId.optional(),
    }),
    body: z.undefined(),
    response: pageOf(CommandSummary),
    errors: [],
  }),
  get: endpoint({
    method: 'GET',
    path: '/commands/:id',
    summary: 'One command with its limits and all that happened.',
    permission: 'commands.read',
    params: byCommand,
    query: none,
    body: z.undefined(),
    response: Command,
    errors: [commandErrors.notFound],
  }),
  request: endpoint({
    method: 'POST',
    path: '/commands',
    summary:
      'Asks for one value to be written, or one method to be called with its arguments by name: at once, or when a second person has approved it. With an Idempotency-Key it is asked for once.',
    permission: 'commands.read',
    params: none,
    query: none,
    body: z.object({ deviceId: DeviceId, point: PointName, value: CommandValue, purpose: z.string().trim().min(2).max(200) }),
    response: Command,
    status: 201,
    errors: [
      commandErrors.deviceNotFound,
      commandErrors.pointNotFound,
      commandErrors.noPermission,
      commandErrors.alreadyOpen,
      ...mayBeSent,
    ],
  }),
  approve: endpoint({
    method: 'POST',
    path: '/commands/:id/approve',
    summary: 'The second person agrees: everything is checked again and the command goes to the gateway.',
    permission: 'commands.approve',
    params: byCommand,
    query: none,
    body: z.object({ version: z.int(), note: Note }),
    response: Command,
    errors: [...decided, commandErrors.ownRequest, ...mayBeSent],
  }),
  decline: endpoint({
    method: 'POST',
    path: '/commands/:id/decline',
    summary: 'The second person says no.',
    permission: 'commands.approve',
    params: byCommand,
    query: none,
    body: z.object({ version: z.int(), note: Note.min(2) }),
    response: Command,
    errors: decided,
  }),
  withdraw: endpoint({
    method: 'POST',
    path: '/commands/:id/withdraw',
    summary: 'Calls a command back before the gateway has taken it: one’s own, or as somebody who may approve.',
    permission: 'commands.read',
    params: byCommand,
    query: none,
    body: z.object({ version: z.int() }),
    response: Command,
    errors: decided,
  }),
  points: endpoint({
    method: 'GET',
    path: '/commands/devices/:deviceId/points',
    summary: 'The device’s points: which may be written, within what, and what stands in the way now.',
    permission: 'commands.read',
    params: z.object({ deviceId: DeviceId }),
    query: none,
    body: z.undefined(),
    response: DeviceCommandPoints,
    errors: [commandErrors.deviceNotFound],
  }),
  allow: endpoint({
    method: 'PUT',
    path: '/commands/devices/:deviceId/points/:name',
    summary: 'Lets a point be written, by whom and within what. `version` 0: it was not allowed before.',
    permission: 'commands.manage',
    params: byPoint,
    query: none,
    body: PointSetting.extend({ version: z.int() }),
    response: z.object({ version: z.int() }),
    errors: [commandErrors.deviceNotFound, commandErrors.pointNotFound, commandErrors.limitsWrong, commandErrors.changedMeanwhile],
  }),
  forbid: endpoint({
    method: 'DELETE',
    path: '/commands/devices/:deviceId/points/:name',
    summary: 'The point may not be written any more; what still waits for it is withdrawn.',
    permission: 'commands.manage',
    params: byPoint,
    query: none,
    body: z.undefined(),
    response: z.object({ done: z.literal(true) }),
    errors: [commandErrors.deviceNotFound],
  }),
  sites: endpoint({
    method: 'GET',
    path: '/commands/sites',
    summary: 'The plants and whether commands are switched on there; off is the default.',
    permission: 'commands.read',
    params: none,
    query: none,
    body: z.undefined(),
    response: z.object({ sites: z.array(SiteSwitch) }),
    errors: [],
  }),
  switchSite: endpoint({
    method: 'PUT',
    path: '/commands/sites/:siteId',
    summary: 'Switches commands on or off for a plant; switching off withdraws what still waits there.',
    permission: 'commands.switchSites',
    params: z.object({ siteId: PlantNodeId }),
    query: none,
    body: z.object({ on: z.boolean(), reason: z.string().trim().min(2).max(200), version: z.int() }),
    response: SiteSwitch,
    errors: [commandErrors.siteNotFound, commandErrors.changedMeanwhile],
  }),
}

const News = z.object({ orgId: OrgId, commandId: WriteId, number: z.string(), device: z.string(), point: z.string() })

export const commandsEvents = {
  /** A second person must look at it. */
  awaiting: event('commands.awaiting', 1, News),
  /** It has come to an end, or its outcome is unknown. */
  ended: event('commands.ended', 1, News.extend({ state: CommandState })),
}
