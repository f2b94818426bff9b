import { sql } from 'kysely'
import type { AlarmRuleId, RuleInput } from '../contract.ts'
import type { Kept, WatchedRule } from './condition-rules.ts'
import type { AlarmsTx } from './tables.ts'

export const rulesInUse = (tx: AlarmsTx) =>
  tx.sql.selectFrom('alarms.rule').selectAll().where('org_id', '=', tx.orgId).where('retired_at', 'is', null).orderBy('id').execute()
export type RuleRow = Awaited<ReturnType<typeof rulesInUse>>[number]

export const lockRule = (tx: AlarmsTx, id: AlarmRuleId) =>
  tx.sql
    .selectFrom('alarms.rule')
    .selectAll()
    .where('org_id', '=', tx.orgId)
    .where('id', '=', id)
    .where('retired_at', 'is', null)
    .forUpdate()
    .executeTakeFirst()

/** What a person set. */
export const inputOf = (row: Omit<RuleRow, 'id' | 'org_id' | 'created_at' | 'retired_at' | 'version' | 'search_text'>): RuleInput => ({
  name: row.name,
  nameEn: row.name_en,
  deviceId: row.device_id,
  modelCode: row.model_code,
  pointName: row.point_name,
  condition: row.condition,
  onDelayS: row.on_delay_s,
  offDelayS: row.off_delay_s,
  badQuality: row.bad_quality,
  suppression: row.suppression,
  priority: row.priority,
  latched: row.latched,
  cause: row.cause,
  consequence: row.consequence,
  response: row.response,
  responseMinutes: row.response_minutes,
  notify: row.notify,
  escalateMinutes: row.escalate_minutes,
})

export const valuesOf = (input: Omit<RuleInput, 'deviceId' | 'modelCode'>) => ({
  name: input.name,
  name_en: input.nameEn,
  point_name: input.pointName,
  condition: JSON.stringify(input.condition),
  on_delay_s: input.onDelayS,
  off_delay_s: input.offDelayS,
  bad_quality: input.badQuality,
  suppression: input.suppression ? JSON.stringify(input.suppression) : null,
  priority: input.priority,
  latched: input.latched,
  cause: input.cause,
  consequence: input.consequence,
  response: input.response,
  response_minutes: input.responseMinutes,
  notify: input.notify,
  escalate_minutes: input.escalateMinutes,
})

export const watchedOf = (row: RuleRow): WatchedRule => ({
  pointName: row.point_name,
  condition: row.condition,
  onDelayS: row.on_delay_s,
  offDelayS: row.off_delay_s,
  badQuality: row.bad_quality,
  suppression: row.suppression,
})

export const alarmsOf = (tx: AlarmsTx, rules: readonly AlarmRuleId[]) =>
  tx.sql
    .selectFrom('alarms.alarm')
    .selectAll()
    .where('org_id', '=', tx.orgId)
    .where(sql<boolean>`rule_id = any(${[...rules]}::uuid[])`)
    .execute()
export type AlarmRow = Awaited<ReturnType<typeof alarmsOf>>[number]

export const keptOfRow = (row: AlarmRow): Kept => ({
  active: row.active,
  changedMs: row.changed_ms,
  seenReceivedMs: row.seen_received_ms,
  seenAtMs: row.seen_at_ms,
  suppressed: row.suppressed,
  suppressedReceivedMs: row.suppressed_received_ms,
  suppressedAtMs: row.suppressed_at_ms,
})

/** Of the organisation, whatever their state. */
export async function countAlarms(tx: AlarmsTx): Promise<number> {
  const { n } = await tx.sql
    .selectFrom('alarms.alarm')
    .select(sql<number>`count(*)::int`.as('n'))
    .where('org_id', '=', tx.orgId)
    .executeTakeFirstOrThrow()
  return n
}

/** New rules, and changed ones under their id; the next version is the changed one's. */
export function saveRules(tx: AlarmsTx, rules: readonly { id: AlarmRuleId; input: RuleInput }[], now: Date): Promise<RuleRow[]> {
  const rows = rules.map(({ id, input }) => ({
    ...valuesOf(input),
    org_id: tx.orgId,
    id,
    device_id: input.deviceId,
    model_code: input.modelCode,
    created_at: now,
  }))
  return tx.sql
    .insertInto('alarms.rule')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['org_id', 'id']).doUpdateSet((eb) => ({
        name: eb.ref('excluded.name'),
        name_en: eb.ref('excluded.name_en'),
        point_name: eb.ref('excluded.point_name'),
        condition: eb.ref('excluded.condition'),
        on_delay_s: eb.ref('excluded.on_delay_s'),
        off_delay_s: eb.ref('excluded.off_delay_s'),
        bad_quality: eb.ref('excluded.bad_quality'),
        suppression: eb.ref('excluded.suppression'),
        priority: eb.ref('excluded.priority'),
        latched: eb.ref('excluded.latched'),
        cause: eb.ref('excluded.cause'),
        consequence: eb.ref('excluded.consequence'),
        response: eb.ref('excluded.response'),
        response_minutes: eb.ref('excluded.response_minutes'),
        notify: eb.ref('excluded.notify'),
        escalate_minutes: eb.ref('excluded.escalate_minutes'),
        version: sql<number>`rule.version + 1`,
      })),
    )
    .returningAll()
    .execute()
}
