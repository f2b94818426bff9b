import type { ClickHouse } from '#kernel/clickhouse.ts'
import type { OrgScope } from '#kernel/context.ts'
import type { OrgId } from '#values/ids.ts'
import type { Tier } from '../../retention.ts'

export interface TierTable {
  name: string
  at: 'ts' | 'start'
}

/** Where each kind of data lies. */
export const tierTables: Record<Tier, readonly TierTable[]> = {
  raw: [
    { name: 'sample', at: 'ts' },
    { name: 'sample_text', at: 'ts' },
  ],
  minute: [{ name: 'rollup_minute', at: 'start' }],
  hour: [{ name: 'rollup_hour', at: 'start' }],
}

export interface Stored {
  rows: number
  oldestMs: number | null
}

/** Rows of a tier, all of them or those before an instant. Counted as they lie: one that was sent twice may still count twice. */
export async function storedIn(clickhouse: ClickHouse, scope: OrgScope, tier: Tier, beforeMs?: number): Promise<Stored> {
  const before = (at: string) => (beforeMs === undefined ? '' : `and ${at} < toDateTime({before:Int64}, 'UTC')`)
  const parts = await Promise.all(
    tierTables[tier].map(({ name, at }) =>
      clickhouse.query<{ n: number; oldest: number }>(
        scope,
        `select count() as n, toInt64(toUnixTimestamp(min(${at}))) * 1000 as oldest from ${name} where org_no = {orgNo:UInt32} ${before(at)}`,
        beforeMs === undefined ? {} : { before: beforeMs / 1000 },
      ),
    ),
  )
  const found = parts.flat().filter(({ n }) => n > 0)
  return {
    rows: found.reduce((sum, { n }) => sum + n, 0),
    oldestMs: found.length === 0 ? null : Math.min(...found.map(({ oldest }) => oldest)),
  }
}

/** Up to when an organisation's rows are to go. */
export interface Expiry {
  orgId: OrgId
  orgNo: number
  beforeMs: number
}

const list = (numbers: readonly number[]) => `[${numbers}]`

/** SQL that is true of the rows that are to go. Numbers of our own stand in the text. */
function doomedSql(at: string, expiries: readonly Expiry[]): string {
  const orgs = expiries.map(({ orgNo }) => orgNo)
  const seconds = expiries.map(({ beforeMs }) => beforeMs / 1000)
  return `org_no in (${orgs}) and ${at} < toDateTime(${Math.max(...seconds)}, 'UTC')
    and toInt64(toUnixTimestamp(${at})) < transform(org_no, ${list(orgs)}, ${list(seconds)}, 0)`
}

export interface DoomedPartition {
  partition: string
  /** Rows by organisation. */
  rows: { orgNo: number; n: number }[]
  /** Nothing would be left of it. */
  whole: boolean
}

export async function doomedPartitions(
  clickhouse: ClickHouse,
  { name, at }: TierTable,
  expiries: readonly Expiry[],
): Promise<DoomedPartition[]> {
  const doomed = doomedSql(at, expiries)
  const rows = await clickhouse.system<{ partition: string; orgNo: number; n: number; there: number }>(
    `select d.partition, d.orgNo, d.n, t.there from (
       select _partition_id as partition, org_no as orgNo, count() as n from ${name} where ${doomed} group by partition, orgNo) d
     join (select _partition_id as partition, count() as there from ${name} group by partition) t on t.partition = d.partition
     order by d.partition, d.orgNo`,
  )
  return [...Map.groupBy(rows, (row) => row.partition)].map(([partition, of]) => ({
    partition,
    rows: of.map(({ orgNo, n }) => ({ orgNo, n })),
    whole: of.reduce((sum, { n }) => sum + n, 0) === of[0]?.there,
  }))
}

/** Whether a deletion of an earlier round is still under way. */
export async function isMutating(clickhouse: ClickHouse, { name }: TierTable): Promise<boolean> {
  const [found] = await clickhouse.system<{ n: number }>(
    'select count() as n from system.mutations where database = currentDatabase() and table = {name:String} and not is_done',
    { name },
  )
  return (found?.n ?? 0) > 0
}

/**
 * A partition of which nothing would be left is dropped; else the rows of all organisations that are to go are rewritten away at once, a
 * month at a time. Measured on 7.8 M rows of ten organisations: drop 39 ms; ALTER … DELETE IN PARTITION 0.7 s and the room is free; the
 * lightweight DELETE 1.5 s, and nothing is free until parts merge by chance.
 */
export const deletePartition = (
  clickhouse: ClickHouse,
  { name, at }: TierTable,
  doomed: DoomedPartition,
  expiries: readonly Expiry[],
): Promise<void> =>
  clickhouse.command(
    doomed.whole
      ? `alter table ${name} drop partition id '${doomed.partition}'`
      : `alter table ${name} delete in partition id '${doomed.partition}' where ${doomedSql(at, expiries)}`,
  )
