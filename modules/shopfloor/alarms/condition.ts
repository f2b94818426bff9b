import { z } from 'zod'
import { MeasuringPoint } from '#modules/shopfloor/devices/contract.ts'

/** As the thing model names it. */
export const PointName = MeasuringPoint.shape.name
const Finite = z.number().finite()
const Positive = Finite.positive()
/** In the point's unit: an active alarm returns only this far inside its limit. */
const deadband = Finite.min(0).default(0)

export const Level = z.enum(['HH', 'H', 'L', 'LL'])
export type Level = z.infer<typeof Level>
export const Direction = z.enum(['rise', 'fall', 'either'])

export const alarmLimits = {
  /** A longer delay would be read again from the store at each restart. */
  delayS: 3_600,
  shelveMinutes: 7 * 24 * 60,
  expression: 500,
} as const

/** When an alarm's cause holds. Values are compared as they come, `limit` in the point's unit. */
export const Condition = z.discriminatedUnion('kind', [
  /** Above (HH, H) or below (L, LL) the limit, the limit itself is allowed. */
  z.object({ kind: z.literal('limit'), level: Level, limit: Finite, deadband }),
  /** Change from one good value to the next, per second, minute or hour. */
  z.object({
    kind: z.literal('rate'),
    direction: Direction,
    limit: Positive,
    perS: z.union([z.literal(1), z.literal(60), z.literal(3600)]),
    deadband,
  }),
  /** Further than `limit` from a fixed value or from another point of the device. */
  z.object({ kind: z.literal('deviation'), from: z.union([Finite, PointName]), limit: Positive, deadband }),
  /** One of these codes: a fault word, a switch, a machine's state. */
  z.object({ kind: z.literal('state'), values: z.array(z.int()).min(1).max(50) }),
  /** True or false from several points of the device, in CEL (server/expression.ts); judged with each value of one of them. */
  z.object({ kind: z.literal('expression'), expression: z.string().trim().min(1).max(alarmLimits.expression) }),
  /** No good value for so long, by the platform's clock. */
  z.object({
    kind: z.literal('noData'),
    afterS: z
      .int()
      .min(5)
      .max(7 * 24 * 3600),
  }),
])
export type Condition = z.infer<typeof Condition>

/** Suppressed by design while another point of the device has one of these codes: a machine that is switched off has no low pressure. */
export const Suppression = z.object({ pointName: PointName, values: z.array(z.int()).min(1).max(50) })
export type Suppression = z.infer<typeof Suppression>
