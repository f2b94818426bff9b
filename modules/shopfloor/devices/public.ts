import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import type { OpaqueTx } from '#kernel/postgres.ts'
import type { PlantNodeId } from '#modules/shopfloor/plant/contract.ts'
import type { OrgId } from '#values/ids.ts'
import type { DeviceId, DeviceStatus, devicesApi, MeasuringPointId, ThingModelId } from './contract.ts'
import type { Definition, PointKind, States, ValueType } from './thing-model.ts'

/**
 * A stretch of a measuring point's history: the stream `series` of one device point, [fromMs, untilMs). The number is the device point's;
 * two measuring points may have the same one in different periods, never at the same time.
 */
export interface SeriesPeriod {
  series: number
  fromMs: number
  untilMs: number | null
}

/** All that the ingest must know of a device. */
export interface IngestDevice {
  orgId: OrgId
  orgNo: number
  deviceId: DeviceId
  /** Neither planned nor retired. */
  active: boolean
  /** SHA-256 of each secret in use. */
  credentials: { hash: Buffer }[]
  points: {
    name: string
    valueType: ValueType
    kind: PointKind
    min: number | null
    max: number | null
    states?: States
    bindings: SeriesPeriod[]
  }[]
}

export interface PointInfo {
  id: MeasuringPointId
  /** The property's name: `temperature`. */
  name: string
  /** Unique in the organisation: `DC-01.temperature`. */
  code: string
  label: string
  labelEn: string | null
  unit: string | null
  kind: PointKind
  valueType: ValueType
  decimals: number | null
  states: States | null
  /** The device it is bound to now, or was bound to last. */
  deviceId: DeviceId | null
  /** Where that device stands. */
  siteId: PlantNodeId | null
  /** Ascending by time. */
  bindings: (SeriesPeriod & { deviceId: DeviceId })[]
}

export interface DeviceInfo {
  id: DeviceId
  code: string
  name: string
  nameEn: string | null
  typeName: string
  typeNameEn: string | null
  modelCode: string
  modelId: ThingModelId
  status: DeviceStatus
  siteId: PlantNodeId | null
}

export type LogInRefusal = 'unknownDevice' | 'wrongCredential' | 'deviceInactive' | 'lockedOut'

/** As much of a device as a log-in looks at; `hashes`: SHA-256 of each secret in use. */
export interface LogInDevice {
  active: boolean
  hashes: readonly Buffer[]
}

export interface ModelInfo {
  id: ThingModelId
  code: string
  name: string
  nameEn: string | null
  description: string
  definition: Definition
  retired: boolean
}

export interface DevicesPublic {
  /**
   * Whether the secret is one of the device that `find` knows by its user name (`org/device`); `hash` is the secret's, found among the
   * device's. Ten wrong ones in a minute lock the device out at that address, in this process. Errors: those of `find`.
   */
  logIn<Device extends LogInDevice>(
    credentials: { userName: string; secret: string | Buffer; address: string },
    find: (userName: string) => Promise<Device | undefined>,
  ): Promise<{ device: Device; hash: Buffer } | LogInRefusal>
  /** For the ingest, before an organisation is known. */
  identify(orgCode: string, deviceCode: string): Promise<IngestDevice | undefined>
  /** Measuring points by id, or those whose values come from the devices now (came last, where nothing is bound any more). */
  points(tx: OpaqueTx, of: { deviceIds?: readonly DeviceId[]; measuringPointIds?: readonly MeasuringPointId[] }): Promise<PointInfo[]>
  device(tx: OpaqueTx, id: DeviceId): Promise<DeviceInfo | undefined>
  devices(tx: OpaqueTx, ids: readonly DeviceId[]): Promise<Map<DeviceId, DeviceInfo>>
  /** Those that are not retired; of one thing model where it is named. */
  inUse(tx: OpaqueTx, modelCode?: string): Promise<DeviceInfo[]>
  newestModel(tx: OpaqueTx, code: string): Promise<ModelInfo | undefined>
  /** A new thing model, or the next version of the one with this code. Errors: devices.modelRetired, devices.propertyChanged. */
  saveModel(tx: OpaqueTx, ctx: Context, input: z.input<typeof devicesApi.createThingModel.body>): Promise<ThingModelId>
  /**
   * As the endpoint `create`, in the caller's transaction. Errors: as there; a code that is taken violates the index `device_code` and ends
   * the transaction.
   */
  addDevice(
    tx: OpaqueTx,
    ctx: Context,
    input: z.input<typeof devicesApi.create.body>,
  ): Promise<{ id: DeviceId; credential: { userName: string; secret: string } | null }>
  /**
   * A secret in place of all that the device had, in the caller's transaction; the device is cut off where it uses one of those.
   * Errors: devices.notFound, devices.retired.
   */
  replaceCredential(tx: OpaqueTx, ctx: Context, id: DeviceId): Promise<{ userName: string; secret: string }>
  /** The device takes the newest version of its thing model, where it has not. Errors: devices.notFound, devices.retired, devices.propertyChanged. */
  takeNewestModel(tx: OpaqueTx, ctx: Context, id: DeviceId): Promise<void>
  /** For first data: as the endpoints, each in its own transaction. */
  createModel(ctx: Context, input: z.input<typeof devicesApi.createThingModel.body>): Promise<ThingModelId>
  createDevice(ctx: Context, input: z.input<typeof devicesApi.create.body>): Promise<{ deviceId: DeviceId; secret: string | null }>
}
