import type { Clock } from '#kernel/clock.ts'
import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { MeasuringPointId } from '#modules/shopfloor/devices/contract.ts'
import type { DevicesPublic, PointInfo } from '#modules/shopfloor/devices/public.ts'
import type { OrgId } from '#values/ids.ts'
import type { TelemetryDatabase } from '../tables.ts'

/** News of a change comes by the bus; should it be missed, an organisation's points are read again after this long. */
const FRESH_MS = 10_000
/** Of all organisations together; beyond it the longest known organisation is forgotten. */
const MOST_POINTS = 200_000

export interface KnownPointsParts {
  db: TelemetryDatabase
  devices: Pick<DevicesPublic, 'points'>
  clock: Clock
}

/**
 * Measuring points as they were read a moment ago, by organisation: a wall display asks for the last values of the same thousands of points
 * every second, and reading what they are costs ten times what their values cost.
 */
export class KnownPoints {
  readonly #parts: KnownPointsParts
  readonly #known = new Map<OrgId, { points: Map<MeasuringPointId, PointInfo>; readMs: number }>()

  constructor(parts: KnownPointsParts) {
    this.#parts = parts
  }

  /** In the order asked for; what is not the organisation's own is left out. */
  async find(ctx: Context, ids: readonly MeasuringPointId[]): Promise<PointInfo[]> {
    const points = this.#of(ctx.orgId)
    const unknown = ids.filter((id) => !points.has(id))
    if (unknown.length > 0) {
      const { db, devices } = this.#parts
      for (const point of await db.inTenant(ctx, (tx) => devices.points(opaque(tx), { measuringPointIds: unknown })))
        points.set(point.id, point)
      this.#makeRoom(ctx.orgId)
    }
    const found = new Set<PointInfo>()
    for (const id of ids) {
      const point = points.get(id)
      if (point) found.add(point)
    }
    return [...found]
  }

  forget(orgId: OrgId): void {
    this.#known.delete(orgId)
  }

  #of(orgId: OrgId): Map<MeasuringPointId, PointInfo> {
    const nowMs = this.#parts.clock.nowMs()
    const known = this.#known.get(orgId)
    if (known && nowMs - known.readMs <= FRESH_MS) return known.points
    const points = new Map<MeasuringPointId, PointInfo>()
    this.#known.delete(orgId)
    this.#known.set(orgId, { points, readMs: nowMs })
    return points
  }

  #makeRoom(keep: OrgId): void {
    let total = 0
    for (const { points } of this.#known.values()) total += points.size
    for (const [orgId, { points }] of this.#known) {
      if (total <= MOST_POINTS) return
      if (orgId === keep) continue
      total -= points.size
      this.#known.delete(orgId)
    }
  }
}
