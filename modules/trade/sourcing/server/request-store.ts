import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { publish } from '#kernel/outbox.ts'
import { readPage } from '#kernel/page.ts'
import type { EventType } from '#values/event.ts'
import type { ListQuery } from '#values/list.ts'
import type { InvitationId, InvitationState, RequestAction, RequestId, RequestPhase } from '../contract.ts'
import { sourcingErrors } from '../errors.ts'
import { mayDo, phaseOf } from './request-rules.ts'
import type { SourcingTx } from './tables.ts'

const own = (tx: SourcingTx) => tx.sql.selectFrom('sourcing.request').selectAll().where('org_id', '=', tx.orgId)
export type RequestRow = Awaited<ReturnType<ReturnType<typeof own>['executeTakeFirstOrThrow']>>
const invited = (tx: SourcingTx) => tx.sql.selectFrom('sourcing.invitation').selectAll()
export type InvitationRow = Awaited<ReturnType<ReturnType<typeof invited>['executeTakeFirstOrThrow']>>

export async function readRequest(tx: SourcingTx, id: RequestId): Promise<RequestRow> {
  const row = await own(tx).where('id', '=', id).executeTakeFirst()
  if (!row) throw sourcingErrors.notFound({ id })
  return row
}

/** Errors: sourcing.notFound, changedMeanwhile, notAllowedNow. */
export async function lockRequest(
  tx: SourcingTx,
  ctx: Context,
  id: RequestId,
  { version, action }: { version?: number; action: RequestAction },
): Promise<RequestRow> {
  const row = await own(tx).where('id', '=', id).forUpdate().executeTakeFirst()
  if (!row) throw sourcingErrors.notFound({ id })
  if (version !== undefined && row.version !== version) throw sourcingErrors.changedMeanwhile({ id, version: row.version })
  const phase = phaseOf(row.state, row.deadline, ctx.now)
  if (phase === 'bidding' && action === 'award') throw sourcingErrors.sealed({ deadline: row.deadline.toISOString() })
  if (!mayDo(phase, action, 'buyer')) throw sourcingErrors.notAllowedNow({ phase })
  return row
}

/** Of the supplier's side. Errors: sourcing.notFound, changedMeanwhile, deadlinePassed, notAllowedNow. */
export async function lockInvitation(
  tx: SourcingTx,
  ctx: Context,
  id: InvitationId,
  { version, action }: { version?: number; action: RequestAction },
): Promise<InvitationRow> {
  const row = await invited(tx).where('supplier_org', '=', tx.orgId).where('id', '=', id).forUpdate().executeTakeFirst()
  if (!row) throw sourcingErrors.notFound({ id })
  if (version !== undefined && row.version !== version) throw sourcingErrors.changedMeanwhile({ id, version: row.version })
  const phase = phaseOf(row.request_state, row.deadline, ctx.now)
  if (phase === 'opened') throw sourcingErrors.deadlinePassed()
  if (!mayDo(phase, action, 'supplier')) throw sourcingErrors.notAllowedNow({ phase })
  return row
}

export async function readInvitation(tx: SourcingTx, id: InvitationId): Promise<InvitationRow> {
  const row = await invited(tx).where('supplier_org', '=', tx.orgId).where('id', '=', id).executeTakeFirst()
  if (!row) throw sourcingErrors.notFound({ id })
  return row
}

export const invitationsOf = (tx: SourcingTx, id: RequestId): Promise<InvitationRow[]> =>
  invited(tx).where('buyer_org', '=', tx.orgId).where('request_id', '=', id).orderBy('supplier_name').orderBy('id').execute()

/** The bid of each that counts. While they are sealed the buyer gets none: the database gives him none. */
export const bidsOf = (tx: SourcingTx, id: RequestId) =>
  tx.sql
    .selectFrom('sourcing.bid')
    .selectAll()
    .distinctOn('invitation_id')
    .where('buyer_org', '=', tx.orgId)
    .where('request_id', '=', id)
    .orderBy('invitation_id')
    .orderBy('no', 'desc')
    .execute()

export const ownBid = (tx: SourcingTx, id: InvitationId) =>
  tx.sql
    .selectFrom('sourcing.bid')
    .selectAll()
    .where('supplier_org', '=', tx.orgId)
    .where('invitation_id', '=', id)
    .orderBy('no', 'desc')
    .executeTakeFirst()

export type BidRow = NonNullable<Awaited<ReturnType<typeof ownBid>>>

export const changeRequest = (
  tx: SourcingTx,
  id: RequestId,
  change: Partial<Pick<RequestRow, 'state' | 'deadline' | 'reason' | 'published_at' | 'ended_at'>>,
): Promise<RequestRow> =>
  tx.sql
    .updateTable('sourcing.request')
    .set((eb) => ({ ...change, version: eb('version', '+', 1) }))
    .where('org_id', '=', tx.orgId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()

/** News to each who was invited, or from one of them. */
export async function tell(
  tx: SourcingTx,
  ctx: Context,
  type: EventType,
  rows: readonly InvitationRow[],
  more: (row: InvitationRow) => object = () => ({}),
): Promise<void> {
  for (const row of rows) {
    const about = {
      requestId: row.request_id,
      invitationId: row.id,
      buyerOrg: row.buyer_org,
      supplierOrg: row.supplier_org,
      number: row.number,
    }
    await publish(tx, ctx, type, row.id, { ...about, ...more(row) })
  }
}

export const tellOwn = (tx: SourcingTx, ctx: Context, type: EventType, { id, number }: Pick<RequestRow, 'id' | 'number'>): Promise<void> =>
  publish(tx, ctx, type, id, { requestId: id, number })

export const wordsOf = (search: string | undefined): string[] =>
  (search ?? '').normalize('NFKC').toLowerCase().split(/\s+/).filter(Boolean).slice(0, 8)

const sorts = {
  createdAt: { by: 'created_at', type: 'timestamptz' as const },
  deadline: { by: 'deadline', type: 'timestamptz' as const },
}

export function requestPage<Item>(
  tx: SourcingTx,
  list: ListQuery & { phase?: RequestPhase | undefined },
  now: Date,
  toItem: (row: RequestRow) => Item,
) {
  let query = own(tx)
  for (const word of wordsOf(list.search))
    query = query.where((eb) => eb.or([sql<boolean>`strpos(lower(number), ${word}) > 0`, sql<boolean>`strpos(lower(title), ${word}) > 0`]))
  if (list.phase === 'bidding') query = query.where('state', '=', 'published').where('deadline', '>', now)
  else if (list.phase === 'opened') query = query.where('state', '=', 'published').where('deadline', '<=', now)
  else if (list.phase !== undefined) query = query.where('state', '=', list.phase)
  return readPage(tx, query, list, { sorts, id: 'id' }, toItem)
}

export function invitationPage<Item>(
  tx: SourcingTx,
  list: ListQuery & { state?: InvitationState | undefined },
  toItem: (row: InvitationRow) => Item,
) {
  let query = invited(tx).where('supplier_org', '=', tx.orgId)
  for (const word of wordsOf(list.search))
    query = query.where((eb) =>
      eb.or((['number', 'title', 'buyer_name'] as const).map((column) => sql<boolean>`strpos(lower(${eb.ref(column)}), ${word}) > 0`)),
    )
  if (list.state !== undefined) query = query.where('state', '=', list.state)
  return readPage(tx, query, list, { sorts, id: 'id' }, toItem)
}
