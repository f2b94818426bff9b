import { sql } from 'kysely'
import type { Loop } from '#kernel/background.ts'
import type { Clock } from '#kernel/clock.ts'
import type { GatewaysSystem } from './tables.ts'

const HOUR_MS = 3_600_000
const LOG_DAYS = 30
/** Of each gateway: one that tells the same a thousand times a minute fills no disk. */
const LOG_ENTRIES = 20_000

/** What came of a write may be told when the gateway is back: a month after. */
const WRITE_DAYS = 30

/** Commands an hour after they expired, writes after a month; log entries after a month, or when there are too many. */
export const clearOld = ({ system, clock }: { system: GatewaysSystem; clock: Clock }): Loop => ({
  name: 'gateways: clearing',
  intervalMs: HOUR_MS,
  run: () =>
    system.inSystem(async (tx) => {
      const nowMs = clock.nowMs()
      await tx
        .deleteFrom('gateways.command')
        .where('expires_at', '<', new Date(nowMs - HOUR_MS))
        .where((eb) =>
          eb.or([sql<boolean>`request->>'kind' <> 'write'`, eb('expires_at', '<', new Date(nowMs - WRITE_DAYS * 24 * HOUR_MS))]),
        )
        .execute()
      await tx
        .deleteFrom('gateways.log')
        .where('at', '<', new Date(nowMs - LOG_DAYS * 24 * HOUR_MS))
        .execute()
      await sql`delete from gateways.log l using (
          select id, row_number() over (partition by org_id, gateway_id order by at desc, id desc) as n from gateways.log) numbered
        where numbered.id = l.id and numbered.n > ${LOG_ENTRIES}`.execute(tx)
    }),
})
