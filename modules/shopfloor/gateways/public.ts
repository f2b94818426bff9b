import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import type { OpaqueTx } from '#kernel/postgres.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { OrgId } from '#values/ids.ts'
import type { configurationApi } from './configuration-contract.ts'
import type { CommandId, LinkId, PointTableId, Settings, WriteCommand } from './contract.ts'
import type { PointRow } from './point-rows.ts'

type Input<Name extends keyof typeof configurationApi> = z.output<(typeof configurationApi)[Name]['body']>

/** By which a device is written to. */
export interface WriteTarget {
  gatewayId: DeviceId
  online: boolean
  linkId: LinkId
  protocol: string
  /** Whether the protocol's driver writes at all, and calls methods. */
  writes: boolean
  calls: boolean
  /** Link and connection are switched on. */
  enabled: boolean
  unit: Settings
  rows: readonly PointRow[]
}

/** What a gateway may tell. */
export interface Voice {
  /** Codes of the devices that it speaks for, its own among them. */
  codes: readonly string[]
  /** Of them, those whose values carry the stamps of their source, by a clock that is not a gateway's. */
  stampedBySource: readonly string[]
  /** When it was its turn to read, in order; undefined: it is of no pair and may always. */
  turns?: readonly { fromMs: number; untilMs: number }[]
}

/** How often a gateway has something to say of a device. */
export interface Pace {
  /** By point, in milliseconds: its period, or with a dead-band the time after which what holds is said again. */
  everyMs: Readonly<Record<string, number>>
  /** Of a device that sends changes by itself: whether its link and it are there now. Undefined: its values are read at each period. */
  standing?: boolean
}

export interface GatewaysPublic {
  /** Undefined where no gateway reads the device. */
  writeTarget(tx: OpaqueTx, deviceId: DeviceId): Promise<WriteTarget | undefined>
  /** Puts a write to a gateway, in the caller's transaction; `expiresAt` at most a minute ahead. Its life is told by `gatewaysEvents`. */
  sendWrite(
    tx: OpaqueTx,
    input: { gatewayId: DeviceId; request: Omit<WriteCommand, 'id' | 'expiresAtMs'>; expiresAt: Date },
  ): Promise<CommandId>
  /** After that transaction: the gateway need not wait for its next look. */
  wake(gatewayId: DeviceId): void
  /** Whether it was called back before the gateway took it. */
  withdrawWrite(tx: OpaqueTx, id: CommandId): Promise<boolean>
  /** Undefined where no gateway reads the device. */
  paceOf(tx: OpaqueTx, deviceId: DeviceId): Promise<Pace | undefined>
  /** For the ingest; undefined: it is no gateway. */
  voiceOf(orgId: OrgId, deviceId: DeviceId): Promise<Voice | undefined>
  pointTables(tx: OpaqueTx): Promise<{ id: PointTableId; name: string; protocol: string }[]>
  /**
   * As the endpoint `createPointTable`, in the caller's transaction; rows may lack their place. Errors: as there; a name that is taken violates
   * the index `point_table_name` and ends the transaction.
   */
  addPointTable(
    tx: OpaqueTx,
    ctx: Context,
    input: { name: string; protocol: string; modelCode: string; rows: readonly PointRow[] },
  ): Promise<{ id: PointTableId }>
  /** For first data: as the endpoints, each in its own transaction. */
  createGateway(ctx: Context, input: Input<'create'>): Promise<{ id: DeviceId; credential: { userName: string; secret: string } }>
  createLink(ctx: Context, gatewayId: DeviceId, input: Input<'createLink'>): Promise<{ id: LinkId }>
  createPointTable(ctx: Context, input: Input<'createPointTable'>): Promise<{ id: PointTableId }>
  connectDevice(ctx: Context, input: Input<'connect'>): Promise<{ deviceId: DeviceId }>
}
