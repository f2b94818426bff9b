import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { OrgId } from '#values/ids.ts'
import { type Device, type DeviceId, type DevicePoint, MACHINE_CARD } from '../contract.ts'
import { deviceErrors } from '../errors.ts'
import { credentialsOf, userNameOf } from './credentials.ts'
import { isInScope, orgCodeOf } from './device-access.ts'
import { findDevice } from './device-store.ts'
import { summaryOf } from './device-view.ts'
import { visibleToPartner } from './list-devices.ts'
import { readPlacements } from './place-device.ts'
import { pointsOfDevice } from './point-store.ts'
import type { Rooms } from './rooms.ts'
import { findModel, versionsOf } from './thing-model-store.ts'

const VALUES = 'telemetry.values'

export function readDevice(rooms: Rooms, ctx: Context, id: DeviceId, owner: OrgId | undefined): Promise<Device> {
  return owner === undefined || owner === ctx.orgId ? readOwn(rooms, ctx, id) : readPartners(rooms, ctx, id, owner)
}

const readOwn = (rooms: Rooms, ctx: Context, id: DeviceId): Promise<Device> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const row = await findDevice(tx, id)
    if (!row || !(await isInScope(tx, ctx, id))) throw deviceErrors.notFound({ id })
    const placements = await readPlacements(rooms, tx, id)
    const nodes = await rooms.plant.nodes(opaque(tx), row.place ? [row.place.nodeId] : [])
    const summary = summaryOf(ctx.orgId, row, nodes)
    const model = await findModel(tx, row.model_id)
    const newest = (await versionsOf(tx, model?.code ?? ''))[0]
    const orgCode = await orgCodeOf(rooms, tx)
    const credentials = await credentialsOf(tx, id)
    return {
      ...summary,
      own: {
        ...summary.own,
        modelCode: model?.code ?? '',
        modelVersion: model?.version_no ?? 0,
        newerModelId: newest && model && newest.version_no > model.version_no ? newest.id : null,
        connection: {
          userName: userNameOf(orgCode, row.code),
          topic: `v1/${orgCode}/${row.code}/telemetry`,
          mqttPort: rooms.mqttPort,
          mqttsPort: rooms.mqttsPort ?? null,
        },
        credentials: credentials.map((c) => ({
          id: c.id,
          createdAt: c.created_at.toISOString(),
          disabledAt: c.disabled_at?.toISOString() ?? null,
        })),
        placements,
        sharedWith: (await rooms.sharing.sharedWith(opaque(tx), VALUES, id, ctx.now)).map(({ agreementId: _, ...partner }) => partner),
      },
    }
  })

const readPartners = (rooms: Rooms, ctx: Context, id: DeviceId, owner: OrgId): Promise<Device> =>
  rooms.db.inGrant(ctx, { owner, dataSet: MACHINE_CARD, itemId: id }, async (tx, grant) => {
    const row = await visibleToPartner(tx, grant).where('d.id', '=', id).executeTakeFirst()
    if (!row) throw deviceErrors.notFound({ id })
    return { ...summaryOf(owner, row, new Map()), own: null }
  })

export const readPoints = (rooms: Rooms, ctx: Context, id: DeviceId): Promise<DevicePoint[]> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const device = await findDevice(tx, id)
    if (!device || !(await isInScope(tx, ctx, id))) throw deviceErrors.notFound({ id })
    return (await pointsOfDevice(tx, id)).map((p) => ({
      id: p.id,
      name: p.name,
      label: p.label,
      labelEn: p.label_en,
      valueType: p.value_type,
      unit: p.unit,
      kind: p.kind,
      min: p.min,
      max: p.max,
      access: p.access,
      states: p.states,
      decimals: p.decimals,
      measuringPoint:
        p.measuring_point_id === null
          ? null
          : {
              id: p.measuring_point_id,
              code: p.measuring_point_code ?? '',
              label: p.measuring_point_label ?? '',
              since: p.bound_from?.toISOString() ?? '',
            },
    }))
  })
