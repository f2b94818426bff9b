import type { Files } from '#kernel/files.ts'
import type { Printer } from '#kernel/printer.ts'
import type { Translate } from '#kernel/words.ts'
import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'
import type { FinancePublic } from '#modules/trade/finance/public.ts'
import type { InventoryPublic } from '#modules/trade/inventory/public.ts'
import type { MaterialsPublic } from '#modules/trade/materials/public.ts'
import type { OrdersPublic } from '#modules/trade/orders/public.ts'
import type { LogisticsDatabase } from './tables.ts'

/** What this module stands on. */
export interface Rooms {
  db: LogisticsDatabase
  organisations: Pick<OrganisationsPublic, 'labels' | 'relationWith' | 'facts'>
  materials: Pick<MaterialsPublic, 'facts' | 'unitFactors' | 'barcodesOf'>
  orders: Pick<OrdersPublic, 'lockScheduleLines' | 'shippable' | 'addShipped' | 'addReceived'>
  inventory: Pick<InventoryPublic, 'post' | 'send' | 'ownMaterials' | 'shipsFromStockOnly' | 'openPlaces' | 'systemLocation' | 'warehouses'>
  finance: Pick<FinancePublic, 'accrueReceipt' | 'reverseReceipt'>
  files: Pick<Files, 'take' | 'answer'>
  printer: Printer
  translate: Translate
}
