import type { z } from 'zod'
import { RuleInput } from '#modules/shopfloor/alarms/contract.ts'

/** As the API takes it, its machine named by where it stands; what is left out is as usual. */
export const AlarmRuleFile = RuleInput.omit({
  deviceId: true,
  modelCode: true,
  responseMinutes: true,
  escalateMinutes: true,
  suppression: true,
}).extend({
  responseMinutes: RuleInput.shape.responseMinutes.default(null),
  escalateMinutes: RuleInput.shape.escalateMinutes.default(null),
  suppression: RuleInput.shape.suppression.default(null),
  onDelayS: RuleInput.shape.onDelayS.default(0),
  offDelayS: RuleInput.shape.offDelayS.default(0),
  badQuality: RuleInput.shape.badQuality.default('ignore'),
  latched: RuleInput.shape.latched.default(false),
  notify: RuleInput.shape.notify.default(false),
})
export type AlarmRuleFile = z.output<typeof AlarmRuleFile>
