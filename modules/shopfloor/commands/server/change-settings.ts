import { sql } from 'kysely'
import type { z } from 'zod'
import { type Context, inScope } from '#kernel/context.ts'
import { opaque, violatedUnique } from '#kernel/postgres.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { PlantNodeId } from '#modules/shopfloor/plant/contract.ts'
import type { commandsApi, SiteSwitch } from '../contract.ts'
import { commandErrors } from '../errors.ts'
import { callSettingFault } from './call-rules.ts'
import { settingFault } from './command-rules.ts'
import { lockWaiting } from './command-store.ts'
import { callBack } from './decide-command.ts'
import type { Rooms } from './rooms.ts'
import type { CommandsTx } from './tables.ts'
import { ownDevice, writables } from './writable-points.ts'

type Body<Name extends 'allow' | 'switchSite'> = z.output<(typeof commandsApi)[Name]['body']>

export const allowPoint = (
  rooms: Rooms,
  ctx: Context,
  { deviceId, name }: { deviceId: DeviceId; name: string },
  { version, ...setting }: Body<'allow'>,
): Promise<{ version: number }> =>
  rooms.db
    .inTenant(ctx, async (tx) => {
      const points = await writables(rooms, tx, await ownDevice(rooms, tx, ctx, deviceId))
      const typeOf = (of: string) => points.find((one) => one.name === of)?.valueType
      const point = points.find((one) => one.name === name)
      if (!point) throw commandErrors.pointNotFound({ name })
      const { parameters, valueType } = point
      const fault = parameters ? callSettingFault(setting, parameters, typeOf) : settingFault(setting, valueType, typeOf)
      if (fault) throw commandErrors.limitsWrong({ fault })
      if (version === 0) {
        const values = { org_id: tx.orgId, device_id: deviceId, name, setting: JSON.stringify(setting) }
        return tx.sql.insertInto('commands.point').values(values).returning('version').executeTakeFirstOrThrow()
      }
      const changed = await tx.sql
        .updateTable('commands.point')
        .set((eb) => ({ setting: JSON.stringify(setting), version: eb('version', '+', 1) }))
        .where('org_id', '=', tx.orgId)
        .where('device_id', '=', deviceId)
        .where('name', '=', name)
        .where('version', '=', version)
        .returning('version')
        .executeTakeFirst()
      if (!changed) throw commandErrors.changedMeanwhile({ name })
      return changed
    })
    .catch((error: unknown) => {
      throw violatedUnique(error) === 'point_once' ? commandErrors.changedMeanwhile({ name }) : error
    })

export const forbidPoint = (rooms: Rooms, ctx: Context, { deviceId, name }: { deviceId: DeviceId; name: string }): Promise<void> =>
  rooms.db.inTenant(ctx, async (tx) => {
    await ownDevice(rooms, tx, ctx, deviceId)
    await tx.sql
      .deleteFrom('commands.point')
      .where('org_id', '=', tx.orgId)
      .where('device_id', '=', deviceId)
      .where('name', '=', name)
      .execute()
    for (const row of await lockWaiting(tx, { deviceId, point: name })) await callBack(rooms, tx, ctx, row)
  })

export const listSites = (rooms: Rooms, ctx: Context): Promise<SiteSwitch[]> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const rows = new Map((await switches(tx)).map((row) => [row.site_id, row]))
    const places = await rooms.plant.places(opaque(tx))
    return places
      .filter(({ id, level, retired }) => level === 'site' && inScope(ctx, id) && (!retired || rows.get(id)?.on_since))
      .map(({ id, name, pathEn }) => switchView({ id, name, nameEn: pathEn.at(-1) ?? name }, rows.get(id)))
  })

const switches = (tx: CommandsTx) => tx.sql.selectFrom('commands.site_switch').selectAll().where('org_id', '=', tx.orgId).execute()
type SwitchRow = Awaited<ReturnType<typeof switches>>[number]

const switchView = (site: { id: PlantNodeId; name: string; nameEn: string }, row: SwitchRow | undefined): SiteSwitch => ({
  siteId: site.id,
  name: site.name,
  nameEn: site.nameEn,
  on: row?.on_since != null,
  changedAt: row?.changed_at.toISOString() ?? null,
  changedBy: row?.changed_by ?? null,
  reason: row?.reason ?? '',
  version: row?.version ?? 0,
})

/** Off takes back what still waits; of what a gateway has taken, its answer decides. */
export const switchSite = (
  rooms: Rooms,
  ctx: Context,
  siteId: PlantNodeId,
  { on, reason, version }: Body<'switchSite'>,
): Promise<SiteSwitch> =>
  rooms.db
    .inTenant(ctx, async (tx) => {
      const node = (await rooms.plant.nodes(opaque(tx), [siteId])).get(siteId)
      if (node?.level !== 'site' || !inScope(ctx, siteId)) throw commandErrors.siteNotFound({ id: siteId })
      const facts = { on_since: on ? ctx.now : null, changed_at: ctx.now, changed_by: ctx.actor.name ?? ctx.actor.id, reason }
      const row =
        version === 0
          ? await tx.sql
              .insertInto('commands.site_switch')
              .values({ org_id: tx.orgId, site_id: siteId, ...facts })
              .returningAll()
              .executeTakeFirst()
          : await tx.sql
              .updateTable('commands.site_switch')
              .set({ ...facts, version: sql`version + 1` })
              .where('org_id', '=', tx.orgId)
              .where('site_id', '=', siteId)
              .where('version', '=', version)
              .returningAll()
              .executeTakeFirst()
      if (!row) throw commandErrors.changedMeanwhile({ id: siteId })
      if (!on) for (const waiting of await lockWaiting(tx, { siteId })) await callBack(rooms, tx, ctx, waiting, reason)
      return switchView({ id: siteId, name: node.name, nameEn: node.pathEn.at(-1) ?? node.name }, row)
    })
    .catch((error: unknown) => {
      throw violatedUnique(error) === 'site_switch_once' ? commandErrors.changedMeanwhile({ id: siteId }) : error
    })
