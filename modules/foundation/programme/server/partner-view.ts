import { chinaDay } from '#values/instant.ts'
import type { Connection, Partner, PartnerDetail } from '../contract.ts'
import { certificatesOf, toCertificate } from './certificate-store.ts'
import { checklistOf, connectionOf, contractInForce, DEFAULT_MIN_DAYS, isCounted } from './connection-rules.ts'
import { connectionsOf } from './connection-store.ts'
import { openLinks } from './invitation-store.ts'
import { actionsOf } from './partner-rules.ts'
import { findApplication, historyOf, type PartnerRow, readRule, sideOf } from './partner-store.ts'
import type { ProgrammeParts } from './parts.ts'
import type { ProgrammeTx } from './tables.ts'

const WAYS = ['device', 'system', 'portal'] as const

export interface Viewed {
  row: PartnerRow
  connections: Connection[]
  countedUntil: string | null
  counted: boolean
}

/** What is counted of each, by the rule of the leader it belongs to. */
export async function viewed(
  tx: ProgrammeTx,
  rows: readonly PartnerRow[],
  minDays: (row: PartnerRow) => number,
  today: string,
): Promise<Viewed[]> {
  const known = await connectionsOf(
    tx,
    rows.map((row) => row.id),
  )
  return rows.map((row) => {
    const of = known.get(row.id) ?? []
    const connections = of
      .map((one) => connectionOf({ way: one.way, firstDay: one.first_day, days: one.days, workdays: one.workdays }, minDays(row)))
      .sort((a, b) => WAYS.indexOf(a.way) - WAYS.indexOf(b.way))
    const standing = { state: row.state, contractNo: row.contract_no, contractFrom: row.contract_from, contractUntil: row.contract_until }
    return { row, connections, countedUntil: of[0]?.window_until ?? null, counted: isCounted(standing, connections, today) }
  })
}

export const toPartner = (
  tx: ProgrammeTx,
  { row, connections, countedUntil, counted }: Viewed,
  { buyerName = null, linkExpiresAt }: { buyerName?: string | null; linkExpiresAt?: Date | undefined } = {},
): Partner => {
  const side = sideOf(tx, row)
  return {
    id: row.id,
    side,
    organisationId: row.supplier_org,
    buyerName,
    name: row.name,
    creditCode: row.credit_code,
    contactName: row.contact_name,
    contactPhone: row.contact_phone,
    contactEmail: row.contact_email,
    delivers: row.delivers,
    state: row.state,
    tier: row.tier,
    reason: row.reason,
    contractNo: row.contract_no,
    contractFrom: row.contract_from,
    contractUntil: row.contract_until,
    admittedOn: row.admitted_on,
    createdAt: row.created_at.toISOString(),
    linkExpiresAt: linkExpiresAt?.toISOString() ?? null,
    connections,
    countedUntil,
    counted,
    actions: actionsOf(row.state, side),
    version: row.version,
  }
}

/** The leader's rule is told to the supplier too, as the rule it is counted by. */
export const minDaysOf = (parts: ProgrammeParts, orgId: PartnerRow['buyer_org']): Promise<number> =>
  parts.system.inSystem(async (sql) => (await readRule({ orgId, sql }, orgId, DEFAULT_MIN_DAYS)).minDays)

export async function detailOf(parts: ProgrammeParts, tx: ProgrammeTx, row: PartnerRow, now: Date): Promise<PartnerDetail> {
  const today = chinaDay(now)
  const buyer = await parts.organisations.facts(row.buyer_org)
  const minDays = await minDaysOf(parts, row.buyer_org)
  const [one] = await viewed(tx, [row], () => minDays, today)
  if (!one) throw new Error('A partner without a view.')
  const certificates = (await certificatesOf(tx, row.id)).map((c) => toCertificate(c, tx.orgId, today))
  const application = await findApplication(tx, row.id)
  const link = row.buyer_org === tx.orgId ? (await openLinks(tx, [row.id], now)).get(row.id) : undefined
  const counts = (await connectionsOf(tx, [row.id])).get(row.id)?.[0]
  const contract = contractInForce(
    { contractNo: row.contract_no, contractFrom: row.contract_from, contractUntil: row.contract_until },
    today,
  )
  return {
    ...toPartner(tx, one, { buyerName: buyer?.name ?? null, linkExpiresAt: link }),
    application: application ? toApplication(application) : null,
    certificates,
    checklist: checklistOf({ connections: one.connections, certificates, contract }),
    history: (await historyOf(tx, row.id)).map((h) => ({
      at: h.at.toISOString(),
      side: h.side,
      action: h.action,
      state: h.state,
      tier: h.tier,
      reason: h.reason,
      actor: h.actor,
    })),
    rule: {
      minDays,
      windowFrom: counts?.window_from ?? null,
      windowUntil: counts?.window_until ?? null,
      ownCalendar: counts?.own_calendar ?? false,
    },
  }
}

type ApplicationRow = NonNullable<Awaited<ReturnType<typeof findApplication>>>
export const toApplication = (row: ApplicationRow): NonNullable<PartnerDetail['application']> => ({
  name: row.name,
  nameEn: row.name_en,
  industry: row.industry,
  city: row.city,
  employees: row.employees,
  revenueWan: row.revenue_wan,
  delivers: row.delivers,
  capacity: row.capacity,
  contactName: row.contact_name,
  contactPhone: row.contact_phone,
  contactEmail: row.contact_email,
  appliedAt: row.applied_at.toISOString(),
})
