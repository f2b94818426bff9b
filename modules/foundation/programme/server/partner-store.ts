import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { publish } from '#kernel/outbox.ts'
import { readPage } from '#kernel/page.ts'
import type { OrgId } from '#values/ids.ts'
import type { ListQuery } from '#values/list.ts'
import { type PartnerAction, type PartnerId, type PartnerState, type PartnerTier, programmeEvents } from '../contract.ts'
import { programmeErrors } from '../errors.ts'
import { type Side, stepOf } from './partner-rules.ts'
import type { ProgrammeTables, ProgrammeTx } from './tables.ts'

type Table = ProgrammeTables['programme.partner']

export const sideOf = (tx: ProgrammeTx, row: { buyer_org: OrgId }): Side => (row.buyer_org === tx.orgId ? 'buyer' : 'supplier')

const own = (tx: ProgrammeTx) =>
  tx.sql
    .selectFrom('programme.partner')
    .selectAll()
    .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))

export type PartnerRow = Awaited<ReturnType<ReturnType<typeof own>['executeTakeFirstOrThrow']>>

/** Of either side. Errors: programme.notFound. */
export async function readPartner(tx: ProgrammeTx, id: PartnerId): Promise<PartnerRow> {
  const row = await own(tx).where('id', '=', id).executeTakeFirst()
  if (!row) throw programmeErrors.notFound({ id })
  return row
}

/** Errors: programme.notFound, programme.changedMeanwhile, programme.notAllowedNow where it is not this side's to do. */
export async function lockPartner(
  tx: ProgrammeTx,
  id: PartnerId,
  { version, side }: { version?: number; side?: Side } = {},
): Promise<PartnerRow> {
  const row = await own(tx).where('id', '=', id).forUpdate().executeTakeFirst()
  if (!row) throw programmeErrors.notFound({ id })
  if (side && sideOf(tx, row) !== side) throw programmeErrors.notAllowedNow({ state: row.state })
  if (version !== undefined && row.version !== version) throw programmeErrors.changedMeanwhile({ id, version: row.version })
  return row
}

/** What the action makes of the state. Errors: programme.notAllowedNow, programme.reasonNeeded. */
export function mustStep(row: PartnerRow, action: PartnerAction, side: Side, reason: string | null): PartnerState {
  const step = stepOf(row.state, action, side)
  if (!step) throw programmeErrors.notAllowedNow({ state: row.state })
  if (step.reason && !reason) throw programmeErrors.reasonNeeded()
  return step.to
}

type Change = Partial<Omit<Table, 'id' | 'buyer_org' | 'supplier_org' | 'credit_code' | 'created_at' | 'version'>>

export const changePartner = (tx: ProgrammeTx, id: PartnerId, change: Change): Promise<PartnerRow> =>
  tx.sql
    .updateTable('programme.partner')
    .set((eb) => ({ ...change, version: eb('version', '+', 1) }))
    .where('id', '=', id)
    .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
    .returningAll()
    .executeTakeFirstOrThrow()

export interface NewPartner {
  supplierOrg?: OrgId
  name: string
  creditCode: string
  contactName: string
  contactPhone: string | null
  contactEmail: string | null
  delivers: string | null
}

/** All in one statement, in the order given. Those whose credit code is in the programme already violate `partner_credit_code`. */
export const insertPartners = (tx: ProgrammeTx, partners: readonly NewPartner[], now: Date): Promise<PartnerRow[]> =>
  tx.sql
    .insertInto('programme.partner')
    .values(
      partners.map((one) => ({
        buyer_org: tx.orgId,
        supplier_org: one.supplierOrg ?? null,
        name: one.name,
        credit_code: one.creditCode,
        contact_name: one.contactName,
        contact_phone: one.contactPhone,
        contact_email: one.contactEmail,
        delivers: one.delivers,
        state: 'invited' as const,
        tier: null,
        reason: null,
        contract_no: null,
        contract_from: null,
        contract_until: null,
        admitted_on: null,
        created_at: now,
      })),
    )
    .returningAll()
    .execute()

/** Into the history of both, and as news. */
export async function record(
  tx: ProgrammeTx,
  ctx: Context,
  rows: readonly PartnerRow[],
  did: { action: PartnerAction; side: Side; reason?: string | null; actor?: string },
): Promise<void> {
  if (rows.length === 0) return
  await tx.sql
    .insertInto('programme.history')
    .values(
      rows.map((row) => ({
        partner_id: row.id,
        buyer_org: row.buyer_org,
        supplier_org: row.supplier_org,
        side: did.side,
        action: did.action,
        state: row.state,
        tier: row.tier,
        reason: did.reason ?? null,
        actor: did.actor ?? ctx.actor.name ?? null,
        at: ctx.now,
      })),
    )
    .execute()
  const type = did.side === 'buyer' ? programmeEvents.leaderActed : programmeEvents.supplierActed
  for (const row of rows) {
    const about = { partnerId: row.id, buyerOrg: row.buyer_org, supplierOrg: row.supplier_org, name: row.name }
    await publish(tx, ctx, type, row.id, { ...about, action: did.action, state: row.state })
  }
}

export function partnerPage<Item>(
  tx: ProgrammeTx,
  list: ListQuery & { state?: PartnerState | undefined; tier?: PartnerTier | undefined },
  toItem: (row: PartnerRow) => Item,
) {
  let query = tx.sql.selectFrom('programme.partner').selectAll().where('buyer_org', '=', tx.orgId)
  for (const word of (list.search ?? '').normalize('NFKC').toLowerCase().split(/\s+/).filter(Boolean).slice(0, 8))
    query = query.where((eb) =>
      eb.or(
        (['name', 'credit_code', 'contact_name', 'delivers', 'contract_no'] as const).map(
          (column) => sql<boolean>`strpos(lower(coalesce(${eb.ref(column)}, '')), ${word}) > 0`,
        ),
      ),
    )
  if (list.state !== undefined) query = query.where('state', '=', list.state)
  if (list.tier !== undefined) query = query.where('tier', '=', list.tier)
  const order = {
    sorts: {
      createdAt: { by: 'created_at', type: 'timestamptz' as const },
      name: { by: 'name collate "zh-x-icu"', type: 'text' as const },
    },
    id: 'id',
  }
  return readPage(tx, query, list, order, toItem)
}

const MAX_IN_PROGRAMME = 10_000

/** Those that count or may count, in the order of their names. */
export const admittedPartners = (tx: ProgrammeTx) =>
  tx.sql
    .selectFrom('programme.partner')
    .selectAll()
    .where('buyer_org', '=', tx.orgId)
    .where('state', 'in', ['admitted', 'suspended'])
    .orderBy(sql`name collate "zh-x-icu", id`)
    .limit(MAX_IN_PROGRAMME)
    .execute()

export const partnersOfSupplier = (tx: ProgrammeTx) =>
  tx.sql
    .selectFrom('programme.partner')
    .selectAll()
    .where('supplier_org', '=', tx.orgId)
    .orderBy('created_at')
    .orderBy('id')
    .limit(200)
    .execute()

export async function countBy(tx: ProgrammeTx, column: 'state' | 'tier') {
  const rows = await tx.sql
    .selectFrom('programme.partner')
    .select([column, sql<number>`count(*)::int`.as('n')])
    .where('buyer_org', '=', tx.orgId)
    .$if(column === 'tier', (q) => q.where('state', 'in', ['admitted', 'suspended']))
    .groupBy(column)
    .execute()
  return new Map(rows.map((row) => [row[column], row.n]))
}

export const historyOf = (tx: ProgrammeTx, id: PartnerId) =>
  tx.sql
    .selectFrom('programme.history')
    .selectAll()
    .where('partner_id', '=', id)
    .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
    .orderBy('id', 'desc')
    .limit(200)
    .execute()

export const findApplication = (tx: ProgrammeTx, id: PartnerId) =>
  tx.sql
    .selectFrom('programme.application')
    .selectAll()
    .where('partner_id', '=', id)
    .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
    .executeTakeFirst()

/** Credit codes that are in the programme already, and as which partner. */
export async function partnersByCode(tx: ProgrammeTx, codes: readonly string[]): Promise<Map<string, PartnerRow>> {
  if (codes.length === 0) return new Map()
  const rows = await tx.sql
    .selectFrom('programme.partner')
    .selectAll()
    .where('buyer_org', '=', tx.orgId)
    .where('credit_code', 'in', [...codes])
    .execute()
  return new Map(rows.map((row) => [row.credit_code, row]))
}

export async function readRule(tx: ProgrammeTx, orgId: OrgId, otherwise: number): Promise<{ minDays: number; version: number }> {
  const row = await tx.sql.selectFrom('programme.setting').select(['min_days', 'version']).where('org_id', '=', orgId).executeTakeFirst()
  return row ? { minDays: row.min_days, version: row.version } : { minDays: otherwise, version: 0 }
}
