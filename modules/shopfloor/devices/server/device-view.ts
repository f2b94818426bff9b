import type { PlantNodeId } from '#modules/shopfloor/plant/contract.ts'
import type { PlacedNode } from '#modules/shopfloor/plant/public.ts'
import type { OrgId } from '#values/ids.ts'
import type { DeviceSummary } from '../contract.ts'
import type { ListedDevice } from './device-store.ts'

export function summaryOf(
  ownerId: OrgId,
  row: ListedDevice,
  nodes: ReadonlyMap<PlantNodeId, PlacedNode>,
): DeviceSummary & { own: NonNullable<DeviceSummary['own']> } {
  return {
    id: row.id,
    ownerId,
    name: row.name,
    nameEn: row.name_en,
    typeName: row.type_name,
    typeNameEn: row.type_name_en,
    own: {
      code: row.code,
      status: row.status,
      thingModelId: row.model_id,
      maker: row.maker,
      model: row.model,
      serial: row.serial,
      note: row.note,
      place: row.place && {
        nodeId: row.place.nodeId,
        siteId: row.place.siteId,
        path: nodes.get(row.place.nodeId)?.path ?? [],
        pathEn: nodes.get(row.place.nodeId)?.pathEn ?? [],
        from: new Date(row.place.from).toISOString(),
      },
      createdAt: row.created_at.toISOString(),
      retiredAt: row.retired_at?.toISOString() ?? null,
      mainPhotoId: row.main_photo_id,
      version: row.version,
    },
  }
}
