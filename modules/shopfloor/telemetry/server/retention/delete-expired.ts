import type { Loop } from '#kernel/background.ts'
import type { ClickHouse } from '#kernel/clickhouse.ts'
import type { Clock } from '#kernel/clock.ts'
import type { OrgScope } from '#kernel/context.ts'
import type { Files } from '#kernel/files.ts'
import type { Log } from '#kernel/log.ts'
import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'
import { type KeptMonths, RETENTION_GRACE_HOURS, Tier } from '../../retention.ts'
import { readRolledUp } from '../rollup/rollup-store.ts'
import type { TelemetrySystem } from '../tables.ts'
import { deleteWaveform, waveformsBefore } from '../waveform/waveform-store.ts'
import { cutoffOf } from './retention-rules.ts'
import {
  allHorizons,
  allSettings,
  auditDeleted,
  type HorizonRow,
  hasMarksBefore,
  refuseBefore,
  setHorizon,
  stopRollUps,
} from './retention-store.ts'
import {
  type DoomedPartition,
  deletePartition,
  doomedPartitions,
  type Expiry,
  isMutating,
  type TierTable,
  tierTables,
} from './tier-tables.ts'

const HOUR_MS = 3_600_000
const ROUND_MS = 60_000
const WAVEFORMS_A_ROUND = 1_000
const WORKER = { actor: { kind: 'job' as const, id: 'telemetry.retention' }, address: '', traceId: '' }
/** Until every ingest process knows what it must refuse (horizons.ts asks each half minute), and what it had taken in is marked. */
export const REFUSED_LONG_ENOUGH_MS = 5 * 60_000

export interface RetentionParts {
  system: TelemetrySystem
  clickhouse: ClickHouse
  organisations: Pick<OrganisationsPublic, 'everyScope'>
  byDefault: KeptMonths
  files: Pick<Files, 'giveUp'>
  clock: Clock
  log: Log
}

export const retentionLoop = (parts: RetentionParts): Loop => ({
  name: 'telemetry.retention',
  intervalMs: ROUND_MS,
  run: (signal) => deleteExpired(parts, signal),
})

/** One step for every organisation and kind of data that has something to go; each step is safe to be the last before a crash. */
export async function deleteExpired(parts: RetentionParts, signal: AbortSignal): Promise<void> {
  const nowMs = parts.clock.nowMs()
  const { settings, horizons } = await parts.system.inSystem(async (tx) => ({
    settings: await allSettings(tx),
    horizons: await allHorizons(tx),
  }))
  const settingOf = new Map(settings.map((row) => [row.org_id, row]))
  const horizonOf = new Map(horizons.map((row) => [`${row.org_id} ${row.tier}`, row]))
  for (const scope of await parts.organisations.everyScope()) {
    const setting = settingOf.get(scope.orgId)
    // A change can be taken back for a day; meanwhile nothing goes by the old setting either.
    if (setting && nowMs < setting.changed_at.getTime() + RETENTION_GRACE_HOURS * HOUR_MS) continue
    const kept = setting?.own ? { raw: setting.raw_months, minute: setting.minute_months, hour: setting.hour_months } : parts.byDefault
    for (const tier of Tier.options) {
      if (signal.aborted) return
      await advance(parts, scope, tier, { horizon: horizonOf.get(`${scope.orgId} ${tier}`), cutoffMs: cutoffOf(nowMs, kept[tier]), nowMs })
    }
  }
  for (const tier of Tier.options) if (!signal.aborted) await deleteTier(parts, tier)
}

interface Standing {
  horizon: HorizonRow | undefined
  cutoffMs: number | null
  nowMs: number
}

/** First what is to go is refused; when that has been known everywhere long enough, its deletion begins. */
async function advance(parts: RetentionParts, scope: OrgScope, tier: Tier, { horizon, cutoffMs, nowMs }: Standing): Promise<void> {
  if (!horizon && cutoffMs === null) return
  const refusedMs = horizon?.refused_before.getTime() ?? 0
  const goneMs = horizon?.gone_before?.getTime() ?? 0
  const begunMs = horizon?.deleting_before?.getTime() ?? 0
  if (begunMs !== goneMs) return
  const wantedMs = Math.max(cutoffMs ?? 0, goneMs)
  if (wantedMs !== refusedMs) {
    // Further than before, or back where it was set longer again before anything had gone.
    await parts.system.inSystem((tx) => refuseBefore(tx, scope, tier, new Date(wantedMs), new Date(nowMs)))
    return
  }
  if (!horizon || goneMs === refusedMs) return
  if (nowMs - horizon.refused_since.getTime() >= REFUSED_LONG_ENOUGH_MS) await begin(parts, scope, tier, horizon.refused_before)
}

/** Not before the sums hold all that was ever taken in of what is to go. */
const begin = ({ system }: RetentionParts, scope: OrgScope, tier: Tier, before: Date): Promise<void> =>
  system.inSystem(async (tx) => {
    await stopRollUps(tx)
    const rolledUp = await readRolledUp(tx)
    if ((rolledUp?.hoursUntilMs ?? 0) < before.getTime()) return
    if (await hasMarksBefore(tx, scope.orgNo, before.getTime() / HOUR_MS)) return
    await setHorizon(tx, scope.orgId, tier, { deleting_before: before })
  })

async function deleteTier(parts: RetentionParts, tier: Tier): Promise<void> {
  const { system, clickhouse } = parts
  const begun = (await system.inSystem(allHorizons)).filter(
    (row) => row.tier === tier && row.deleting_before && row.deleting_before.getTime() !== row.gone_before?.getTime(),
  )
  if (begun.length === 0) return
  const expiries = begun.map((row) => ({ orgId: row.org_id, orgNo: row.org_no, beforeMs: row.deleting_before?.getTime() ?? 0 }))
  for (const table of tierTables[tier]) {
    if (await isMutating(clickhouse, table)) return
    for (const doomed of await doomedPartitions(clickhouse, table, expiries)) {
      await noteInAudit(parts, tier, table, doomed, expiries)
      await deletePartition(clickhouse, table, doomed, expiries)
      // The rest follows in a later round: one rewriting at a time keeps the store answering.
      if (await isMutating(clickhouse, table)) return
    }
  }
  if (tier === 'raw' && !(await deleteWaveforms(parts, expiries))) return
  await system.inSystem(async (tx) => {
    for (const { orgId, beforeMs } of expiries) await setHorizon(tx, orgId, tier, { gone_before: new Date(beforeMs) })
  })
}

/** Resolves to whether none is left. The bytes go first: a row without them is found again, bytes without a row never. */
async function deleteWaveforms({ system, files }: RetentionParts, expiries: readonly Expiry[]): Promise<boolean> {
  let done = true
  for (const { orgId, beforeMs } of expiries) {
    const before = new Date(beforeMs)
    const rows = await system.inSystem((tx) => waveformsBefore(tx, orgId, before, WAVEFORMS_A_ROUND))
    if (rows.length === 0) continue
    const facts = { table: 'waveform', rows: rows.length, before: before.toISOString() }
    await system.inSystem((tx) => auditDeleted(tx, 'raw', facts), { ...WORKER, orgId })
    for (const { id, object_key } of rows) {
      await files.giveUp(object_key)
      await system.inSystem((tx) => deleteWaveform(tx, orgId, id))
    }
    if (rows.length === WAVEFORMS_A_ROUND) done = false
  }
  return done
}

/** Before it happens: what was to be deleted stands there even if the process dies in between. */
async function noteInAudit(
  { system, log }: RetentionParts,
  tier: Tier,
  table: TierTable,
  doomed: DoomedPartition,
  expiries: readonly Expiry[],
): Promise<void> {
  for (const { orgNo, n } of doomed.rows) {
    const expiry = expiries.find((one) => one.orgNo === orgNo)
    if (!expiry) continue
    const facts = { table: table.name, partition: doomed.partition, rows: n, before: new Date(expiry.beforeMs).toISOString() }
    await system.inSystem((tx) => auditDeleted(tx, tier, facts), { ...WORKER, orgId: expiry.orgId })
    log.info({ orgNo, tier, ...facts }, 'expired values are deleted')
  }
}
