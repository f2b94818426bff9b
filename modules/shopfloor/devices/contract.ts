import { z } from 'zod'
import { PlantNodeId } from '#modules/shopfloor/plant/contract.ts'
import { endpoint } from '#values/endpoint.ts'
import { event } from '#values/event.ts'
import { idOf, OrgId } from '#values/ids.ts'
import { Instant } from '#values/instant.ts'
import { idList, listQuery, pageOf } from '#values/list.ts'
import { permissions } from '#values/permission.ts'
import { AttachmentId, attachmentEndpoints } from './attachments.ts'
import { deviceErrors } from './errors.ts'
import { Definition, PointKind, PointName, Property, States, ValueType } from './thing-model.ts'

export const DeviceId = idOf('Device')
export type DeviceId = z.infer<typeof DeviceId>
export const ThingModelId = idOf('ThingModel')
export type ThingModelId = z.infer<typeof ThingModelId>
export const MeasuringPointId = idOf('MeasuringPoint')
export type MeasuringPointId = z.infer<typeof MeasuringPointId>
export const CredentialId = idOf('DeviceCredential')
export type CredentialId = z.infer<typeof CredentialId>

export const devicesPermissions = permissions('devices', {
  read: ['owner', 'systemAdmin', 'engineer', 'staff'],
  manage: ['owner', 'engineer'],
  manageCredentials: ['owner', 'engineer', 'securityAdmin'],
})

/** Data sets of `sharing` that this module answers for. */
export const MACHINE_CARD = 'machine.card'

/** It stands in MQTT topics and user names: no slash, plus or hash. */
export const DEVICE_CODE_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/
export const DeviceCode = z.string().trim().regex(DEVICE_CODE_PATTERN, { message: 'deviceCode' })
/** `planned` and `retired` devices may not send. */
export const DeviceStatus = z.enum(['planned', 'active', 'maintenance', 'retired'])
export type DeviceStatus = z.infer<typeof DeviceStatus>

const none = z.object({})
const Name = z.string().trim().min(1).max(80)
const NameEn = z.string().trim().max(80).nullable()
const Plate = z.string().trim().max(80)
const devicePath = z.object({ id: DeviceId })

export const PlaceRef = z.object({
  nodeId: PlantNodeId,
  path: z.array(z.string()),
  pathEn: z.array(z.string()),
  siteId: PlantNodeId,
  from: Instant,
})
export const Placement = PlaceRef.extend({ until: Instant.nullable() })
export type Placement = z.infer<typeof Placement>

export const OwnFacts = z.object({
  code: DeviceCode,
  status: DeviceStatus,
  thingModelId: ThingModelId,
  maker: z.string(),
  model: z.string(),
  serial: z.string(),
  note: z.string(),
  place: PlaceRef.nullable(),
  createdAt: Instant,
  retiredAt: Instant.nullable(),
  mainPhotoId: AttachmentId.nullable(),
  version: z.int(),
})

/** Name and type are what partners see of each other's machines; `own` is null for a partner's. */
export const DeviceSummary = z.object({
  id: DeviceId,
  ownerId: OrgId,
  name: z.string(),
  nameEn: z.string().nullable(),
  typeName: z.string(),
  typeNameEn: z.string().nullable(),
  own: OwnFacts.nullable(),
})
export type DeviceSummary = z.infer<typeof DeviceSummary>

export const Credential = z.object({ id: CredentialId, createdAt: Instant, disabledAt: Instant.nullable() })
export type Credential = z.infer<typeof Credential>

/** How the device reaches us (docs: wire to devices); the secret is shown when it is made alone. `mqttsPort` is null without TLS. */
export const Connection = z.object({ userName: z.string(), topic: z.string(), mqttPort: z.int(), mqttsPort: z.int().nullable() })

export const Device = DeviceSummary.extend({
  own: OwnFacts.extend({
    modelCode: z.string(),
    modelVersion: z.int(),
    /** A newer version of the thing model that the device could take. */
    newerModelId: ThingModelId.nullable(),
    connection: Connection,
    credentials: z.array(Credential),
    placements: z.array(Placement),
    sharedWith: z.array(z.object({ orgId: OrgId, name: z.string(), nameEn: z.string().nullable() })),
  }).nullable(),
})
export type Device = z.infer<typeof Device>

const DeviceInput = z.object({ name: Name, nameEn: NameEn, maker: Plate, model: Plate, serial: Plate, note: z.string().trim().max(1000) })

export const NewSecret = z.object({ userName: z.string(), secret: z.string() })

export const DevicePoint = Property.extend({
  id: z.uuidv7(),
  /** What its values are stored as now. */
  measuringPoint: z.object({ id: MeasuringPointId, code: z.string(), label: z.string(), since: Instant }).nullable(),
})
export type DevicePoint = z.infer<typeof DevicePoint>

export const Binding = z.object({
  series: z.int(),
  deviceId: DeviceId,
  deviceCode: z.string(),
  deviceName: z.string(),
  pointName: z.string(),
  from: Instant,
  until: Instant.nullable(),
})
export type Binding = z.infer<typeof Binding>

/** A logical point whose history goes on when the device behind it is exchanged: its bindings never overlap. */
export const MeasuringPoint = z.object({
  id: MeasuringPointId,
  code: z.string(),
  name: PointName,
  label: z.string(),
  labelEn: z.string().nullable(),
  unit: z.string().nullable(),
  kind: PointKind,
  valueType: ValueType,
  decimals: z.int().nullable(),
  states: States.nullable(),
  retiredAt: Instant.nullable(),
  bindings: z.array(Binding),
  version: z.int(),
})
export type MeasuringPoint = z.infer<typeof MeasuringPoint>

export const ThingModelSummary = z.object({
  id: ThingModelId,
  code: z.string(),
  versionNo: z.int(),
  name: z.string(),
  nameEn: z.string().nullable(),
  properties: z.int(),
  /** Devices in use, of all versions. */
  devices: z.int(),
  createdAt: Instant,
  retiredAt: Instant.nullable(),
})
export type ThingModelSummary = z.infer<typeof ThingModelSummary>

export const ThingModel = ThingModelSummary.extend({
  description: z.string(),
  definition: Definition,
  /** All versions, the newest first. */
  versions: z.array(z.object({ id: ThingModelId, versionNo: z.int(), createdAt: Instant, devices: z.int() })),
})
export type ThingModel = z.infer<typeof ThingModel>

const ModelInput = z.object({
  code: z
    .string()
    .trim()
    .regex(/^[a-z][a-z0-9.-]{0,59}$/, { message: 'modelCode' }),
  name: Name,
  nameEn: NameEn,
  description: z.string().trim().max(1000),
  definition: Definition,
})

const DeviceFilter = {
  /** A partner whose machines are asked for; they are searched by name and type, sorted by name, and filtered by nothing else. */
  owner: OrgId.optional(),
  status: DeviceStatus.optional(),
  nodeId: PlantNodeId.optional(),
  modelCode: z.string().max(60).optional(),
  /** `a,b,c`: these devices only. */
  ids: idList(DeviceId, 200).optional(),
}

export const devicesApi = {
  list: endpoint({
    method: 'GET',
    path: '/devices',
    summary: 'Devices of the organisation, or with `owner` the name and type of a partner’s machines.',
    permission: 'devices.read',
    params: none,
    query: listQuery(['code', 'name', 'createdAt']).extend(DeviceFilter),
    body: z.undefined(),
    response: pageOf(DeviceSummary),
    errors: [deviceErrors.partnerFilter, deviceErrors.placeNotFound],
  }),
  get: endpoint({
    method: 'GET',
    path: '/devices/:id',
    summary: 'One device; a partner’s with `owner`, then its name and type.',
    permission: 'devices.read',
    params: devicePath,
    query: z.object({ owner: OrgId.optional() }),
    body: z.undefined(),
    response: Device,
    errors: [deviceErrors.notFound],
  }),
  create: endpoint({
    method: 'POST',
    path: '/devices',
    summary: 'Adds a device with the points of its thing model, their measuring points, and a credential whose secret is shown once.',
    permission: 'devices.manage',
    params: none,
    query: none,
    body: DeviceInput.extend({
      code: DeviceCode,
      thingModelId: ThingModelId,
      status: DeviceStatus.exclude(['retired']),
      nodeId: PlantNodeId.nullable(),
      withCredential: z.boolean(),
    }),
    response: z.object({ id: DeviceId, credential: NewSecret.nullable() }),
    status: 201,
    secret: true,
    errors: [
      deviceErrors.codeTaken,
      deviceErrors.modelNotFound,
      deviceErrors.modelRetired,
      deviceErrors.placeNotFound,
      deviceErrors.placeRetired,
    ],
  }),
  update: endpoint({
    method: 'PATCH',
    path: '/devices/:id',
    summary: 'Changes a device’s plate, note and state.',
    permission: 'devices.manage',
    params: devicePath,
    query: none,
    body: DeviceInput.extend({ version: z.int(), status: DeviceStatus.exclude(['retired']) }),
    response: z.object({ version: z.int() }),
    errors: [deviceErrors.notFound, deviceErrors.changedMeanwhile, deviceErrors.retired],
  }),
  retire: endpoint({
    method: 'POST',
    path: '/devices/:id/retire',
    summary: 'Ends the device’s life: credentials, bindings and placement end now; its history stays.',
    permission: 'devices.manage',
    params: devicePath,
    query: none,
    body: z.object({ version: z.int() }),
    response: z.object({ version: z.int() }),
    errors: [deviceErrors.notFound, deviceErrors.changedMeanwhile, deviceErrors.retired],
  }),
  place: endpoint({
    method: 'POST',
    path: '/devices/:id/placements',
    summary: 'Places the device from an instant on; without a place it stands nowhere from then on.',
    permission: 'devices.manage',
    params: devicePath,
    query: none,
    body: z.object({ nodeId: PlantNodeId.nullable(), from: Instant }),
    response: z.object({ placements: z.array(Placement) }),
    errors: [
      deviceErrors.notFound,
      deviceErrors.retired,
      deviceErrors.placementOverlap,
      deviceErrors.inFuture,
      deviceErrors.placeNotFound,
      deviceErrors.placeRetired,
    ],
  }),
  takeModel: endpoint({
    method: 'POST',
    path: '/devices/:id/thing-model',
    summary: 'Takes another version of the device’s thing model: new properties get points, labels and ranges follow, nothing is removed.',
    permission: 'devices.manage',
    params: devicePath,
    query: none,
    body: z.object({ version: z.int(), thingModelId: ThingModelId }),
    response: z.object({ version: z.int(), added: z.int() }),
    errors: [
      deviceErrors.notFound,
      deviceErrors.changedMeanwhile,
      deviceErrors.retired,
      deviceErrors.modelNotFound,
      deviceErrors.otherModel,
      deviceErrors.propertyChanged,
    ],
  }),
  points: endpoint({
    method: 'GET',
    path: '/devices/:id/points',
    summary: 'The device’s points and the measuring points bound to them now.',
    permission: 'devices.read',
    params: devicePath,
    query: none,
    body: z.undefined(),
    response: z.object({ points: z.array(DevicePoint) }),
    errors: [deviceErrors.notFound],
  }),
  createCredential: endpoint({
    method: 'POST',
    path: '/devices/:id/credentials',
    summary: 'Makes a secret, shown once. `replace` disables the others at once; else the old one works until it is disabled.',
    permission: 'devices.manageCredentials',
    params: devicePath,
    query: none,
    body: z.object({ replace: z.boolean() }),
    response: NewSecret.extend({ id: CredentialId }),
    status: 201,
    secret: true,
    errors: [deviceErrors.notFound, deviceErrors.retired, deviceErrors.tooManyCredentials],
  }),
  disableCredential: endpoint({
    method: 'POST',
    path: '/devices/:id/credentials/:credentialId/disable',
    summary: 'Disables a credential; the device is cut off at once if it uses it.',
    permission: 'devices.manageCredentials',
    params: devicePath.extend({ credentialId: CredentialId }),
    query: none,
    body: none,
    response: z.object({ done: z.literal(true) }),
    errors: [deviceErrors.notFound, deviceErrors.credentialNotFound],
  }),
  exchange: endpoint({
    method: 'POST',
    path: '/devices/:id/exchange',
    summary: 'Binds the device’s measuring points to another device from an instant on; their histories go on without a break.',
    permission: 'devices.manage',
    params: devicePath,
    query: none,
    body: z.object({ toDeviceId: DeviceId, from: Instant, retireOld: z.boolean(), takePlace: z.boolean() }),
    response: z.object({ rebound: z.int() }),
    errors: [
      deviceErrors.notFound,
      deviceErrors.retired,
      deviceErrors.sameDevice,
      deviceErrors.nothingBound,
      deviceErrors.pointsDiffer,
      deviceErrors.bindingOverlap,
      deviceErrors.placementOverlap,
      deviceErrors.inFuture,
    ],
  }),
  ...attachmentEndpoints,
  measuringPoints: endpoint({
    method: 'GET',
    path: '/devices/measuring-points',
    summary: 'Measuring points with the history of their bindings.',
    permission: 'devices.read',
    params: none,
    query: listQuery(['code', 'label']).extend({
      kind: PointKind.optional(),
      deviceId: DeviceId.optional(),
      retired: z.stringbool().default(false),
    }),
    body: z.undefined(),
    response: pageOf(MeasuringPoint),
    errors: [],
  }),
  measuringPoint: endpoint({
    method: 'GET',
    path: '/devices/measuring-points/:id',
    summary: 'One measuring point.',
    permission: 'devices.read',
    params: z.object({ id: MeasuringPointId }),
    query: none,
    body: z.undefined(),
    response: MeasuringPoint,
    errors: [deviceErrors.measuringPointNotFound],
  }),
  addMeasuringPoints: endpoint({
    method: 'POST',
    path: '/devices/:id/measuring-points',
    summary: 'Makes measuring points for points of the device that have none, bound from an instant on.',
    permission: 'devices.manage',
    params: devicePath,
    query: none,
    body: z.object({ pointNames: z.array(PointName).min(1).max(500), from: Instant }),
    response: z.object({ added: z.int() }),
    status: 201,
    errors: [deviceErrors.notFound, deviceErrors.retired, deviceErrors.pointNotFound, deviceErrors.bindingOverlap, deviceErrors.inFuture],
  }),
  updateMeasuringPoint: endpoint({
    method: 'PATCH',
    path: '/devices/measuring-points/:id',
    summary: 'Changes what a measuring point is called, or retires it; type, unit and kind stay, since its history is of them.',
    permission: 'devices.manage',
    params: z.object({ id: MeasuringPointId }),
    query: none,
    body: z.object({
      version: z.int(),
      label: z.string().trim().min(1).max(60),
      labelEn: z.string().trim().max(60).nullable(),
      decimals: z.int().min(0).max(9).nullable(),
      /** Only one that is bound to nothing may be retired. */
      retired: z.boolean(),
    }),
    response: z.object({ version: z.int() }),
    errors: [deviceErrors.measuringPointNotFound, deviceErrors.changedMeanwhile, deviceErrors.measuringPointBound],
  }),
  bind: endpoint({
    method: 'POST',
    path: '/devices/measuring-points/:id/bindings',
    summary: 'Binds one measuring point to a device point from an instant on; without a point it is bound to nothing from then on.',
    permission: 'devices.manage',
    params: z.object({ id: MeasuringPointId }),
    query: none,
    body: z.object({ to: z.object({ deviceId: DeviceId, pointName: PointName }).nullable(), from: Instant }),
    response: MeasuringPoint,
    errors: [
      deviceErrors.measuringPointNotFound,
      deviceErrors.measuringPointRetired,
      deviceErrors.notFound,
      deviceErrors.retired,
      deviceErrors.pointNotFound,
      deviceErrors.pointsDiffer,
      deviceErrors.bindingOverlap,
      deviceErrors.inFuture,
    ],
  }),
  thingModels: endpoint({
    method: 'GET',
    path: '/devices/thing-models',
    summary: 'Thing models, each in its newest version.',
    permission: 'devices.read',
    params: none,
    query: listQuery(['code', 'name', 'createdAt']).extend({ retired: z.stringbool().default(false) }),
    body: z.undefined(),
    response: pageOf(ThingModelSummary),
    errors: [],
  }),
  thingModel: endpoint({
    method: 'GET',
    path: '/devices/thing-models/:id',
    summary: 'One version of a thing model with its properties, events and commands.',
    permission: 'devices.read',
    params: z.object({ id: ThingModelId }),
    query: none,
    body: z.undefined(),
    response: ThingModel,
    errors: [deviceErrors.modelNotFound],
  }),
  createThingModel: endpoint({
    method: 'POST',
    path: '/devices/thing-models',
    summary: 'Adds a thing model, version 1.',
    permission: 'devices.manage',
    params: none,
    query: none,
    body: ModelInput,
    response: z.object({ id: ThingModelId }),
    status: 201,
    bodyLimit: 1024 * 1024,
    errors: [deviceErrors.codeTaken],
  }),
  addModelVersion: endpoint({
    method: 'POST',
    path: '/devices/thing-models/:id/versions',
    summary: 'Adds a version to a thing model; devices take it one by one.',
    permission: 'devices.manage',
    params: z.object({ id: ThingModelId }),
    query: none,
    body: ModelInput.omit({ code: true }),
    response: z.object({ id: ThingModelId }),
    status: 201,
    bodyLimit: 1024 * 1024,
    errors: [deviceErrors.modelNotFound, deviceErrors.modelRetired, deviceErrors.modelNotNewest, deviceErrors.propertyChanged],
  }),
  importThingModel: endpoint({
    method: 'POST',
    path: '/devices/thing-models/import',
    summary: 'Takes a thing model from a file: a new one, or the next version of one with the same code.',
    permission: 'devices.manage',
    params: none,
    query: none,
    body: z.record(z.string(), z.unknown()),
    response: z.object({ id: ThingModelId, versionNo: z.int() }),
    status: 201,
    bodyLimit: 1024 * 1024,
    errors: [deviceErrors.foreignFormat, deviceErrors.modelRetired, deviceErrors.propertyChanged],
  }),
  retireThingModel: endpoint({
    method: 'POST',
    path: '/devices/thing-models/:id/retire',
    summary: 'Retires a thing model with all its versions when no device uses it.',
    permission: 'devices.manage',
    params: z.object({ id: ThingModelId }),
    query: none,
    body: none,
    response: z.object({ done: z.literal(true) }),
    errors: [deviceErrors.modelNotFound, deviceErrors.modelRetired, deviceErrors.modelInUse],
  }),
}

export const devicesEvents = {
  /** State, points, bindings or credentials of a device changed: who keeps a copy of its identity drops it. */
  changed: event('devices.changed', 1, z.object({ deviceId: DeviceId, orgCode: z.string(), deviceCode: z.string() })),
}
