import type { Context } from '#kernel/context.ts'
import type { AlarmRuleId, RuleInput } from './contract.ts'

export interface AlarmsPublic {
  /** For first data: as the endpoint. */
  createRule(ctx: Context, input: RuleInput): Promise<AlarmRuleId>
}
