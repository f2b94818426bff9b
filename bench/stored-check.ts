import type { ClickHouseClient } from '@clickhouse/client'
import type pg from 'pg'
import { type FieldDevice, rowsOf } from '../tests/field.ts'
import { type GeneratorReport, scanPoints } from './generator.ts'

export interface Kept {
  sentMessages: number
  acknowledgedMessages: number
  storedMessages: number
  /** Acknowledged and not there. */
  missing: number
  /** There and never sent. */
  unknown: number
  /** Messages of which not every value is there exactly once. */
  incomplete: number
}

/** Compares what the devices know of their messages with the rows that are stored: acknowledged ⊆ stored ⊆ sent, each once. */
export async function checkStored(
  devices: readonly FieldDevice[],
  report: Pick<GeneratorReport, 'sent' | 'pending'>,
  postgres: pg.Client,
  clickhouse: ClickHouseClient,
): Promise<Kept> {
  const { rows } = await postgres.query<{ code: string; series: number; org_no: number }>(
    `select d.code, p.series, o.org_no from devices.point p join devices.device d on d.org_id = p.org_id and d.id = p.device_id
     join organisations.organisation o on o.org_id = p.org_id where p.name = $1`,
    [scanPoints[0]?.name],
  )
  const seriesOf = new Map(rows.map(({ code, series }) => [code, series]))
  const orgNo = rows[0]?.org_no ?? 0
  const stored = await rowsOf<{ series: number; seqs: number[] }>(
    clickhouse,
    `select series, groupArray(seq) as seqs from (select series, seq from sample final
     where org_no = ${orgNo} and series in (${[...seriesOf.values()].join(',') || 0})) group by series`,
  )
  const [all] = await rowsOf<{ n: number }>(clickhouse, `select count() as n from sample final where org_no = ${orgNo}`)
  const seqsOf = new Map(stored.map(({ series, seqs }) => [series, seqs]))
  const kept: Kept = { sentMessages: 0, acknowledgedMessages: 0, storedMessages: 0, missing: 0, unknown: 0, incomplete: 0 }
  devices.forEach((device, i) => {
    const seqs = seqsOf.get(seriesOf.get(device.code) ?? -1) ?? []
    compare(kept, report.sent[i] ?? 0, new Set(report.pending[i]), seqs)
  })
  kept.incomplete = Math.abs((all?.n ?? 0) - kept.storedMessages * scanPoints.length)
  return kept
}

function compare(kept: Kept, sent: number, pending: ReadonlySet<number>, seqs: readonly number[]): void {
  const there = new Set(seqs)
  kept.sentMessages += sent
  kept.acknowledgedMessages += sent - pending.size
  kept.storedMessages += seqs.length
  for (let seq = 1; seq <= sent; seq++) if (!pending.has(seq) && !there.has(seq)) kept.missing++
  for (const seq of there) if (seq < 1 || seq > sent) kept.unknown++
  kept.unknown += seqs.length - there.size
}
