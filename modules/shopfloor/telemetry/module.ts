import type { Bus } from '#kernel/bus.ts'
import type { ClickHouse } from '#kernel/clickhouse.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Files } from '#kernel/files.ts'
import type { Log } from '#kernel/log.ts'
import type { ServerModule } from '#kernel/module.ts'
import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'
import type { DevicesPublic } from '#modules/shopfloor/devices/public.ts'
import type { GatewaysPublic } from '#modules/shopfloor/gateways/public.ts'
import type { PlantPublic } from '#modules/shopfloor/plant/public.ts'
import type { OrgId } from '#values/ids.ts'
import { telemetryApi, telemetryPermissions } from './contract.ts'
import en from './en.json' with { type: 'json' }
import type { TelemetryPublic } from './public.ts'
import type { KeptMonths } from './retention.ts'
import { type Ingest, openIngest } from './server/ingest/start-ingest.ts'
import { deviceDays } from './server/query/connected-days.ts'
import { KnownPoints } from './server/query/known-points.ts'
import { rolledUpClock } from './server/query/rolled-up-clock.ts'
import { retentionLoop } from './server/retention/delete-expired.ts'
import { rollUpLoop } from './server/rollup/roll-up.ts'
import { telemetryRoutes } from './server/routes.ts'
import type { TelemetryDatabase, TelemetrySystem } from './server/tables.ts'
import { telemetryPublic } from './server/telemetry-public.ts'
import { valueUsages } from './server/usage.ts'
import zh from './zh.json' with { type: 'json' }

export interface TelemetryParts {
  db: TelemetryDatabase
  system: TelemetrySystem
  clickhouse: ClickHouse
  bus: Bus
  organisations: Pick<OrganisationsPublic, 'organisationByCode' | 'everyScope' | 'valueQuotas'>
  plant: Pick<PlantPublic, 'calendar'>
  /** How long values are kept where an organisation has not said otherwise. */
  byDefault: KeptMonths
  devices: Pick<DevicesPublic, 'identify' | 'logIn' | 'points' | 'device'>
  gateways: Pick<GatewaysPublic, 'voiceOf' | 'paceOf'>
  files: Files
  clock: Clock
  log: Log
}

export const telemetryModule = (parts: TelemetryParts): ServerModule & { public: TelemetryPublic } => {
  let ingest: Ingest | undefined
  const openOnce = () => {
    if (ingest) return ingest
    // Who watches is known to the broker alone; what comes by HTTPS is little and goes to the bus in any case.
    const opened = openIngest(parts, 'https', { isWatched: () => true, publish: (topic, payload) => parts.bus.publish(topic, payload) })
    parts.bus.subscribe('events/devices.changed', (_, payload) => opened.deviceChanged(payload))
    parts.bus.subscribe('events/gateways.changed', (_, payload) => opened.gatewayChanged(payload))
    ingest = opened
    return opened
  }
  const known = new KnownPoints(parts)
  parts.bus.subscribe('events/devices.changed', (_, payload) => known.forget((JSON.parse(payload.toString()) as { orgId: OrgId }).orgId))
  return {
    name: 'telemetry',
    api: telemetryApi,
    permissions: telemetryPermissions,
    words: { zh, en },
    routes: telemetryRoutes({ ...parts, known, rolledUp: rolledUpClock(parts.system, parts.clock), ingest: openOnce }),
    loops: [rollUpLoop(parts), retentionLoop(parts)],
    connections: [deviceDays(parts.clickhouse)],
    usages: valueUsages(parts.system),
    public: telemetryPublic(parts),
  }
}
