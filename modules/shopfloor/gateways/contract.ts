import { z } from 'zod'
import { DeviceCode, DeviceId, MeasuringPoint } from '#modules/shopfloor/devices/contract.ts'
import { endpoint } from '#values/endpoint.ts'
import { event } from '#values/event.ts'
import { idOf, OrgId } from '#values/ids.ts'
import { permissions } from '#values/permission.ts'
import { type QualityName, quality } from '#values/quality.ts'
import { gatewayErrors } from './errors.ts'
import { PointShown, ReasonCode, TracedFrame } from './frames-contract.ts'

/** As in the thing model. */
const { name: PointName, valueType: ValueType, kind: PointKind } = MeasuringPoint.shape

export const LinkId = idOf('Link')
export type LinkId = z.infer<typeof LinkId>
export const CommandId = idOf('GatewayCommand')
export type CommandId = z.infer<typeof CommandId>

export const RollOutId = idOf('RollOut')
export type RollOutId = z.infer<typeof RollOutId>
export const PointTableId = idOf('PointTable')
export type PointTableId = z.infer<typeof PointTableId>

export const gatewaysPermissions = permissions('gateways', {
  read: ['owner', 'systemAdmin', 'engineer', 'staff'],
  manage: ['owner', 'engineer'],
})

/** Limits of the wire between gateway and platform. */
export const wireLimits = {
  batchBytes: 256 * 1024,
  /** A gateway reports this often, and at once when the state of a link or unit changes. */
  statusEveryMs: 10_000,
  /** Without a report for so long it counts as offline. */
  offlineAfterMs: 30_000,
  /** The platform answers a long poll within this time. */
  pollMs: 25_000,
  /** Who asks a gateway for something is answered within this time. */
  commandMs: 10_000,
  /** A write begins within this time or not at all; a point's own time-out is shorter or the same. */
  longestWriteMs: 60_000,
  interlocks: 8,
  callArguments: 50,
  logEntries: 500,
  statusBytes: 4 * 1024 * 1024,
  answerBytes: 1024 * 1024,
  testReadPoints: 1_000,
  browseNodes: 1_000,
  framesShown: 100,
  /** Periods of a unit whose reads are told. */
  readsShown: 20,
  /** Points of a unit, and of a whole report, whose newest reading is not good and is told with its reason. */
  faultsOfUnit: 500,
  faultsTold: 5_000,
  /** Frames of a whole report that show why values are not good. */
  framesTold: 200,
  shortestPeriodMs: 5,
  longestPeriodMs: 86_400_000,
} as const

const none = z.object({})
const Ms = z.int()
const text = (max: number) => z.string().max(max)
export const ReasonDetails = z.record(text(40), text(500))
const ProtocolName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/)

/** Settings of a protocol (connection, unit, place): flat, checked by the protocol's own schema. */
export const Settings = z.record(text(60), z.union([z.string().max(2_000), z.number(), z.boolean(), z.null()]))
export type Settings = z.infer<typeof Settings>

const qualityNames = Object.keys(quality) as [QualityName, ...QualityName[]]
export const Quality = z.enum(qualityNames)

/** As a driver reads it; `bigint` travels as a decimal string, null where nothing could be read. */
export const RawValue = z.union([z.number(), z.string().max(1_000), z.boolean(), z.null()])

/** Raw → engineering value: `raw × scale + offset`, in decimal arithmetic (0.1 × 3 is 0.3), rounded once. */
const scaling = { scale: z.number(), offset: z.number() }

// --- values -----------------------------------------------------------------------------------------------------------------------------

/** `v1/{org}/{gateway}/batch`, or POST /api/telemetry/batch. Acknowledged when every item that could be taken is durable. */
export const BatchItem = z.object({
  device: DeviceCode,
  ts: Ms,
  values: z.record(PointName, RawValue),
  /** Quality codes of values/quality.ts; good where none is named. */
  q: z.record(PointName, z.int()).optional(),
  seq: z.int().min(0).optional(),
})
export type BatchItem = z.infer<typeof BatchItem>

export const Batch = z.object({
  /** Grows by one for each new batch of this gateway for ever; a batch sent again keeps its number and its content. */
  batch: z.int().min(0),
  /** From the queue after an outage: good values are stored as `goodBackfill`. */
  backfill: z.boolean().optional(),
  items: z.array(BatchItem),
})
export type Batch = z.infer<typeof Batch>

// --- configuration ----------------------------------------------------------------------------------------------------------------------

export const WirePoint = z.object({
  /** Property of the device's thing model. */
  name: PointName,
  place: Settings,
  valueType: ValueType,
  /** Of an interval each value stands once, at its own time; what else is measured holds until it changes. */
  kind: PointKind.optional(),
  ...scaling,
  periodMs: z.int().min(wireLimits.shortestPeriodMs).max(wireLimits.longestPeriodMs),
  /** In the engineering unit: a value that differs less from the last one sent is not sent; 0 sends every value. */
  deadband: z.number().min(0),
  access: z.enum(['r', 'rw']),
})
export type WirePoint = z.infer<typeof WirePoint>

/** A data logger's own stamp: the points of one period that are read together are one row of that time, not of the scan grid's. */
export const SourceTime = z.object({ place: Settings, format: z.enum(['epochMs', 'epochS']) })
/** A data logger's running number: a cycle that finds the same one found the same row, which is not sent again. */
export const Sequence = z.object({ place: Settings })

export const WireDevice = z.object({
  code: DeviceCode,
  unit: Settings,
  enabled: z.boolean(),
  sourceTime: SourceTime.nullable(),
  sequence: Sequence.nullable(),
  points: z.array(WirePoint),
})
export type WireDevice = z.infer<typeof WireDevice>

export const WireLink = z.object({
  id: LinkId,
  name: z.string(),
  protocol: ProtocolName,
  connection: Settings,
  enabled: z.boolean(),
  devices: z.array(WireDevice),
})
export type WireLink = z.infer<typeof WireLink>

export const WireConfig = z.object({
  revision: z.int(),
  links: z.array(WireLink),
  limits: z.object({ backfillSamplesPerSecond: z.int().min(1) }),
  /** Networks (CIDR) that the organisation declared as its own: a link's host must lie in one, whatever its name resolves to. */
  networks: z.array(z.string()),
})
export type WireConfig = z.infer<typeof WireConfig>

// --- commands ---------------------------------------------------------------------------------------------------------------------------

/** One read of points that need not be configured yet. */
export const TestReadCommand = z.object({
  id: CommandId,
  kind: z.literal('testRead'),
  /** A link that the gateway runs already: the read goes through its queue, since many devices take one connection only. */
  linkId: LinkId.nullable(),
  protocol: ProtocolName,
  connection: Settings,
  unit: Settings,
  points: z.array(z.object({ name: PointName, place: Settings, valueType: ValueType, ...scaling })).max(wireLimits.testReadPoints),
  expiresAtMs: Ms,
})
export type TestReadCommand = z.infer<typeof TestReadCommand>

/** What lies below a node of a device's own directory; over a link that runs. */
export const BrowseCommand = z.object({
  id: CommandId,
  kind: z.literal('browse'),
  linkId: LinkId,
  at: text(600).nullable(),
  /** Where the last answer ended. */
  cursor: text(4_000).nullable(),
  expiresAtMs: Ms,
})
export type BrowseCommand = z.infer<typeof BrowseCommand>

/** The last frames on a link's wire. */
export const TraceCommand = z.object({ id: CommandId, kind: z.literal('trace'), linkId: LinkId, expiresAtMs: Ms })
export type TraceCommand = z.infer<typeof TraceCommand>

/** What must hold of a value. */
export const Comparison = z.enum(['eq', 'ne', 'lt', 'le', 'gt', 'ge'])
export type Comparison = z.infer<typeof Comparison>

/** A value in the engineering unit; whole numbers beyond 2^53 are not written. */
export const WrittenValue = z.union([z.number(), z.boolean(), z.string().max(200)])
export type WrittenValue = z.infer<typeof WrittenValue>

const readPoint = { name: PointName, place: Settings, valueType: ValueType, ...scaling }

/**
 * Writes one value, once. The gateway reads point and interlocks right before, in the same turn of the link; it notes on its disk that it is
 * about to send, and what came of it. What it noted without an outcome is `unknown` for ever.
 */
export const WriteCommand = z.object({
  id: CommandId,
  kind: z.literal('write'),
  linkId: LinkId,
  protocol: ProtocolName,
  device: DeviceCode,
  unit: Settings,
  point: z.object(readPoint),
  value: WrittenValue,
  /** Set where the place is a method: it is called with these, in its own order, and `value` says nothing. */
  call: z.object({ arguments: z.array(WrittenValue).max(wireLimits.callArguments) }).optional(),
  /** All must hold, of good values that are read for it. */
  interlocks: z.array(z.object({ ...readPoint, is: Comparison, than: WrittenValue })).max(wireLimits.interlocks),
  /** By the platform's clock; the gateway knows how far its own is from it. */
  expiresAtMs: Ms,
})
export type WriteCommand = z.infer<typeof WriteCommand>

/** Kinds that a gateway does not know it answers with `{ failed: 'gateways.unknownCommand' }`. */
export const WireCommand = z.discriminatedUnion('kind', [TestReadCommand, BrowseCommand, TraceCommand, WriteCommand])
export type WireCommand = z.infer<typeof WireCommand>

/** As it waits for the gateway. */
export type CommandRequest = WireCommand extends infer C ? (C extends WireCommand ? Omit<C, 'id' | 'expiresAtMs'> : never) : never

export const WireNext = z.object({ revision: z.int(), commands: z.array(WireCommand) })
export type WireNext = z.infer<typeof WireNext>

/** What a test read found: `raw` as it was read, `value` scaled as it would be stored. */
export const TestSample = z.object({
  name: PointName,
  raw: RawValue,
  value: RawValue,
  quality: Quality,
  reason: ReasonCode.optional(),
})
export type TestSample = z.infer<typeof TestSample>

export const DirectoryNode = z.object({
  /** By which its children are asked for. */
  at: text(600),
  name: text(300),
  /** As a point's place; null for a folder. */
  place: Settings.nullable(),
  dataType: text(60).optional(),
  /** Why it can be no point though it holds a value. */
  reason: ReasonCode.optional(),
  hasChildren: z.boolean(),
  /** Absent from older gateways, as all that follows. By what a path leads to it from any node above. */
  step: text(900).optional(),
  /** The name of its type, as a step. */
  type: text(900).optional(),
  writable: z.boolean().optional(),
  /** The unit that it tells of the node above. */
  unit: text(60).optional(),
  /** It can be called, by its place; `inputs` are absent where it did not tell them. */
  method: z
    .object({
      inputs: z
        .array(z.object({ name: text(100), dataType: text(60).optional(), description: text(200).optional() }))
        .max(50)
        .optional(),
    })
    .optional(),
})
export type DirectoryNode = z.infer<typeof DirectoryNode>

/** What came of a write; values in the engineering unit, `before` null where it was not read. */
export const WriteResult = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('done'),
    before: RawValue,
    /** Null: it was written and could not be read again. Of a method what it gave back. */
    readBack: RawValue,
    /** What was read back is not what was written: the machine limits or rounds it. */
    differs: z.boolean(),
    /** Done in a way that somebody should know of. */
    note: ReasonCode.optional(),
    atMs: Ms,
  }),
  /** Nothing was sent, or the machine said no. */
  z.object({ outcome: z.literal('refused'), reason: ReasonCode, details: ReasonDetails.optional(), before: RawValue, atMs: Ms }),
  /** It went out and no answer came: the machine may have taken it or not. */
  z.object({ outcome: z.literal('unknown'), reason: ReasonCode, details: ReasonDetails.optional(), before: RawValue, atMs: Ms }),
])
export type WriteResult = z.infer<typeof WriteResult>

export const CommandAnswer = z.union([
  z.object({ write: WriteResult }),
  z.object({ frames: z.array(TracedFrame).max(wireLimits.framesShown) }),
  z.object({ nodes: z.array(DirectoryNode).max(wireLimits.browseNodes), cursor: text(4_000).nullable() }),
  z.object({ samples: z.array(TestSample).max(wireLimits.testReadPoints) }),
  z.object({ failed: ReasonCode, details: ReasonDetails.optional() }),
])
export type CommandAnswer = z.infer<typeof CommandAnswer>

// --- status and log ---------------------------------------------------------------------------------------------------------------------

/** A point whose newest reading is not good though its unit answers. */
export const PointFault = z.object({
  name: PointName,
  reason: ReasonCode,
  /** Absent from older gateways, which name wrong places and settings only. */
  quality: Quality.optional(),
  /** By the gateway’s clock: since when it has been read so. */
  sinceMs: Ms.optional(),
  /** Absent from older gateways. */
  shown: PointShown.optional(),
})
export type PointFault = z.infer<typeof PointFault>

export const UnitStatus = z.object({
  device: DeviceCode,
  /** The unit's breaker: `open` rests, `halfOpen` is being tried. */
  state: z.enum(['ok', 'failing', 'open', 'halfOpen']),
  reason: ReasonCode.nullable(),
  shown: PointShown.optional(),
  sinceMs: Ms,
  goodPoints: z.int().min(0),
  badPoints: z.int().min(0),
  badAddresses: z.array(PointFault).max(wireLimits.faultsOfUnit),
  /** The last whole read of each period; `requests` null where the protocol's library does not count. Absent from older gateways. */
  reads: z
    .array(z.object({ periodMs: Ms, points: z.int().min(0), requests: z.int().min(0).nullable(), ms: z.number().min(0) }))
    .max(wireLimits.readsShown)
    .optional(),
})
export type UnitStatus = z.infer<typeof UnitStatus>

export const LinkStatus = z.object({
  id: LinkId,
  state: z.enum(['connecting', 'connected', 'failed', 'disabled']),
  reason: ReasonCode.nullable(),
  /** Fill the gaps of the reason's words: the thumbprint of a certificate that nobody has trusted yet. */
  details: ReasonDetails.optional(),
  sinceMs: Ms,
  /** Of the fastest scan group; null while nothing was read yet. */
  cycle: z.object({ targetMs: z.number(), p50Ms: z.number(), p99Ms: z.number(), overruns: z.int().min(0) }).nullable(),
  /** Since the gateway began; `roundTrip` from a request's last byte to its whole answer. Absent where the protocol's library does not count. */
  traffic: z
    .object({
      requests: z.int().min(0),
      unanswered: z.int().min(0),
      roundTrip: z.object({ p50Ms: z.number(), p99Ms: z.number() }).nullable(),
    })
    .optional(),
  units: z.array(UnitStatus).max(1_000),
})
export type LinkStatus = z.infer<typeof LinkStatus>

export const WireStatus = z.object({
  /** Of the configuration that the gateway runs. */
  revision: z.int(),
  version: text(40),
  startedAtMs: Ms,
  atMs: Ms,
  /** Gateway's clock minus the platform's, by the answers to its reports; null before the first. */
  clockSkewMs: z.number().nullable(),
  /** After so long what holds is said again though it did not change. Absent from older gateways: a minute. */
  heartbeatMs: z.number().optional(),
  queue: z.object({
    batches: z.int().min(0),
    bytes: z.int().min(0),
    limitBytes: z.int().min(0),
    /** Source time of the oldest value that waits. */
    oldestMs: Ms.nullable(),
    /** Since the gateway's first day. */
    droppedSamples: z.int().min(0),
    onDisk: z.boolean(),
    /** Batches, since its first day, that the platform refused for good or that could be read no more; `files` of them still lie there. */
    quarantine: z
      .object({
        batches: z.int().min(0),
        samples: z.int().min(0),
        files: z.int().min(0),
        last: z.object({ reason: ReasonCode, atMs: Ms }).nullable(),
      })
      .optional(),
  }),
  uplink: z.object({ connectedSinceMs: Ms.nullable() }),
  links: z.array(LinkStatus).max(500),
  memoryMb: z.number(),
  cpuPercent: z.number(),
})
export type WireStatus = z.infer<typeof WireStatus>

export const WireLogEntry = z.object({
  atMs: Ms,
  level: z.enum(['info', 'warning', 'error']),
  code: ReasonCode,
  link: LinkId.nullish(),
  device: DeviceCode.nullish(),
  /** Fills the sentence's gaps: `{ host, port }`. */
  details: z.record(text(40), z.union([text(500), z.number(), z.boolean(), z.null()])),
})
export type WireLogEntry = z.infer<typeof WireLogEntry>

const wireErrors = [gatewayErrors.wrongCredential, gatewayErrors.lockedOut, gatewayErrors.notAGateway] as const

export const gatewaysApi = {
  wireEnrol: endpoint({
    method: 'POST',
    path: '/gateways/wire/enrol',
    summary:
      'The one-time code of a gateway’s page for its credential, once, and where its values go; older credentials of the gateway end.',
    permission: 'device',
    params: none,
    query: none,
    body: z.object({ code: text(60) }),
    response: z.object({
      userName: z.string(),
      secret: z.string(),
      /** At the host by which the platform was asked. */
      mqtt: z.object({ port: z.int(), secure: z.boolean() }),
    }),
    secret: true,
    errors: [gatewayErrors.enrolmentWrong, gatewayErrors.enrolmentUsed, gatewayErrors.enrolmentExpired, gatewayErrors.lockedOut],
  }),
  wireConfig: endpoint({
    method: 'GET',
    path: '/gateways/wire/config',
    summary: 'What the gateway reads: its links, their devices and points. Basic: `org/gateway` and its secret.',
    permission: 'device',
    params: none,
    query: none,
    body: z.undefined(),
    response: WireConfig,
    errors: wireErrors,
  }),
  wireNext: endpoint({
    method: 'GET',
    path: '/gateways/wire/next',
    summary: 'Long poll: answers within 25 s, at once when a command waits or the configuration’s revision is another.',
    permission: 'device',
    params: none,
    query: z.object({ revision: z.coerce.number().int() }),
    body: z.undefined(),
    response: WireNext,
    errors: wireErrors,
  }),
  wireAnswer: endpoint({
    method: 'POST',
    path: '/gateways/wire/commands/:id/answer',
    summary: 'The gateway’s answer to a command.',
    permission: 'device',
    params: z.object({ id: CommandId }),
    query: none,
    body: CommandAnswer,
    bodyLimit: wireLimits.answerBytes,
    response: z.object({ taken: z.literal(true) }),
    errors: [...wireErrors, gatewayErrors.commandNotFound],
  }),
  wireStatus: endpoint({
    method: 'POST',
    path: '/gateways/wire/status',
    summary: 'The gateway’s report, every 10 s and at every change of a link’s or unit’s state; answered with the platform’s time.',
    permission: 'device',
    params: none,
    query: none,
    body: WireStatus,
    bodyLimit: wireLimits.statusBytes,
    response: z.object({ nowMs: Ms }),
    errors: wireErrors,
  }),
  wireLog: endpoint({
    method: 'POST',
    path: '/gateways/wire/log',
    summary: 'Entries of the gateway’s log.',
    permission: 'device',
    params: none,
    query: none,
    body: z.array(WireLogEntry).max(wireLimits.logEntries),
    bodyLimit: wireLimits.answerBytes,
    response: z.object({ taken: z.int() }),
    errors: wireErrors,
  }),
}

export const gatewaysEvents = {
  /** What a gateway reads, or which devices it speaks for, changed. */
  changed: event('gateways.changed', 1, z.object({ deviceId: DeviceId, orgCode: z.string(), gatewayCode: z.string() })),
  /** Another gateway of a pair reads from now on; key: the gateway whose links they are. `active` and `before` are codes. */
  turnBegan: event(
    'gateways.turnBegan',
    1,
    z.object({
      orgId: OrgId,
      gatewayId: DeviceId,
      epoch: z.int(),
      reason: z.enum(['paired', 'silent', 'byHand']),
      active: z.string(),
      before: z.string(),
    }),
  ),
  /** A gateway has taken a write; key: the command. It is handed out once. */
  writeTaken: event('gateways.writeTaken', 1, z.object({ commandId: CommandId })),
  /** What came of a write, however late; key: the command. */
  writeAnswered: event('gateways.writeAnswered', 1, z.object({ commandId: CommandId, result: WriteResult })),
}
