import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { chinaDay } from '#values/instant.ts'
import {
  type ConnectionWay,
  type Partner,
  type PartnerDetail,
  type PartnerId,
  PartnerState,
  PartnerTier,
  type programmeApi,
} from '../contract.ts'
import { countEnding } from './certificate-store.ts'
import { DEFAULT_MIN_DAYS } from './connection-rules.ts'
import { openLinks } from './invitation-store.ts'
import { admittedPartners, countBy, partnerPage, partnersOfSupplier, readPartner, readRule } from './partner-store.ts'
import { detailOf, minDaysOf, toPartner, viewed } from './partner-view.ts'
import type { ProgrammeParts } from './parts.ts'

const WARN_DAYS = 60

export const listPartners = ({ db }: ProgrammeParts, ctx: Context, query: z.output<typeof programmeApi.partners.query>) =>
  db.inTenant(ctx, async (tx) => {
    const { minDays } = await readRule(tx, tx.orgId, DEFAULT_MIN_DAYS)
    const page = await partnerPage(tx, query, (row) => row)
    const links = await openLinks(
      tx,
      page.items.map((row) => row.id),
      ctx.now,
    )
    const seen = await viewed(tx, page.items, () => minDays, chinaDay(ctx.now))
    return { ...page, items: seen.map((one) => toPartner(tx, one, { linkExpiresAt: links.get(one.row.id) })) }
  })

export const readOne = (parts: ProgrammeParts, ctx: Context, id: PartnerId): Promise<PartnerDetail> =>
  parts.db.inTenant(ctx, async (tx) => detailOf(parts, tx, await readPartner(tx, id), ctx.now))

/** The programmes that the caller's organisation is in, each by its own leader's rule. */
export async function listMine(parts: ProgrammeParts, ctx: Context): Promise<{ partners: Partner[] }> {
  const rows = await parts.db.inTenant(ctx, partnersOfSupplier)
  const leaders = [...new Set(rows.map((row) => row.buyer_org))]
  const rules = new Map(await Promise.all(leaders.map(async (orgId) => [orgId, await minDaysOf(parts, orgId)] as const)))
  const names = new Map(
    await Promise.all(leaders.map(async (orgId) => [orgId, (await parts.organisations.facts(orgId))?.name ?? null] as const)),
  )
  return parts.db.inTenant(ctx, async (tx) => {
    const seen = await viewed(tx, rows, (row) => rules.get(row.buyer_org) ?? DEFAULT_MIN_DAYS, chinaDay(ctx.now))
    return { partners: seen.map((one) => toPartner(tx, one, { buyerName: names.get(one.row.buyer_org) ?? null })) }
  })
}

export const summarise = ({ db }: ProgrammeParts, ctx: Context): Promise<z.input<typeof programmeApi.summary.response>> =>
  db.inTenant(ctx, async (tx) => {
    const today = chinaDay(ctx.now)
    const { minDays, version } = await readRule(tx, tx.orgId, DEFAULT_MIN_DAYS)
    const states = await countBy(tx, 'state')
    const tiers = await countBy(tx, 'tier')
    const seen = await viewed(tx, await admittedPartners(tx), () => minDays, today)
    const connected = (way: ConnectionWay) => seen.filter((one) => one.connections.some((c) => c.way === way && c.firstDay !== null)).length
    return {
      byState: Object.fromEntries(PartnerState.options.map((state) => [state, states.get(state) ?? 0])) as Record<PartnerState, number>,
      byTier: Object.fromEntries(PartnerTier.options.map((tier) => [tier, tiers.get(tier) ?? 0])) as Record<PartnerTier, number>,
      byWay: { device: connected('device'), system: connected('system'), portal: connected('portal') },
      counted: seen.filter((one) => one.counted).length,
      endingCertificates: await countEnding(tx, today, WARN_DAYS),
      minDays,
      version,
    }
  })
