import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { AlarmRuleFile } from '../alarm-rule.ts'

const File = z.strictObject({ everyMachine: z.array(AlarmRuleFile), models: z.record(z.string(), z.array(AlarmRuleFile)) })

/** Rules for every machine that has the point, and those of each thing model. */
export const loadDemoAlarms = (): z.output<typeof File> => File.parse(parse(readFileSync(join(import.meta.dirname, 'alarms.yaml'), 'utf8')))
