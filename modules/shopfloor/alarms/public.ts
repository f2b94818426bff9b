import type { Context } from '#kernel/context.ts'
import type { OpaqueTx } from '#kernel/postgres.ts'
import type { AlarmRuleId, RuleInput } from './contract.ts'

export interface AlarmsPublic {
  /** For first data: as the endpoint. */
  createRule(ctx: Context, input: RuleInput): Promise<AlarmRuleId>
  /** As the endpoint `createRule`, in the caller's transaction. Errors: as there. */
  addRule(tx: OpaqueTx, ctx: Context, input: RuleInput): Promise<AlarmRuleId>
  /** Rules in use that watch every device of these thing models. */
  rulesOfModels(tx: OpaqueTx, modelCodes: readonly string[]): Promise<{ modelCode: string; name: string }[]>
}
