import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { OrgId } from '#values/ids.ts'

export interface GatewaysPublic {
  /** For the ingest: codes of the devices that this one speaks for, its own among them; undefined: it is no gateway. */
  devicesOf(orgId: OrgId, deviceId: DeviceId): Promise<readonly string[] | undefined>
}
