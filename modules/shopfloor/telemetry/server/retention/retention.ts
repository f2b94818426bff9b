import type { z } from 'zod'
import type { ClickHouse } from '#kernel/clickhouse.ts'
import type { Context } from '#kernel/context.ts'
import type { telemetryApi } from '../../contract.ts'
import { telemetryErrors } from '../../errors.ts'
import { type Doomed, type KeptMonths, Tier } from '../../retention.ts'
import type { TelemetryDatabase } from '../tables.ts'
import { countWaveformsBefore } from '../waveform/waveform-store.ts'
import { cutoffOf, inOrder } from './retention-rules.ts'
import { findRetention, horizonsOf, saveRetention } from './retention-store.ts'
import { storedIn } from './tier-tables.ts'

export interface RetentionSettingParts {
  db: TelemetryDatabase
  clickhouse: ClickHouse
  byDefault: KeptMonths
}

const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())

export async function readRetention(parts: RetentionSettingParts, ctx: Context): Promise<z.input<typeof telemetryApi.retention.response>> {
  const { setting, horizons } = await parts.db.inTenant(ctx, async (tx) => ({
    setting: await findRetention(tx),
    horizons: await horizonsOf(tx),
  }))
  const tiers = await Promise.all(
    Tier.options.map(async (tier) => {
      const { rows, oldestMs } = await storedIn(parts.clickhouse, ctx, tier)
      const gone = horizons.find((horizon) => horizon.tier === tier)?.gone_before
      return { tier, rows, oldest: iso(oldestMs), goneBefore: gone?.toISOString() ?? null }
    }),
  )
  return {
    own: setting?.own ? { raw: setting.raw_months, minute: setting.minute_months, hour: setting.hour_months } : null,
    byDefault: parts.byDefault,
    changedAt: setting?.changed_at.toISOString() ?? null,
    tiers,
    version: setting?.version ?? 0,
  }
}

export async function previewRetention(
  parts: RetentionSettingParts,
  ctx: Context,
  kept: KeptMonths | null,
): Promise<{ doomed: Doomed[]; waveforms: number }> {
  if (kept && !inOrder(kept)) throw telemetryErrors.retentionOrder()
  const doomed = await Promise.all(
    Tier.options.map(async (tier): Promise<Doomed> => {
      const beforeMs = cutoffOf(ctx.now.getTime(), (kept ?? parts.byDefault)[tier])
      if (beforeMs === null) return { tier, before: null, rows: 0, oldest: null }
      const { rows, oldestMs } = await storedIn(parts.clickhouse, ctx, tier, beforeMs)
      return { tier, before: iso(beforeMs), rows, oldest: iso(oldestMs) }
    }),
  )
  const before = doomed.find((one) => one.tier === 'raw')?.before
  const waveforms = before ? await parts.db.inTenant(ctx, (tx) => countWaveformsBefore(tx, new Date(before))) : 0
  return { doomed, waveforms }
}

export const changeRetention = (
  { db }: RetentionSettingParts,
  ctx: Context,
  { version, kept }: { version: number; kept: KeptMonths | null },
): Promise<{ version: number }> =>
  db.inTenant(ctx, async (tx) => {
    if (kept && !inOrder(kept)) throw telemetryErrors.retentionOrder()
    const saved = await saveRetention(tx, ctx.now, version, kept)
    if (saved === undefined) throw telemetryErrors.changedMeanwhile()
    return { version: saved }
  })
