import { accessPages } from '#modules/foundation/access/web/pages.ts'
import { collaborationPages } from '#modules/foundation/collaboration/web/pages.ts'
import { notificationsPages } from '#modules/foundation/notifications/web/pages.ts'
import { organisationsPages } from '#modules/foundation/organisations/web/pages.ts'
import { programmePages } from '#modules/foundation/programme/web/pages.ts'
import { securityPages } from '#modules/foundation/security/web/pages.ts'
import { sharingPages } from '#modules/foundation/sharing/web/pages.ts'
import { integrationPages } from '#modules/insight/integration/web/pages.ts'
import { alarmsPages } from '#modules/shopfloor/alarms/web/pages.ts'
import { commandsPages } from '#modules/shopfloor/commands/web/pages.ts'
import { devicesPages } from '#modules/shopfloor/devices/web/pages.ts'
import { gatewaysPages } from '#modules/shopfloor/gateways/web/pages.ts'
import { plantPages } from '#modules/shopfloor/plant/web/pages.ts'
import { telemetryPages } from '#modules/shopfloor/telemetry/web/pages.ts'
import { templatesPages } from '#modules/shopfloor/templates/web/pages.ts'
import { financePages } from '#modules/trade/finance/web/pages.ts'
import { inventoryPages } from '#modules/trade/inventory/web/pages.ts'
import { logisticsPages } from '#modules/trade/logistics/web/pages.ts'
import { materialsPages } from '#modules/trade/materials/web/pages.ts'
import { ordersPages } from '#modules/trade/orders/web/pages.ts'
import { sourcingPages } from '#modules/trade/sourcing/web/pages.ts'
import { qualityPages } from '#modules/works/quality/web/pages.ts'
import type { ModulePages } from '#ui/module-pages.ts'

/** Every module that has pages; a new module adds its import and its name here. */
export const modulePages: readonly ModulePages[] = [
  // In the order of module-map.js.
  organisationsPages,
  accessPages,
  sharingPages,
  securityPages,
  notificationsPages,
  collaborationPages,
  programmePages,
  plantPages,
  devicesPages,
  gatewaysPages,
  telemetryPages,
  commandsPages,
  integrationPages,
  materialsPages,
  sourcingPages,
  ordersPages,
  inventoryPages,
  logisticsPages,
  financePages,
  qualityPages,
  alarmsPages,
  templatesPages,
]
