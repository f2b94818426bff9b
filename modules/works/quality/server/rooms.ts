import type { Clock } from '#kernel/clock.ts'
import type { Printer } from '#kernel/printer.ts'
import type { Translate } from '#kernel/words.ts'
import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'
import type { LogisticsPublic } from '#modules/trade/logistics/public.ts'
import type { QualityDatabase } from './tables.ts'

/** What this module stands on. */
export interface Rooms {
  db: QualityDatabase
  organisations: Pick<OrganisationsPublic, 'facts' | 'labels'>
  logistics: Pick<LogisticsPublic, 'lotsToInspect' | 'settleLot'>
  printer: Printer
  translate: Translate
  clock: Clock
}
