import type { Context, OrgScope } from '#kernel/context.ts'
import { inScope } from '#kernel/context.ts'
import { type Grant, opaque } from '#kernel/postgres.ts'
import type { DeviceId, MeasuringPointId } from '#modules/shopfloor/devices/contract.ts'
import type { DevicesPublic, PointInfo } from '#modules/shopfloor/devices/public.ts'
import type { PlantPublic, SiteCalendar } from '#modules/shopfloor/plant/public.ts'
import { requestErrors } from '#values/errors.ts'
import type { OrgId } from '#values/ids.ts'
import type { TelemetryPoint, Withheld } from '../../contract.ts'
import { telemetryErrors } from '../../errors.ts'
import type { TelemetryDatabase, TelemetryTx } from '../tables.ts'
import type { KnownPoints } from './known-points.ts'

const DATA_SET = 'telemetry.values'
const MINUTE_MS = 60_000

export interface ReadingParts {
  db: TelemetryDatabase
  devices: Pick<DevicesPublic, 'points' | 'device'>
  plant: Pick<PlantPublic, 'calendar'>
  /** Undefined: what points are is read for each question. */
  known?: KnownPoints
}

/** Measuring points that the caller may read, and how far. */
export interface Readable {
  /** Whose rows they are: the scope of every query in ClickHouse. */
  scope: OrgScope
  points: PointInfo[]
  /** Only values of [fromMs, untilMs). */
  fromMs: number
  untilMs: number
  /** An agreement on aggregated values: no samples. */
  onlyKeyFigures: boolean
  delayMinutes: number
  withheld: Withheld | null
}

export type Asked =
  | { measuringPointIds: readonly MeasuringPointId[]; ownerId?: OrgId | undefined; deviceId?: DeviceId | undefined }
  | { deviceId: DeviceId; ownerId?: OrgId | undefined }

/**
 * The points asked for, one's own within the caller's sites, or a partner's by agreement: its device, its fields, its period, its delay.
 * Errors: telemetry.notFound when one is missing or out of reach; sharing's.
 */
export async function readable(
  { db, devices, known }: Pick<ReadingParts, 'db' | 'devices' | 'known'>,
  ctx: Context,
  asked: Asked,
): Promise<Readable> {
  const ids = 'measuringPointIds' in asked ? [...new Set(asked.measuringPointIds)] : undefined
  const find = async (tx: TelemetryTx) => {
    if (!ids && !(await devices.device(opaque(tx), asked.deviceId as DeviceId))) throw telemetryErrors.notFound()
    return devices.points(opaque(tx), ids ? { measuringPointIds: ids } : { deviceIds: [asked.deviceId as DeviceId] })
  }
  const inOrder = (points: PointInfo[]) => {
    if (!ids) return points
    const byId = new Map(points.map((point) => [point.id, point]))
    return ids.map((id) => byId.get(id) ?? missing(id))
  }
  if (asked.ownerId === undefined || asked.ownerId === ctx.orgId) {
    const found = known && ids ? await known.find(ctx, ids) : await db.inTenant(ctx, find)
    const points = found.filter((point) => inScope(ctx, point.siteId))
    const own = {
      fromMs: Number.NEGATIVE_INFINITY,
      untilMs: Number.POSITIVE_INFINITY,
      onlyKeyFigures: false,
      delayMinutes: 0,
      withheld: null,
    }
    if (!ids && points.length === 0) await deviceInScope({ db, devices }, ctx, asked.deviceId as DeviceId)
    return { scope: ctx, points: inOrder(points), ...own }
  }
  const { deviceId } = asked
  if (deviceId === undefined) throw requestErrors.invalid({ deviceId: 'needed with ownerId' })
  return db.inGrant(ctx, { owner: asked.ownerId, dataSet: DATA_SET, itemId: deviceId }, async (tx, grant) => {
    const points = (await find(tx)).flatMap((point) => openedBy(grant, point, deviceId))
    return { scope: grant, points: inOrder(points), ...limitsOf(grant, ctx.now) }
  })
}

function missing(id: MeasuringPointId): never {
  throw telemetryErrors.notFound({ id })
}

/** A device without points in reach is told from one out of reach. */
async function deviceInScope({ db, devices }: Pick<ReadingParts, 'db' | 'devices'>, ctx: Context, id: DeviceId): Promise<void> {
  const device = await db.inTenant(ctx, (tx) => devices.device(opaque(tx), id))
  if (!device || !inScope(ctx, device.siteId)) throw telemetryErrors.notFound({ id })
}

/** The point as the agreement opens it: a shared field, and of its history the part of shared devices. */
function openedBy(grant: Grant, point: PointInfo, deviceId: DeviceId): PointInfo[] {
  if (grant.fields !== 'all' && !grant.fields.includes(point.name) && !grant.fields.includes(point.code)) return []
  const bindings = point.bindings.filter((b) => b.deviceId === deviceId || grant.items === 'all' || grant.items.includes(b.deviceId))
  return bindings.some((b) => b.deviceId === deviceId) ? [{ ...point, bindings }] : []
}

function limitsOf(grant: Grant, now: Date): Omit<Readable, 'scope' | 'points'> {
  const delayedUntilMs = now.getTime() - grant.delayMinutes * MINUTE_MS
  return {
    fromMs: grant.fromMs,
    // Without a delay even a stamp that is a little ahead of our clock is shown.
    untilMs: grant.delayMinutes === 0 ? grant.untilMs : Math.min(grant.untilMs, delayedUntilMs),
    onlyKeyFigures: grant.granularity === 'kpi',
    delayMinutes: grant.delayMinutes,
    withheld: {
      granularity: grant.granularity,
      delayMinutes: grant.delayMinutes,
      from: new Date(grant.fromMs).toISOString(),
      until: new Date(grant.untilMs).toISOString(),
    },
  }
}

/** How the points' sites count their days, by the order of the points. */
export async function calendars(
  { db, plant }: ReadingParts,
  ctx: Context,
  asked: Asked,
  points: readonly PointInfo[],
): Promise<SiteCalendar[]> {
  const read = async (tx: TelemetryTx) => {
    const bySite = new Map<string | null, SiteCalendar>()
    for (const { siteId } of points) if (!bySite.has(siteId)) bySite.set(siteId, await plant.calendar(opaque(tx), siteId))
    return points.map((point) => bySite.get(point.siteId) as SiteCalendar)
  }
  const { ownerId, deviceId } = asked
  if (ownerId === undefined || ownerId === ctx.orgId) return db.inTenant(ctx, read)
  return db.inGrant(ctx, { owner: ownerId, dataSet: DATA_SET, itemId: deviceId ?? null }, read)
}

export function telemetryPoint(point: PointInfo): TelemetryPoint {
  const { id, deviceId, name, label, labelEn, unit, kind, valueType, decimals, states } = point
  return { id, deviceId, name, label, labelEn, unit, kind, valueType, decimals, states }
}
