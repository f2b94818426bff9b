import { z } from 'zod'
import { DeviceCode, DeviceId, DeviceStatus, devicesApi } from '#modules/shopfloor/devices/contract.ts'
import { deviceErrors } from '#modules/shopfloor/devices/errors.ts'
import { PlantNodeId } from '#modules/shopfloor/plant/contract.ts'
import { endpoint } from '#values/endpoint.ts'
import { importErrors } from '#values/import.ts'
import { Instant } from '#values/instant.ts'
import { listQuery, pageOf } from '#values/list.ts'
import {
  BrowseCommand,
  DirectoryNode,
  LinkId,
  LinkStatus,
  PointTableId,
  ReasonDetails,
  Sequence,
  Settings,
  SourceTime,
  TestReadCommand,
  TestSample,
  UnitStatus,
  WireLogEntry,
  WireStatus,
  wireLimits,
} from './contract.ts'
import { DeviceModel } from './device-model-contract.ts'
import { gatewayErrors } from './errors.ts'
import { TracedFrame } from './frames-contract.ts'
import { MAX_ROWS, PointRow } from './point-rows.ts'

const none = z.object({})
const Name = z.string().trim().min(1).max(80)
const NameEn = z.string().trim().max(80).nullable()
const gatewayPath = z.object({ id: DeviceId })
const Protocol = z.string().max(40)
const version = z.int()
const { properties: Properties, commands: Commands } = devicesApi.createThingModel.body.shape.definition.shape

export const GatewayState = z.enum(['online', 'offline', 'never'])
export type GatewayState = z.infer<typeof GatewayState>

export const GatewaySummary = z.object({
  id: DeviceId,
  code: z.string(),
  name: z.string(),
  nameEn: z.string().nullable(),
  deviceStatus: DeviceStatus,
  state: GatewayState,
  lastSeenAt: Instant.nullable(),
  links: z.int(),
  /** Of the links, those that are not connected though they should be. */
  linksDown: z.int(),
  devices: z.int(),
  queueBatches: z.int().nullable(),
  queueOldestAt: Instant.nullable(),
  softwareVersion: z.string().nullable(),
  /** Of a pair: whether this one reads now. */
  pair: z.object({ isStandby: z.boolean(), reads: z.boolean() }).nullable(),
})
export type GatewaySummary = z.infer<typeof GatewaySummary>

export const Link = z.object({
  id: LinkId,
  name: z.string(),
  protocol: z.string(),
  /** Without its secrets. */
  connection: Settings,
  /** Names of the secret settings that are kept; in a change one that is not named stays, null is forgotten. */
  secretsKept: z.array(z.string()),
  enabled: z.boolean(),
  version,
})
export type Link = z.infer<typeof Link>

export const Connection = z.object({
  deviceId: DeviceId,
  code: z.string(),
  name: z.string(),
  nameEn: z.string().nullable(),
  linkId: LinkId,
  unit: Settings,
  pointTableId: PointTableId,
  pointTableName: z.string(),
  /** The revision of the table’s rows that it is read by. */
  tableVersion: z.int(),
  points: z.int(),
  sourceTime: SourceTime.nullable(),
  sequence: Sequence.nullable(),
  enabled: z.boolean(),
  version,
})
export type Connection = z.infer<typeof Connection>

export const Gateway = GatewaySummary.extend({
  version,
  backfillSamplesPerSecond: z.int(),
  /** Of the configuration as it stands here, and of the one the gateway runs. */
  revision: z.int(),
  appliedRevision: z.int().nullable(),
  /** The last report; of a gateway whose standby reads, with the links as that one sees them. */
  status: WireStatus.nullable(),
  /** Whether `status.links` are as they stand now: who reads them is online. */
  linksKnown: z.boolean(),
  linkList: z.array(Link),
  connections: z.array(Connection),
})
export type Gateway = z.infer<typeof Gateway>

export const PointTableSummary = z.object({
  id: PointTableId,
  name: z.string(),
  protocol: z.string(),
  modelCode: z.string(),
  modelName: z.string(),
  modelNameEn: z.string().nullable(),
  points: z.int(),
  /** Points without an address yet: they are not read. */
  unfilled: z.int(),
  devices: z.int(),
  version,
  /** Devices that are read by an earlier revision of its rows. */
  behind: z.int(),
})
export type PointTableSummary = z.infer<typeof PointTableSummary>

/** `commands`: what rows with the access `call` may be. */
export const PointTable = PointTableSummary.extend({
  rows: z.array(PointRow),
  properties: Properties,
  commands: devicesApi.thingModel.response.shape.definition.shape.commands,
})
export type PointTable = z.infer<typeof PointTable>

const TableInput = z.object({ name: Name, rows: z.array(PointRow).max(MAX_ROWS) })

const Measured = { sourceTime: SourceTime.nullable(), sequence: Sequence.nullable() }

export const LogEntry = WireLogEntry.omit({ atMs: true }).extend({ id: z.uuid(), at: Instant })
export type LogEntry = z.infer<typeof LogEntry>

const settingErrors = [gatewayErrors.settingsWrong, gatewayErrors.addressNotDeclared, gatewayErrors.protocolUnknown] as const
const changeErrors = [gatewayErrors.notFound, gatewayErrors.changedMeanwhile] as const

export const configurationApi = {
  list: endpoint({
    method: 'GET',
    path: '/gateways',
    summary: 'Gateways of the organisation with their state as they reported it last.',
    permission: 'gateways.read',
    params: none,
    query: listQuery(['code']),
    body: z.undefined(),
    response: pageOf(GatewaySummary),
    errors: [],
  }),
  get: endpoint({
    method: 'GET',
    path: '/gateways/:id',
    summary: 'One gateway: its last report, links and connected devices.',
    permission: 'gateways.read',
    params: gatewayPath,
    query: none,
    body: z.undefined(),
    response: Gateway,
    errors: [gatewayErrors.notFound],
  }),
  create: endpoint({
    method: 'POST',
    path: '/gateways',
    summary: 'Adds a gateway: a device of the built-in thing model, with a credential whose secret is shown once.',
    permission: 'gateways.manage',
    params: none,
    query: none,
    body: z.object({ code: DeviceCode, name: Name, nameEn: NameEn, nodeId: PlantNodeId.nullable() }),
    response: z.object({ id: DeviceId, credential: z.object({ userName: z.string(), secret: z.string() }) }),
    status: 201,
    secret: true,
    errors: [deviceErrors.codeTaken, deviceErrors.placeNotFound, deviceErrors.placeRetired],
  }),
  update: endpoint({
    method: 'PATCH',
    path: '/gateways/:id',
    summary: 'Changes how fast a gateway sends what it kept during an outage.',
    permission: 'gateways.manage',
    params: gatewayPath,
    query: none,
    body: z.object({ version, backfillSamplesPerSecond: z.int().min(100).max(1_000_000) }),
    response: z.object({ version }),
    errors: changeErrors,
  }),
  createLink: endpoint({
    method: 'POST',
    path: '/gateways/:id/links',
    summary: 'Adds a link: one connection to a machine or bus.',
    permission: 'gateways.manage',
    params: gatewayPath,
    query: none,
    body: z.object({ name: Name, protocol: Protocol, connection: Settings, enabled: z.boolean() }),
    response: z.object({ id: LinkId }),
    status: 201,
    errors: [gatewayErrors.notFound, gatewayErrors.tooMany, ...settingErrors],
  }),
  updateLink: endpoint({
    method: 'PATCH',
    path: '/gateways/links/:id',
    summary: 'Changes a link; its protocol stays.',
    permission: 'gateways.manage',
    params: z.object({ id: LinkId }),
    query: none,
    body: z.object({ version, name: Name, connection: Settings, enabled: z.boolean() }),
    response: z.object({ version }),
    errors: [...changeErrors, ...settingErrors],
  }),
  deleteLink: endpoint({
    method: 'DELETE',
    path: '/gateways/links/:id',
    summary: 'Removes a link that no device is connected by.',
    permission: 'gateways.manage',
    params: z.object({ id: LinkId }),
    query: none,
    body: z.undefined(),
    response: z.object({ done: z.literal(true) }),
    errors: [gatewayErrors.notFound, gatewayErrors.linkInUse],
  }),
  pointTables: endpoint({
    method: 'GET',
    path: '/gateways/point-tables',
    summary: 'Point tables.',
    permission: 'gateways.read',
    params: none,
    query: listQuery(['name']).extend({ protocol: Protocol.optional(), modelCode: z.string().max(60).optional() }),
    body: z.undefined(),
    response: pageOf(PointTableSummary),
    errors: [],
  }),
  pointTable: endpoint({
    method: 'GET',
    path: '/gateways/point-tables/:id',
    summary: 'One point table with its rows and the properties of its thing model.',
    permission: 'gateways.read',
    params: z.object({ id: PointTableId }),
    query: none,
    body: z.undefined(),
    response: PointTable,
    errors: [gatewayErrors.pointTableNotFound],
  }),
  createPointTable: endpoint({
    method: 'POST',
    path: '/gateways/point-tables',
    summary:
      'Adds a point table for the devices of a thing model, with a thing model of its own, or a copy of a known device model’s with its thing model.',
    permission: 'gateways.manage',
    params: none,
    query: none,
    body: z.union([
      TableInput.extend({ protocol: Protocol, modelCode: z.string().max(60) }),
      TableInput.extend({ protocol: Protocol, thingModel: devicesApi.createThingModel.body }),
      z.object({ deviceModel: z.string().max(120), protocol: Protocol }),
    ]),
    bodyLimit: 2 * 1024 * 1024,
    response: z.object({ id: PointTableId }),
    status: 201,
    errors: [
      gatewayErrors.rowsWrong,
      gatewayErrors.nameTaken,
      gatewayErrors.protocolUnknown,
      gatewayErrors.deviceModelNotFound,
      deviceErrors.modelNotFound,
      deviceErrors.modelRetired,
      deviceErrors.propertyChanged,
      deviceErrors.codeTaken,
    ],
  }),
  updatePointTable: endpoint({
    method: 'PUT',
    path: '/gateways/point-tables/:id',
    summary:
      'Changes a point table by a new revision; every device that uses it is read by the new rows, at once or by a roll-out. Properties that are new make a new version of the thing model.',
    permission: 'gateways.manage',
    params: z.object({ id: PointTableId }),
    query: none,
    body: TableInput.extend({
      version,
      newProperties: Properties.or(z.array(z.never()).length(0)),
      newCommands: Commands.default([]),
      /** `later`: devices go on by the rows they have, until the revision is rolled out to them. */
      devices: z.enum(['atOnce', 'later']).default('atOnce'),
    }),
    bodyLimit: 2 * 1024 * 1024,
    response: z.object({ version }),
    errors: [
      gatewayErrors.pointTableNotFound,
      gatewayErrors.changedMeanwhile,
      gatewayErrors.rowsWrong,
      gatewayErrors.nameTaken,
      deviceErrors.modelRetired,
      deviceErrors.propertyChanged,
    ],
  }),
  deletePointTable: endpoint({
    method: 'DELETE',
    path: '/gateways/point-tables/:id',
    summary: 'Removes a point table that no device uses.',
    permission: 'gateways.manage',
    params: z.object({ id: PointTableId }),
    query: none,
    body: z.undefined(),
    response: z.object({ done: z.literal(true) }),
    errors: [gatewayErrors.pointTableNotFound, gatewayErrors.tableInUse],
  }),
  readSheet: endpoint({
    method: 'POST',
    path: '/gateways/point-tables/read-file',
    summary: 'Reads a point table’s file (.xlsx, or .csv as UTF-8 or GB18030) as texts, for the page to check and correct; writes nothing.',
    permission: 'gateways.manage',
    params: none,
    query: none,
    body: z.undefined(),
    takes: 'bytes',
    bodyLimit: 5 * 1024 * 1024,
    question: true,
    response: z.object({ rows: z.array(z.object({ rowNo: z.int(), cells: z.array(z.string()) })) }),
    errors: [
      importErrors.emptyFile,
      importErrors.oldExcel,
      importErrors.notSpreadsheet,
      importErrors.damaged,
      importErrors.unpacksTooLarge,
      importErrors.tooManyColumns,
      gatewayErrors.tooMany,
    ],
  }),
  deviceModels: endpoint({
    method: 'GET',
    path: '/gateways/device-models',
    summary: 'Kinds of devices whose points are known.',
    permission: 'gateways.read',
    params: none,
    query: none,
    body: z.undefined(),
    response: z.object({ deviceModels: z.array(DeviceModel) }),
    errors: [],
  }),
  connect: endpoint({
    method: 'POST',
    path: '/gateways/connections',
    summary: 'Reads a device by a link: one that is registered already, or a new one of the point table’s thing model.',
    permission: 'gateways.manage',
    params: none,
    query: none,
    body: z.object({
      linkId: LinkId,
      unit: Settings,
      pointTableId: PointTableId,
      ...Measured,
      device: z.union([
        z.object({ id: DeviceId }),
        z.object({
          code: DeviceCode,
          name: Name,
          nameEn: NameEn,
          maker: z.string().trim().max(80),
          model: z.string().trim().max(80),
          serial: z.string().trim().max(80),
          nodeId: PlantNodeId.nullable(),
        }),
      ]),
    }),
    response: z.object({ deviceId: DeviceId }),
    status: 201,
    errors: [
      gatewayErrors.linkNotFound,
      gatewayErrors.pointTableNotFound,
      gatewayErrors.otherProtocol,
      gatewayErrors.otherModel,
      gatewayErrors.connectedAlready,
      gatewayErrors.unitTaken,
      gatewayErrors.gatewayItself,
      gatewayErrors.tooMany,
      gatewayErrors.settingsWrong,
      deviceErrors.notFound,
      deviceErrors.retired,
      deviceErrors.codeTaken,
      deviceErrors.placeNotFound,
      deviceErrors.placeRetired,
      deviceErrors.propertyChanged,
    ],
  }),
  connection: endpoint({
    method: 'GET',
    path: '/gateways/connections/:deviceId',
    summary: 'Where a device’s values come from, and how it goes; null: by no gateway.',
    permission: 'gateways.read',
    params: z.object({ deviceId: DeviceId }),
    query: none,
    body: z.undefined(),
    response: z.object({
      connection: Connection.extend({
        gateway: GatewaySummary.pick({ id: true, code: true, name: true, nameEn: true, state: true, lastSeenAt: true }),
        link: Link.pick({ id: true, name: true, protocol: true, enabled: true }),
        linkStatus: LinkStatus.omit({ units: true }).nullable(),
        unitStatus: UnitStatus.nullable(),
      }).nullable(),
    }),
    errors: [deviceErrors.notFound],
  }),
  updateConnection: endpoint({
    method: 'PATCH',
    path: '/gateways/connections/:deviceId',
    summary: 'Changes where a device is read.',
    permission: 'gateways.manage',
    params: z.object({ deviceId: DeviceId }),
    query: none,
    body: z.object({ version, linkId: LinkId, unit: Settings, pointTableId: PointTableId, enabled: z.boolean(), ...Measured }),
    response: z.object({ version }),
    errors: [
      gatewayErrors.connectionNotFound,
      gatewayErrors.changedMeanwhile,
      gatewayErrors.linkNotFound,
      gatewayErrors.pointTableNotFound,
      gatewayErrors.otherProtocol,
      gatewayErrors.otherModel,
      gatewayErrors.unitTaken,
      gatewayErrors.settingsWrong,
    ],
  }),
  disconnect: endpoint({
    method: 'DELETE',
    path: '/gateways/connections/:deviceId',
    summary: 'The device is read no more; it and its history stay.',
    permission: 'gateways.manage',
    params: z.object({ deviceId: DeviceId }),
    query: none,
    body: z.undefined(),
    response: z.object({ done: z.literal(true) }),
    errors: [gatewayErrors.connectionNotFound],
  }),
  testRead: endpoint({
    method: 'POST',
    path: '/gateways/:id/test-read',
    summary: 'Lets the gateway read points once, saved or not; answered within ten seconds, with the reason where it cannot.',
    permission: 'gateways.manage',
    question: true,
    params: gatewayPath,
    query: none,
    body: z.object({
      link: z.union([z.object({ id: LinkId }), z.object({ protocol: Protocol, connection: Settings })]),
      unit: Settings,
      points: TestReadCommand.shape.points.min(1),
    }),
    bodyLimit: wireLimits.answerBytes,
    response: z.union([
      z.object({ outcome: z.literal('read'), samples: z.array(TestSample) }),
      z.object({ outcome: z.literal('failed'), reason: z.string(), details: ReasonDetails.optional() }),
    ]),
    errors: [gatewayErrors.notFound, gatewayErrors.linkNotFound, gatewayErrors.rowsWrong, ...settingErrors],
  }),
  browse: endpoint({
    method: 'POST',
    path: '/gateways/links/:id/browse',
    summary: 'What lies below a node of a device’s own directory, a page at a time, for picking points; answered within ten seconds.',
    permission: 'gateways.manage',
    question: true,
    params: z.object({ id: LinkId }),
    query: none,
    body: BrowseCommand.pick({ at: true, cursor: true }),
    response: z.union([
      z.object({ outcome: z.literal('read'), nodes: z.array(DirectoryNode), cursor: z.string().nullable() }),
      z.object({ outcome: z.literal('failed'), reason: z.string(), details: ReasonDetails.optional() }),
    ]),
    errors: [gatewayErrors.linkNotFound],
  }),
  trace: endpoint({
    method: 'POST',
    path: '/gateways/links/:id/trace',
    summary: 'The last hundred frames on a link’s wire, the oldest first, as the gateway keeps them; answered within ten seconds.',
    permission: 'gateways.manage',
    question: true,
    params: z.object({ id: LinkId }),
    query: none,
    body: z.object({}),
    response: z.union([
      z.object({ outcome: z.literal('read'), frames: z.array(TracedFrame) }),
      z.object({ outcome: z.literal('failed'), reason: z.string(), details: ReasonDetails.optional() }),
    ]),
    errors: [gatewayErrors.linkNotFound],
  }),
  log: endpoint({
    method: 'GET',
    path: '/gateways/:id/log',
    summary: 'The gateway’s log, the newest first.',
    permission: 'gateways.read',
    params: gatewayPath,
    query: listQuery(['at']).extend({ sort: z.enum(['at', '-at']).default('-at'), level: WireLogEntry.shape.level.optional() }),
    body: z.undefined(),
    response: pageOf(LogEntry),
    errors: [gatewayErrors.notFound],
  }),
}
