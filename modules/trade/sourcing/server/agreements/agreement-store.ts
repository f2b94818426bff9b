import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { publish } from '#kernel/outbox.ts'
import { readPage } from '#kernel/page.ts'
import type { TermLimit } from '#modules/trade/orders/contract.ts'
import type { EventType } from '#values/event.ts'
import type { OrgId } from '#values/ids.ts'
import { chinaDay } from '#values/instant.ts'
import type { ListQuery } from '#values/list.ts'
import type { AgreementContent, AgreementId, RevisionOutcome } from '../../agreement-contract.ts'
import { type AgreementAction, type AgreementPhase, type AgreementState, nextState, otherSide, type Side } from '../../agreement-states.ts'
import { sourcingErrors } from '../../errors.ts'
import { wordsOf } from '../request-store.ts'
import type { SourcingTx } from '../tables.ts'

const ours = (tx: SourcingTx) =>
  tx.sql
    .selectFrom('sourcing.agreement')
    .selectAll()
    .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
export type AgreementRow = Awaited<ReturnType<ReturnType<typeof ours>['executeTakeFirstOrThrow']>>

export const sideOf = (row: Pick<AgreementRow, 'buyer_org'>, orgId: OrgId): Side => (row.buyer_org === orgId ? 'buyer' : 'supplier')

export const turnOf = (row: Pick<AgreementRow, 'open_revision' | 'proposer'>): Side | null =>
  row.open_revision === null ? null : otherSide(row.proposer)

export const standingOf = (row: AgreementRow) => ({
  turn: turnOf(row),
  state: row.state,
  validFrom: row.valid_from,
  validUntil: row.valid_until,
  endsOn: row.ends_on,
})

export async function readAgreement(tx: SourcingTx, id: AgreementId): Promise<AgreementRow> {
  const row = await ours(tx).where('id', '=', id).executeTakeFirst()
  if (!row) throw sourcingErrors.agreementNotFound({ id })
  return row
}

/** Errors: sourcing.agreementNotFound. */
export async function lockAgreement(tx: SourcingTx, id: AgreementId): Promise<AgreementRow> {
  const row = await ours(tx).where('id', '=', id).forUpdate().executeTakeFirst()
  if (!row) throw sourcingErrors.agreementNotFound({ id })
  return row
}

/** Locked, as the caller has seen it, and what the action makes of it. Errors: sourcing.agreementNotFound, changedMeanwhile, notAllowedNow. */
export async function openAgreement(
  tx: SourcingTx,
  ctx: Context,
  id: AgreementId,
  { version, action }: { version: number; action: AgreementAction },
): Promise<{ row: AgreementRow; side: Side; state: AgreementState }> {
  const row = await lockAgreement(tx, id)
  if (row.version !== version) throw sourcingErrors.changedMeanwhile({ id, version: row.version })
  const side = sideOf(row, tx.orgId)
  const state = nextState(standingOf(row), action, side, chinaDay(ctx.now))
  if (!state) throw sourcingErrors.notAllowedNow({ state: row.state })
  return { row, side, state }
}

type Change = Partial<
  Pick<
    AgreementRow,
    | 'state'
    | 'title'
    | 'valid_from'
    | 'valid_until'
    | 'line_count'
    | 'last_revision'
    | 'agreed_revision'
    | 'open_revision'
    | 'proposer'
    | 'last_line'
    | 'last_release'
    | 'ends_on'
    | 'ended_by'
    | 'end_reason'
  >
>

export const changeAgreement = (tx: SourcingTx, id: AgreementId, change: Change): Promise<AgreementRow> =>
  tx.sql
    .updateTable('sourcing.agreement')
    .set((eb) => ({ ...change, version: eb('version', '+', 1) }))
    .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()

/** What the head repeats of a content. */
export const headOf = (content: AgreementContent) => ({
  title: content.title,
  valid_from: content.validFrom,
  valid_until: content.validUntil,
  line_count: content.lines.length,
})

const revisions = (tx: SourcingTx, id: AgreementId) =>
  tx.sql
    .selectFrom('sourcing.agreement_revision')
    .selectAll()
    .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
    .where('agreement_id', '=', id)

export const revisionsOf = (tx: SourcingTx, id: AgreementId) => revisions(tx, id).orderBy('no', 'desc').execute()

/** The open or the agreed one, where the agreement's state says that there is one. */
export async function revisionOf(tx: SourcingTx, { id }: AgreementRow, no: number | null) {
  const found = await revisions(tx, id).where('no', '=', no).executeTakeFirst()
  if (!found) throw new Error(`sourcing: agreement ${id} has no revision ${no}`)
  return found
}

export const signaturesOf = (tx: SourcingTx, id: AgreementId) =>
  tx.sql
    .selectFrom('sourcing.agreement_signature')
    .selectAll()
    .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
    .where('agreement_id', '=', id)
    .orderBy('at')
    .execute()

export const sign = (
  tx: SourcingTx,
  ctx: Context,
  row: AgreementRow,
  { no, hash, limit }: { no: number; hash: string; limit: Pick<TermLimit, 'days' | 'source'> | null },
) =>
  tx.sql
    .insertInto('sourcing.agreement_signature')
    .values({
      agreement_id: row.id,
      revision_no: no,
      buyer_org: row.buyer_org,
      supplier_org: row.supplier_org,
      side: sideOf(row, tx.orgId),
      hash,
      person_id: ctx.actor.id,
      person: ctx.actor.name ?? ctx.actor.id,
      at: ctx.now,
      term_limit_days: limit?.days ?? null,
      term_limit_source: limit?.source ?? null,
    })
    .execute()

export const decide = (
  tx: SourcingTx,
  id: AgreementId,
  no: number,
  { outcome, at, reason = null }: { outcome: RevisionOutcome; at: Date; reason?: string | null },
) =>
  tx.sql
    .updateTable('sourcing.agreement_revision')
    .set({ outcome, decided_at: at, ...(reason !== null && { reason }) })
    .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
    .where('agreement_id', '=', id)
    .where('no', '=', no)
    .execute()

export const callOffsOf = (tx: SourcingTx, id: AgreementId) =>
  tx.sql
    .selectFrom('sourcing.call_off')
    .selectAll()
    .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
    .where('agreement_id', '=', id)
    .orderBy('made_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
export type CallOffRow = Awaited<ReturnType<typeof callOffsOf>>[number]

export const tellAgreement = (tx: SourcingTx, ctx: Context, type: EventType, row: AgreementRow, more: object): Promise<void> =>
  publish(tx, ctx, type, row.id, {
    agreementId: row.id,
    number: row.number,
    buyerOrg: row.buyer_org,
    supplierOrg: row.supplier_org,
    ...more,
  })

const sorts = { createdAt: { by: 'created_at', type: 'timestamptz' as const } }

export function agreementPage<Item>(
  tx: SourcingTx,
  list: ListQuery & { side: Side; phase?: AgreementPhase | undefined },
  today: string,
  toItem: (row: AgreementRow) => Item,
) {
  const other = list.side === 'buyer' ? 'supplier_name' : 'buyer_name'
  let query = tx.sql.selectFrom('sourcing.agreement').selectAll().where(`${list.side}_org`, '=', tx.orgId)
  for (const word of wordsOf(list.search))
    query = query.where((eb) =>
      eb.or((['number', 'title', other] as const).map((column) => sql<boolean>`strpos(lower(${eb.ref(column)}), ${word}) > 0`)),
    )
  const over = sql<boolean>`state in ('inForce', 'amending', 'terminated') and least(ends_on, valid_until) < ${today}::date`
  if (list.phase === 'ended') query = query.where(over)
  else if (list.phase !== undefined)
    query = query.where('state', '=', list.phase === 'terminating' ? 'terminated' : list.phase).where(sql<boolean>`not (${over})`)
  return readPage(tx, query, list, { sorts, id: 'id' }, toItem)
}
