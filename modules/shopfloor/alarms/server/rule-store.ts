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
