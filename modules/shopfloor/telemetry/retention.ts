import { z } from 'zod'
import { endpoint } from '#values/endpoint.ts'
import { Instant } from '#values/instant.ts'
import { telemetryErrors } from './errors.ts'

/** What is kept apart: the samples themselves (numbers and texts), their sums by minute, their sums by hour. */
export const Tier = z.enum(['raw', 'minute', 'hour'])
export type Tier = z.infer<typeof Tier>

/** Months below which keeping makes no sense: a month's report, a quarter's, a year's must still be made. */
export const fewestMonths: Record<Tier, number> = { raw: 1, minute: 3, hour: 12 }
export const MOST_MONTHS = 600

const months = (tier: Tier) => z.int().min(fewestMonths[tier]).max(MOST_MONTHS).nullable()

/** Whole months that are kept behind the running one; null: for ever. */
export const KeptMonths = z.object({ raw: months('raw'), minute: months('minute'), hour: months('hour') })
export type KeptMonths = z.infer<typeof KeptMonths>

/** A change is carried out this long after it was made, so that it can be taken back. */
export const RETENTION_GRACE_HOURS = 24

const TierState = z.object({
  tier: Tier,
  rows: z.int(),
  oldest: Instant.nullable(),
  /** What was before this instant has been deleted. */
  goneBefore: Instant.nullable(),
})

/** What a setting would delete. */
const Doomed = z.object({ tier: Tier, before: Instant.nullable(), rows: z.int(), oldest: Instant.nullable() })
export type Doomed = z.infer<typeof Doomed>

const none = z.object({})

/** How long values are kept; a part of `telemetryApi`. */
export const retentionEndpoints = {
  retention: endpoint({
    method: 'GET',
    path: '/telemetry/retention',
    summary: 'How long values are kept, what is stored, and up to when it has been deleted.',
    permission: 'telemetry.manageRetention',
    params: none,
    query: none,
    body: z.undefined(),
    response: z.object({
      /** Null: as the operator of the platform has set it. */
      own: KeptMonths.nullable(),
      byDefault: KeptMonths,
      /** Null: never changed. */
      changedAt: Instant.nullable(),
      tiers: z.array(TierState),
      version: z.int(),
    }),
    errors: [],
  }),
  previewRetention: endpoint({
    method: 'POST',
    path: '/telemetry/retention/preview',
    summary: 'What a setting would delete: rows and the oldest of them, for each kind of data.',
    permission: 'telemetry.manageRetention',
    params: none,
    query: none,
    body: z.object({ kept: KeptMonths.nullable() }),
    response: z.object({
      doomed: z.array(Doomed),
      /** They go with the raw values. */
      waveforms: z.int(),
    }),
    question: true,
    errors: [telemetryErrors.retentionOrder],
  }),
  changeRetention: endpoint({
    method: 'PUT',
    path: '/telemetry/retention',
    summary: 'Sets how long values are kept; carried out 24 hours later. Null follows the operator’s default.',
    permission: 'telemetry.manageRetention',
    params: none,
    query: none,
    body: z.object({ version: z.int(), kept: KeptMonths.nullable() }),
    response: z.object({ version: z.int() }),
    errors: [telemetryErrors.retentionOrder, telemetryErrors.changedMeanwhile],
  }),
}
