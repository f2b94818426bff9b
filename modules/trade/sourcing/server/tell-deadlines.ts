import { sql } from 'kysely'
import type { Loop } from '#kernel/background.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Context } from '#kernel/context.ts'
import { publishAll } from '#kernel/outbox.ts'
import { byOrganisation } from '#kernel/own-work.ts'
import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'
import type { OrgId } from '#values/ids.ts'
import type { InvitationId, RequestId } from '../contract.ts'
import { deadlineEvents } from '../deadline-contract.ts'
import type { SourcingDatabase, SourcingSystem, SourcingTx } from './tables.ts'

export interface DeadlineParts {
  db: SourcingDatabase
  system: SourcingSystem
  organisations: Pick<OrganisationsPublic, 'everyScope'>
  clock: Clock
}

const EVERY_MS = 60_000
const NEAR_MS = 24 * 3_600_000
/** Of each kind and run; the rest has its turn a minute later. */
export const AT_ONCE = 200

export const deadlineLoop = (parts: DeadlineParts): Loop => ({
  name: 'sourcing.deadlines',
  intervalMs: EVERY_MS,
  run: () => tellDeadlines(parts),
})

type Due = { orgId: OrgId } & ({ invitation: InvitationId } | { request: RequestId })

/** Tells suppliers who have not bid that a deadline is near, and buyers that it has passed: once, written in the row with the news. */
export async function tellDeadlines({ db, system, organisations, clock }: DeadlineParts): Promise<void> {
  const now = clock.now()
  const due = await system.inSystem(async (tx): Promise<Due[]> => {
    const near = await untoldInvitations(tx, now).execute()
    const passed = await untoldRequests(tx, now).execute()
    return [...near, ...passed]
  })
  if (due.length === 0) return
  const scopes = await organisations.everyScope()
  await byOrganisation(due, { scopes, job: 'sourcing.deadlines', now }, (ctx, own) =>
    db.inTenant(ctx, async (tx) => {
      await tellNear(
        tx,
        ctx,
        own.flatMap((row) => ('invitation' in row ? [row.invitation] : [])),
      )
      await tellPassed(
        tx,
        ctx,
        own.flatMap((row) => ('request' in row ? [row.request] : [])),
      )
    }),
  )
}

type Sql = Parameters<Parameters<SourcingSystem['inSystem']>[0]>[0]

// Each repeats its index's own condition: a parameter in it would not match.
const near = (now: Date) => sql<boolean>`request_state = 'published' and state = 'invited' and told_deadline is distinct from deadline
  and deadline > ${now} and deadline <= ${new Date(now.getTime() + NEAR_MS)}`
const passed = (now: Date) => sql<boolean>`state = 'published' and told_deadline is distinct from deadline and deadline <= ${now}`

export const untoldInvitations = (tx: Sql, now: Date) =>
  tx
    .selectFrom('sourcing.invitation')
    .select(['id as invitation', 'supplier_org as orgId'])
    .where(near(now))
    .orderBy('deadline')
    .limit(AT_ONCE)

export const untoldRequests = (tx: Sql, now: Date) =>
  tx.selectFrom('sourcing.request').select(['id as request', 'org_id as orgId']).where(passed(now)).orderBy('deadline').limit(AT_ONCE)

/** What somebody works on, or another worker tells of, is not waited for: its turn is a minute later. */
async function tellNear(tx: SourcingTx, ctx: Context, ids: readonly InvitationId[]): Promise<void> {
  if (ids.length === 0) return
  const rows = await tx.sql
    .selectFrom('sourcing.invitation')
    .selectAll()
    .where('id', 'in', [...ids])
    .where('supplier_org', '=', tx.orgId)
    .where(near(ctx.now))
    .orderBy('id')
    .forUpdate()
    .skipLocked()
    .execute()
  if (rows.length === 0) return
  await tx.sql
    .updateTable('sourcing.invitation')
    .set((eb) => ({ told_deadline: eb.ref('deadline') }))
    .where(
      'id',
      'in',
      rows.map((row) => row.id),
    )
    .where('supplier_org', '=', tx.orgId)
    .execute()
  const news = rows.map((row) => ({
    key: row.id,
    payload: {
      requestId: row.request_id,
      invitationId: row.id,
      buyerOrg: row.buyer_org,
      supplierOrg: row.supplier_org,
      number: row.number,
      deadline: row.deadline.toISOString(),
    },
  }))
  await publishAll(tx, ctx, deadlineEvents.near, news)
}

async function tellPassed(tx: SourcingTx, ctx: Context, ids: readonly RequestId[]): Promise<void> {
  if (ids.length === 0) return
  const rows = await tx.sql
    .selectFrom('sourcing.request')
    .select(['id', 'number'])
    .where('org_id', '=', tx.orgId)
    .where('id', 'in', [...ids])
    .where(passed(ctx.now))
    .orderBy('id')
    .forUpdate()
    .skipLocked()
    .execute()
  if (rows.length === 0) return
  const told = rows.map((row) => row.id)
  await tx.sql
    .updateTable('sourcing.request')
    .set((eb) => ({ told_deadline: eb.ref('deadline') }))
    .where('org_id', '=', tx.orgId)
    .where('id', 'in', told)
    .execute()
  const bids = await tx.sql
    .selectFrom('sourcing.invitation')
    .select(['request_id', sql<number>`count(*)::int`.as('n')])
    .where('buyer_org', '=', tx.orgId)
    .where('request_id', 'in', told)
    .where('state', '=', 'quoted')
    .groupBy('request_id')
    .execute()
  const count = new Map(bids.map((row) => [row.request_id, row.n]))
  const news = rows.map(({ id, number }) => ({
    key: id,
    payload: { requestId: id, buyerOrg: tx.orgId, number, bids: count.get(id) ?? 0 },
  }))
  await publishAll(tx, ctx, deadlineEvents.passed, news)
}
