import type { z } from 'zod'
import { idOf } from '#values/ids.ts'

const ScheduleLineId = idOf('ScheduleLine')
export type ScheduleLineId = z.infer<typeof ScheduleLineId>
