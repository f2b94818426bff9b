import type { z } from 'zod'
import { type Context, inScope } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { PointTableId } from '../contract.ts'
import { gatewayErrors } from '../errors.ts'
import { commandNames, rowProblems } from '../point-rows.ts'
import type { PlannedDevice, rollOutApi } from '../roll-out-contract.ts'
import { findRevision, revisionsOf, usersOfTable } from './configuration-store.ts'
import { existingTable, modelOf } from './point-tables.ts'
import { blockedBy, rowsDifference } from './roll-out-rules.ts'
import type { Rooms } from './rooms.ts'
import type { GatewaysTx } from './tables.ts'

type Plan = z.input<typeof rollOutApi.planRollOut.response>

export const planRollOut = (rooms: Rooms, ctx: Context, id: PointTableId, toVersion: number | undefined): Promise<Plan> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const table = await existingTable(tx, id)
    const to = toVersion ?? table.version
    const devices = await plannedDevices(rooms, tx, ctx, id, to)
    const readBy = new Map<number, number>()
    for (const { fromVersion } of devices) readBy.set(fromVersion, (readBy.get(fromVersion) ?? 0) + 1)
    const after = (await findRevision(tx, id, to))?.rows ?? []
    const differences: Plan['differences'] = []
    for (const fromVersion of [...readBy.keys()].filter((version) => version !== to).sort((a, b) => b - a))
      differences.push({ fromVersion, ...rowsDifference((await findRevision(tx, id, fromVersion))?.rows ?? [], after) })
    const revisions = (await revisionsOf(tx, id)).map(({ version, created_at, points }) => ({
      version,
      at: created_at.toISOString(),
      devices: readBy.get(version) ?? 0,
      points,
    }))
    return { toVersion: to, revisions, differences, devices }
  })

/** Every device of the table, and whether it can take the revision. Errors: gateways.revisionNotFound. */
export async function plannedDevices(rooms: Rooms, tx: GatewaysTx, ctx: Context, id: PointTableId, to: number): Promise<PlannedDevice[]> {
  const table = await existingTable(tx, id)
  const revision = await findRevision(tx, id, to)
  if (!revision) throw gatewayErrors.revisionNotFound({ version: to })
  const { definition } = await modelOf(rooms, tx, table.model_code)
  const problems = rowProblems(
    table.protocol,
    revision.rows,
    new Map(definition.properties.map((p) => [p.name, p])),
    commandNames(definition),
  )
  const users = await usersOfTable(tx, id)
  const ids = users.flatMap((user) => [user.device_id, user.gateway_id])
  const known = await rooms.devices.devices(opaque(tx), [...new Set(ids)])
  return users.map((user) => {
    const device = known.get(user.device_id)
    const own = device !== undefined && inScope(ctx, device.siteId)
    const same = user.table_version === to
    const status = own ? device.status : undefined
    const reason = same ? undefined : blockedBy(table, { status, modelCode: device?.modelCode, unit: user.unit }, problems)
    return {
      deviceId: user.device_id,
      code: user.code,
      name: own ? device.name : user.code,
      nameEn: own ? device.nameEn : null,
      gatewayCode: known.get(user.gateway_id)?.code ?? '',
      linkName: user.link_name,
      fromVersion: user.table_version,
      outcome: same ? 'same' : reason ? 'blocked' : 'ready',
      reason: reason ?? null,
    }
  })
}
