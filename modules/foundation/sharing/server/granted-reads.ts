import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import type { OrgId } from '#values/ids.ts'
import type { AgreementId, DataSet, Granularity } from '../contract.ts'
import type { SharingTx } from './tables.ts'

export interface OpenAgreement {
  id: AgreementId
  item_ids: string[] | null
  fields: string[] | null
  granularity: Granularity
  delay_minutes: number
  valid_from: Date
  valid_until: Date
}

interface Asked {
  owner: OrgId
  dataSet: DataSet
  itemId: string | null
}

// One statement for the hot path of every granted read. Of an asked item the agreement's list is not fetched: it may hold a thousand.
const inForce = (tx: SharingTx, { owner, dataSet, itemId }: Asked, now: Date) => sql`
  select id, ${itemId === null ? sql`item_ids` : sql`null::text[]`} as item_ids, fields, granularity, delay_minutes, valid_from, valid_until,
    grantor_org, grantee_org
  from sharing.agreement
  where grantee_org = ${tx.orgId} and grantor_org = ${owner} and data_set = ${dataSet} and revoked_at is null
    and valid_from <= ${now} and valid_until > ${now}
    ${itemId === null ? sql`` : sql`and (item_ids is null or ${itemId} = any(item_ids))`}`

/**
 * The agreements in force that cover what is asked, each counted as read in this hour by this reader. That he read in this hour is on disk
 * before he gets an answer; how often may lack the last half second after a power cut: waiting for the disk each time made a check 5.5 ms instead of 2.1.
 */
export async function readOpenAgreements(tx: SharingTx, ctx: Context, asked: Asked): Promise<OpenAgreement[]> {
  const { rows } = await sql<OpenAgreement>`
    with open as (${inForce(tx, asked, ctx.now)}),
    logged as (
      insert into sharing.access_log as l
        (agreement_id, grantor_org, grantee_org, reader_kind, reader_id, reader_name, hour, first_at, last_at, reads)
      select id, grantor_org, grantee_org, ${ctx.actor.kind}::text, ${ctx.actor.id}::text, ${ctx.actor.name ?? null}::text,
        date_trunc('hour', ${ctx.now}::timestamptz, 'UTC'), ${ctx.now}, ${ctx.now}, 1
      from open order by id
      on conflict (agreement_id, hour, reader_id) do update set reads = l.reads + 1, last_at = greatest(l.last_at, excluded.last_at)
      returning reads
    ),
    durable as (select set_config('synchronous_commit', case when min(reads) > 1 then 'off' else 'on' end, true) as setting from logged)
    select id, item_ids, fields, granularity, delay_minutes, valid_from, valid_until
    from open, durable order by id`.execute(tx.sql)
  return rows
}

export async function findOpenAgreements(tx: SharingTx, asked: Asked, now: Date): Promise<OpenAgreement[]> {
  const { rows } = await sql<OpenAgreement>`${inForce(tx, asked, now)} order by id`.execute(tx.sql)
  return rows
}
