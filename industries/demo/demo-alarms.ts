import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { RuleInput } from '#modules/shopfloor/alarms/contract.ts'

/** As the API takes it; what is left out is as usual. */
const Rule = RuleInput.omit({ deviceId: true, modelCode: true, responseMinutes: true, escalateMinutes: true, suppression: true }).extend({
  responseMinutes: RuleInput.shape.responseMinutes.default(null),
  escalateMinutes: RuleInput.shape.escalateMinutes.default(null),
  suppression: RuleInput.shape.suppression.default(null),
  onDelayS: RuleInput.shape.onDelayS.default(0),
  offDelayS: RuleInput.shape.offDelayS.default(0),
  badQuality: RuleInput.shape.badQuality.default('ignore'),
  latched: RuleInput.shape.latched.default(false),
  notify: RuleInput.shape.notify.default(false),
})
const File = z.strictObject({ everyMachine: z.array(Rule), models: z.record(z.string(), z.array(Rule)) })

/** Rules for every machine that has the point, and those of each thing model. */
export const loadDemoAlarms = (): z.output<typeof File> => File.parse(parse(readFileSync(join(import.meta.dirname, 'alarms.yaml'), 'utf8')))
