import { z } from 'zod'
import { DeviceId, MeasuringPoint, MeasuringPointId } from '#modules/shopfloor/devices/contract.ts'
import { endpoint } from '#values/endpoint.ts'
import { event } from '#values/event.ts'
import { idOf, OrgId } from '#values/ids.ts'
import { Instant } from '#values/instant.ts'
import { listQuery, pageOf } from '#values/list.ts'
import { permissions } from '#values/permission.ts'
import { AlarmAction, AlarmState } from './alarm-states.ts'
import { alarmLimits, Condition, PointName, Suppression } from './condition.ts'
import { alarmsErrors } from './errors.ts'

export const AlarmId = idOf('Alarm')
export type AlarmId = z.infer<typeof AlarmId>
export const AlarmRuleId = idOf('AlarmRule')
export type AlarmRuleId = z.infer<typeof AlarmRuleId>
export const AlarmEventId = idOf('AlarmEvent')
export type AlarmEventId = z.infer<typeof AlarmEventId>
export const AlarmFloodId = idOf('AlarmFlood')
export type AlarmFloodId = z.infer<typeof AlarmFloodId>

export const alarmsPermissions = permissions('alarms', {
  read: ['owner', 'systemAdmin', 'engineer', 'staff'],
  acknowledge: ['owner', 'engineer', 'staff'],
  setAside: ['owner', 'engineer'],
  manage: ['owner', 'engineer'],
})

/** ISA-18.2 §9.4: few priorities, the highest for few alarms. */
export const Priority = z.enum(['critical', 'high', 'medium', 'low'])
export type Priority = z.infer<typeof Priority>

const none = z.object({})
const Name = z.string().trim().min(1).max(80)
const Text = z.string().trim().max(500)
const Delay = z.int().min(0).max(alarmLimits.delayS)

export const RuleInput = z.object({
  name: Name,
  nameEn: z.string().trim().max(80).nullable(),
  /** One of both. */
  deviceId: DeviceId.nullable(),
  modelCode: z.string().trim().max(60).nullable(),
  pointName: PointName,
  condition: Condition,
  onDelayS: Delay,
  offDelayS: Delay,
  badQuality: z.enum(['ignore', 'raise']),
  suppression: Suppression.nullable(),
  priority: Priority,
  /** Stands until somebody resets it, also when its cause is gone. */
  latched: z.boolean(),
  cause: Text,
  consequence: Text,
  /** What the operator does. */
  response: Text,
  responseMinutes: z.int().min(1).max(1440).nullable(),
  notify: z.boolean(),
  /** Not acknowledged so long after it was raised: those who manage alarms are told. */
  escalateMinutes: z.int().min(1).max(1440).nullable(),
})
export type RuleInput = z.infer<typeof RuleInput>

const PointFacts = z.object({
  label: z.string(),
  labelEn: z.string().nullable(),
  unit: z.string().nullable(),
  valueType: MeasuringPoint.shape.valueType,
  states: MeasuringPoint.shape.states,
})
export type PointFacts = z.infer<typeof PointFacts>

export const AlarmRule = RuleInput.extend({
  id: AlarmRuleId,
  /** Of the device, or of the thing model. */
  ofName: z.string(),
  ofNameEn: z.string().nullable(),
  point: PointFacts.nullable(),
  /** Devices that it watches now. */
  devices: z.int(),
  version: z.int(),
})
export type AlarmRule = z.infer<typeof AlarmRule>

export const Alarm = z.object({
  id: AlarmId,
  ruleId: AlarmRuleId,
  name: z.string(),
  nameEn: z.string().nullable(),
  deviceId: DeviceId,
  deviceName: z.string(),
  deviceNameEn: z.string().nullable(),
  pointName: PointName,
  condition: Condition,
  priority: Priority,
  state: AlarmState,
  may: z.array(AlarmAction),
  raisedAt: Instant.nullable(),
  since: Instant,
  value: z.number().nullable(),
  point: PointFacts.nullable(),
  /** The first of its device: what came after it is likely its consequence. */
  firstOut: z.boolean(),
  shelvedUntil: Instant.nullable(),
  reason: z.string(),
  response: z.string(),
  version: z.int(),
})
export type Alarm = z.infer<typeof Alarm>

/** More than ten alarms announced in ten minutes, until fewer than five are (EEMUA 191); of one site. */
export const AlarmFlood = z.object({
  id: AlarmFloodId,
  begunAt: Instant,
  /** Unless more is announced before; in the past: it is over. */
  endsAt: Instant,
  raised: z.int(),
  standing: z.int(),
  unacknowledged: z.int(),
  /** The first alarm of it: what came after is likely its consequence. */
  first: Alarm.pick({ id: true, name: true, nameEn: true, deviceId: true, deviceName: true, deviceNameEn: true, priority: true }),
  /** Of how many devices alarms stand, and those with the most. */
  deviceCount: z.int(),
  devices: z.array(z.object({ name: z.string(), nameEn: z.string().nullable(), standing: z.int() })),
})
export type AlarmFlood = z.infer<typeof AlarmFlood>

export const AlarmDetail = Alarm.extend({
  active: z.boolean(),
  rule: RuleInput.extend({ version: z.int(), retired: z.boolean() }),
  measuringPointId: MeasuringPointId.nullable(),
})
export type AlarmDetail = z.infer<typeof AlarmDetail>

export const EventKind = z.enum([
  'raised',
  'returned',
  'acknowledged',
  'reset',
  'shelved',
  'unshelved',
  'suppressed',
  'unsuppressed',
  'removedFromService',
  'returnedToService',
  'withdrawn',
  'escalated',
])
export type EventKind = z.infer<typeof EventKind>

export const AlarmEvent = z.object({
  id: AlarmEventId,
  alarmId: AlarmId,
  name: z.string(),
  nameEn: z.string().nullable(),
  deviceId: DeviceId,
  deviceName: z.string(),
  deviceNameEn: z.string().nullable(),
  priority: Priority,
  kind: EventKind,
  at: Instant,
  recordedAt: Instant,
  late: z.boolean(),
  fromState: AlarmState,
  toState: AlarmState,
  value: z.number().nullable(),
  point: PointFacts.nullable(),
  firstOut: z.boolean(),
  actor: z.string().nullable(),
  comment: z.string(),
  until: Instant.nullable(),
})
export type AlarmEvent = z.infer<typeof AlarmEvent>

/** `standing`: somebody must know or do something; `quiet`: shelved, suppressed, out of service. */
export const AlarmView = z.enum(['standing', 'quiet', 'all'])
export type AlarmView = z.infer<typeof AlarmView>

const Counts = z.object({ critical: z.int(), high: z.int(), medium: z.int(), low: z.int() })
const period = { from: Instant, until: Instant }
const eventFilter = {
  alarmId: AlarmId.optional(),
  deviceId: DeviceId.optional(),
  kind: EventKind.optional(),
  priority: Priority.optional(),
}

/** KPIs after ISA-18.2 §16 and EEMUA 191; counted are raises that somebody was told of. */
export const Kpis = z.object({
  raised: z.int(),
  /** People who may acknowledge, at least one: what is “per operator” is divided by them. */
  operators: z.int(),
  per10Min: z.number().nullable(),
  perOperatorPer10Min: z.number().nullable(),
  peakPer10Min: z.int(),
  peakAt: Instant.nullable(),
  /** Floods that lie in the period at least in part; `share` of its time in any of them, 0 to 1. */
  floods: z.object({ count: z.int(), share: z.number().nullable(), longestS: z.number() }),
  /** Standing longer than 24 hours at the end of the period. */
  stale: z.int(),
  byPriority: Counts,
  /** Of the raises in the period, from raise to acknowledgement, in seconds. */
  medianAcknowledgeS: z.number().nullable(),
  acknowledged: z.int(),
  top: z.array(
    z.object({
      alarmId: AlarmId,
      name: z.string(),
      nameEn: z.string().nullable(),
      deviceId: DeviceId,
      deviceName: z.string(),
      deviceNameEn: z.string().nullable(),
      priority: Priority,
      raised: z.int(),
      share: z.number(),
      /** Minutes with three raises or more. */
      chatteringMinutes: z.int(),
    }),
  ),
  /** Alarms with at least one such minute. */
  chattering: z.int(),
  /** Raises of each ten-minute slot that has any, at most 1,008 of the newest. */
  slots: z.array(z.object({ at: Instant, raised: z.int() })),
})
export type Kpis = z.infer<typeof Kpis>

const listErrors = [] as const
const query = {
  view: AlarmView.default('standing'),
  priority: Priority.optional(),
  state: AlarmState.optional(),
  deviceId: DeviceId.optional(),
  floodId: AlarmFloodId.optional(),
  /** Leaves out what is folded into a flood that `floods` names; critical ones never. */
  folded: z.stringbool().optional(),
}

const expressionErrors = [
  alarmsErrors.expressionSyntax,
  alarmsErrors.expressionUnsupported,
  alarmsErrors.expressionMismatch,
  alarmsErrors.expressionNotTrueFalse,
  alarmsErrors.expressionPoint,
  alarmsErrors.expressionWithoutPoint,
] as const

export const alarmsApi = {
  list: endpoint({
    method: 'GET',
    path: '/alarms',
    summary: 'Alarms: standing ones by priority, those set aside, or all of them.',
    permission: 'alarms.read',
    params: none,
    query: listQuery(['priority', 'raisedAt', 'since']).extend(query),
    body: z.undefined(),
    response: pageOf(Alarm),
    errors: listErrors,
  }),
  summary: endpoint({
    method: 'GET',
    path: '/alarms/summary',
    summary: 'How many alarms stand, by priority, and how many nobody has acknowledged.',
    permission: 'alarms.read',
    params: none,
    query: none,
    body: z.undefined(),
    response: z.object({ standing: Counts, unacknowledged: z.int(), quiet: z.int(), lastTenMinutes: z.int() }),
    errors: [],
  }),
  floods: endpoint({
    method: 'GET',
    path: '/alarms/floods',
    summary: 'Floods that run, or are over and still leave five alarms standing or more: each with its first-out. The newest 20.',
    permission: 'alarms.read',
    params: none,
    query: none,
    body: z.undefined(),
    response: z.object({ items: z.array(AlarmFlood) }),
    errors: [],
  }),
  get: endpoint({
    method: 'GET',
    path: '/alarms/alarm/:id',
    summary: 'One alarm with its rule.',
    permission: 'alarms.read',
    params: z.object({ id: AlarmId }),
    query: none,
    body: z.undefined(),
    response: AlarmDetail,
    errors: [alarmsErrors.notFound],
  }),
  act: endpoint({
    method: 'POST',
    path: '/alarms/act',
    summary: 'Acknowledges or resets alarms. Each as its version says it was seen: what has changed since is skipped and said.',
    permission: 'alarms.acknowledge',
    params: none,
    query: none,
    body: z.object({
      action: AlarmAction.extract(['acknowledge', 'reset']),
      alarms: z
        .array(z.object({ id: AlarmId, version: z.int() }))
        .min(1)
        .max(500),
      comment: Text,
    }),
    response: z.object({ done: z.int(), skipped: z.array(z.object({ id: AlarmId, reason: z.enum(['changed', 'notNow', 'missing']) })) }),
    errors: [],
  }),
  setAside: endpoint({
    method: 'POST',
    path: '/alarms/set-aside',
    summary: 'Shelves alarms for a time, takes them out of service, or ends that. Shelving and taking out of service need a reason.',
    permission: 'alarms.setAside',
    params: none,
    query: none,
    body: z.object({
      action: AlarmAction.extract(['shelve', 'unshelve', 'removeFromService', 'returnToService']),
      alarms: z
        .array(z.object({ id: AlarmId, version: z.int() }))
        .min(1)
        .max(500),
      reason: Text.min(1),
      minutes: z.int().min(1).max(alarmLimits.shelveMinutes).optional().describe('For `shelve`; 60 where nothing is said.'),
    }),
    response: z.object({ done: z.int(), skipped: z.array(z.object({ id: AlarmId, reason: z.enum(['changed', 'notNow', 'missing']) })) }),
    errors: [],
  }),
  live: endpoint({
    method: 'GET',
    path: '/alarms/live',
    summary: 'Says that alarms have changed; what they are now is asked for.',
    permission: 'alarms.read',
    params: none,
    query: none,
    body: z.undefined(),
    response: z.object({ type: z.literal('changed'), at: Instant }),
    answer: 'sse',
    errors: [alarmsErrors.tooManyStreams],
  }),
  events: endpoint({
    method: 'GET',
    path: '/alarms/events',
    summary: 'What happened to alarms in a period.',
    permission: 'alarms.read',
    params: none,
    query: listQuery(['at']).extend({ ...eventFilter, from: Instant.optional(), until: Instant.optional() }),
    body: z.undefined(),
    response: pageOf(AlarmEvent),
    errors: [],
  }),
  exportEvents: endpoint({
    method: 'GET',
    path: '/alarms/events/export',
    summary: 'The same as a workbook, the newest 50,000.',
    permission: 'alarms.read',
    params: none,
    query: z.object({ ...eventFilter, from: Instant.optional(), until: Instant.optional() }),
    body: z.undefined(),
    response: z.undefined(),
    answer: 'xlsx',
    errors: [],
  }),
  kpis: endpoint({
    method: 'GET',
    path: '/alarms/kpis',
    summary: 'Key figures of alarming after ISA-18.2 and EEMUA 191, of at most 92 days.',
    permission: 'alarms.read',
    params: none,
    query: z.object(period),
    body: z.undefined(),
    response: Kpis,
    errors: [alarmsErrors.periodTooLong],
  }),
  rules: endpoint({
    method: 'GET',
    path: '/alarms/rules',
    summary: 'Alarm rules in use.',
    permission: 'alarms.read',
    params: none,
    query: listQuery(['name', 'priority']).extend({ deviceId: DeviceId.optional(), priority: Priority.optional() }),
    body: z.undefined(),
    response: pageOf(AlarmRule),
    errors: [],
  }),
  exportRules: endpoint({
    method: 'GET',
    path: '/alarms/rules/export',
    summary: 'All rules as a workbook: the master alarm database.',
    permission: 'alarms.read',
    params: none,
    query: none,
    body: z.undefined(),
    response: z.undefined(),
    answer: 'xlsx',
    errors: [],
  }),
  createRule: endpoint({
    method: 'POST',
    path: '/alarms/rules',
    summary: 'Makes a rule for a device, or for all devices of a thing model.',
    permission: 'alarms.manage',
    params: none,
    query: none,
    body: RuleInput,
    response: AlarmRule,
    status: 201,
    errors: [
      alarmsErrors.deviceOrModel,
      alarmsErrors.deviceNotFound,
      alarmsErrors.modelNotFound,
      alarmsErrors.allSitesNeeded,
      alarmsErrors.pointNotFound,
      alarmsErrors.notNumeric,
      ...expressionErrors,
      alarmsErrors.tooManyRules,
    ],
  }),
  changeRule: endpoint({
    method: 'PUT',
    path: '/alarms/rules/:id',
    summary: 'Changes a rule; what it watches stays. The next value is judged by it.',
    permission: 'alarms.manage',
    params: z.object({ id: AlarmRuleId }),
    query: none,
    body: RuleInput.omit({ deviceId: true, modelCode: true }).extend({ version: z.int() }),
    response: AlarmRule,
    errors: [
      alarmsErrors.ruleNotFound,
      alarmsErrors.allSitesNeeded,
      alarmsErrors.changedMeanwhile,
      alarmsErrors.pointNotFound,
      alarmsErrors.notNumeric,
      ...expressionErrors,
    ],
  }),
  retireRule: endpoint({
    method: 'POST',
    path: '/alarms/rules/:id/retire',
    summary: 'Ends a rule: its alarms are withdrawn, their history stays.',
    permission: 'alarms.manage',
    params: z.object({ id: AlarmRuleId }),
    query: none,
    body: z.object({ version: z.int() }),
    response: z.object({ withdrawn: z.int() }),
    errors: [alarmsErrors.ruleNotFound, alarmsErrors.allSitesNeeded, alarmsErrors.changedMeanwhile],
  }),
}

/** `floodId`: it is one of a flood, of which people get one message; old events have none. */
const News = z.object({
  orgId: OrgId,
  alarmId: AlarmId,
  deviceId: DeviceId,
  priority: Priority,
  name: z.string(),
  device: z.string(),
  floodId: AlarmFloodId.nullable().default(null),
})
const FloodNews = z.object({ orgId: OrgId, floodId: AlarmFloodId, raised: z.int(), name: z.string(), device: z.string() })
export const alarmsEvents = {
  /** Of rules that tell people. */
  raised: event('alarms.raised', 1, News),
  escalated: event('alarms.escalated', 1, News.extend({ minutes: z.int() })),
  /** A flood whose alarms would have been told one by one; `name` and `device` of its first-out. */
  flooded: event('alarms.flooded', 1, FloodNews),
  /** The first of its alarms that nobody has acknowledged in time. */
  floodEscalated: event('alarms.floodEscalated', 1, FloodNews.extend({ minutes: z.int() })),
  /** Whoever evaluates reads the rules again. */
  rulesChanged: event('alarms.rulesChanged', 1, z.object({ orgId: OrgId })),
}
