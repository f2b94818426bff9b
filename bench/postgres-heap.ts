import type { ClickHouseClient } from '@clickhouse/client'
import { type Field, rowsOf } from '../tests/field.ts'

const ROWS_AT_ONCE = 20_000

/** What the same rows, with the same facts, take in PostgreSQL as a table with its primary key, written in order of time. */
export async function postgresBytes(field: Field, clickhouse: ClickHouseClient): Promise<number> {
  const admin = await field.postgres('postgres')
  await admin.query('drop database if exists bench')
  await admin.query('create database bench')
  const postgres = await field.postgres('bench')
  await postgres.query(
    `create table sample (org_no int, series int, ts timestamptz, value double precision, quality smallint, received timestamptz,
       seq bigint, primary key (org_no, series, ts))`,
  )
  await postgres.query(
    `create table sample_text (org_no int, series int, ts timestamptz, value text, quality smallint, received timestamptz,
       seq bigint, primary key (org_no, series, ts))`,
  )
  for (const [table, column] of [
    ['sample', 'value'],
    ['sample_text', 'text'],
  ] as const) {
    const rows = await rowsOf<Record<string, unknown>>(
      clickhouse,
      `select org_no, series, toUnixTimestamp64Milli(ts) as ts, ${column} as value, quality, lag_ms, seq from ${table} final order by ts, series`,
    )
    for (let i = 0; i < rows.length; i += ROWS_AT_ONCE) {
      await postgres.query(
        `insert into ${table} select org_no, series, to_timestamp(ts / 1000.0), value, quality, to_timestamp((ts + lag_ms) / 1000.0), seq
         from json_to_recordset($1) as r (org_no int, series int, ts bigint, value ${table === 'sample' ? 'double precision' : 'text'},
           quality smallint, lag_ms bigint, seq bigint)`,
        [JSON.stringify(rows.slice(i, i + ROWS_AT_ONCE))],
      )
    }
    await postgres.query(`vacuum full ${table}`)
  }
  const { rows } = await postgres.query<{ bytes: string }>(
    `select pg_total_relation_size('sample') + pg_total_relation_size('sample_text') as bytes`,
  )
  await postgres.end()
  return Number(rows[0]?.bytes)
}
