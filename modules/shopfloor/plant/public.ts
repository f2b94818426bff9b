import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import type { OpaqueTx } from '#kernel/postgres.ts'
import type { DayStart } from '#values/instant.ts'
import type { DeclaredNetwork, PlantNodeId, plantApi, ShiftId } from './contract.ts'
import type { Level } from './levels.ts'

export interface PlacedNode {
  name: string
  level: Level
  /** Names from the enterprise's child down to the node itself. */
  path: string[]
  /** The same in English, where a place has an English name. */
  pathEn: string[]
  siteId: PlantNodeId | null
  retired: boolean
}

/** How a site counts its days. Without a site: Shanghai time, midnight. */
export interface SiteCalendar {
  siteId: PlantNodeId | null
  timeZone: string
  dayStarts: DayStart[]
  shifts: { id: ShiftId; name: string; startMinute: number; endMinute: number; validFrom: string; validUntil: string | null }[]
}

export interface PlantPublic {
  /** Names and paths; ids of no place of the organisation are left out. */
  nodes(tx: OpaqueTx, ids: readonly PlantNodeId[]): Promise<Map<PlantNodeId, PlacedNode>>
  /** Every place in use by its code, for lists of places that come as words. */
  places(tx: OpaqueTx): Promise<(PlacedNode & { id: PlantNodeId; code: string })[]>
  /** The node and all below it, retired ones too. */
  subtree(tx: OpaqueTx, nodeId: PlantNodeId): Promise<PlantNodeId[]>
  calendar(tx: OpaqueTx, siteId: PlantNodeId | null): Promise<SiteCalendar>
  /**
   * Networks (CIDR) that the site, or any site, declares at this moment. `addressVerdict(address, networks)` of kernel/outbound-address.ts
   * says whether a target lies in one: `declared`.
   */
  declaredNetworks(tx: OpaqueTx, siteId: PlantNodeId | 'all', now: Date): Promise<string[]>
  /**
   * As the endpoint `createNode`, in the caller's transaction. Errors: as there; a code that is taken violates the index `node_code` and ends
   * the transaction.
   */
  addNode(tx: OpaqueTx, ctx: Context, input: z.input<typeof plantApi.createNode.body>): Promise<PlantNodeId>
  /** For first data: as the endpoints, each in its own transaction. */
  createNode(ctx: Context, input: z.input<typeof plantApi.createNode.body>): Promise<PlantNodeId>
  createShift(ctx: Context, siteId: PlantNodeId, input: z.output<typeof plantApi.createShift.body>): Promise<ShiftId>
  declareNetworks(ctx: Context, siteId: PlantNodeId, networks: readonly DeclaredNetwork[]): Promise<void>
}
