import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import type { FileAnswer } from '#kernel/file-answer.ts'
import { opaque, violatedUnique } from '#kernel/postgres.ts'
import { workbook } from '#kernel/spreadsheet-writer.ts'
import type { OrgId } from '#values/ids.ts'
import { chinaDay } from '#values/instant.ts'
import type { PartnerId, programmeApi } from '../contract.ts'
import { programmeErrors } from '../errors.ts'
import { DEFAULT_MIN_DAYS } from './connection-rules.ts'
import { makeLinks } from './invitation-store.ts'
import { changePartner, insertPartners, lockPartner, mustStep, type PartnerRow, partnersByCode, readRule, record } from './partner-store.ts'
import { toPartner, viewed } from './partner-view.ts'
import { mustBeLeader, type ProgrammeParts } from './parts.ts'
import type { ProgrammeTx } from './tables.ts'

type Invitation = z.output<typeof programmeApi.invite.body>

/** An enterprise that is not on the platform: it applies by the link, which only whoever made it sees, once. */
export async function invitePartner(parts: ProgrammeParts, ctx: Context, invitation: Invitation) {
  await mustBeLeader(parts, ctx)
  if ((await parts.organisations.facts(ctx.orgId))?.creditCode === invitation.creditCode) throw programmeErrors.ownOrganisation()
  return parts.db
    .inTenant(ctx, async (tx) => {
      const [row] = await insertPartners(tx, [invitation], ctx.now)
      if (!row) throw new Error('A partner got no row.')
      await record(tx, ctx, [row], { action: 'invite', side: 'buyer' })
      return withLink(tx, row, ctx.now)
    })
    .catch((error: unknown) => {
      throw violatedUnique(error) === 'partner_credit_code' ? programmeErrors.partnerExists({ name: invitation.name }) : error
    })
}

async function withLink(tx: ProgrammeTx, row: PartnerRow, now: Date) {
  const link = (await makeLinks(tx, [row.id], now)).get(row.id)
  if (!link) throw new Error('A partner got no link.')
  const { minDays } = await readRule(tx, tx.orgId, DEFAULT_MIN_DAYS)
  const [one] = await viewed(tx, [row], () => minDays, chinaDay(now))
  if (!one) throw new Error('A partner without a view.')
  return { partner: toPartner(tx, one, { linkExpiresAt: new Date(link.expiresAt) }), link }
}

/** A new link, also for one that was withdrawn, refused or has left: it is invited again. */
export const renewLink = (parts: ProgrammeParts, ctx: Context, id: PartnerId, version: number) =>
  parts.db.inTenant(ctx, async (tx) => {
    const row = await lockPartner(tx, id, { version, side: 'buyer' })
    if (row.supplier_org !== null) throw programmeErrors.linkNeeded()
    const state = mustStep(row, 'invite', 'buyer', null)
    const invited = await changePartner(tx, id, row.state === 'invited' ? { state } : { state, reason: null })
    await record(tx, ctx, [invited], { action: 'invite', side: 'buyer' })
    return withLink(tx, invited, ctx.now)
  })

/** Suppliers that are on the platform: they see the invitation there, and apply there. */
export async function takeIn(parts: ProgrammeParts, ctx: Context, organisationIds: readonly OrgId[]) {
  await mustBeLeader(parts, ctx)
  const asked = [...new Set(organisationIds)]
  return parts.db.inTenant(ctx, async (tx) => {
    const labels = await parts.organisations.labels(opaque(tx), asked)
    const found: { orgId: OrgId; name: string; creditCode: string }[] = []
    for (const orgId of asked) {
      const relation = await parts.organisations.relationWith(opaque(tx), orgId, chinaDay(ctx.now))
      const label = labels.get(orgId)
      const facts = await parts.organisations.facts(orgId)
      if (!label || !facts || relation?.side !== 'buyer' || relation.kind !== 'supply')
        throw programmeErrors.noRelation({ organisationId: orgId })
      found.push({ orgId, name: label.name, creditCode: facts.creditCode })
    }
    const there = await partnersByCode(
      tx,
      found.map((one) => one.creditCode),
    )
    const fresh = found.filter((one) => !there.has(one.creditCode))
    if (fresh.length === 0) return { invited: 0 }
    const rows = await insertPartners(
      tx,
      fresh.map(({ orgId, name, creditCode }) => ({
        supplierOrg: orgId,
        name,
        creditCode,
        contactName: name,
        contactPhone: null,
        contactEmail: null,
        delivers: null,
      })),
      ctx.now,
    )
    await record(tx, ctx, rows, { action: 'invite', side: 'buyer' })
    return { invited: rows.length }
  })
}

const AT_ONCE = 500

/** All that are invited and have no organisation: one new link each, to be sent to them by whoever asks. */
export async function linksWorkbook(parts: ProgrammeParts, ctx: Context, origin: string): Promise<FileAnswer> {
  await mustBeLeader(parts, ctx)
  const word = (key: string) => parts.imports.translate(ctx.locale, `programme.linksFile.${key}`) ?? key
  const rows = await parts.db.inTenant(ctx, async (tx) => {
    const invited = await tx.sql
      .selectFrom('programme.partner')
      .selectAll()
      .where('buyer_org', '=', tx.orgId)
      .where('state', '=', 'invited')
      .where('supplier_org', 'is', null)
      .orderBy('created_at', 'desc')
      .limit(AT_ONCE)
      .forUpdate()
      .execute()
    const links = await makeLinks(
      tx,
      invited.map((row) => row.id),
      ctx.now,
    )
    return invited.map((row) => {
      const link = links.get(row.id)
      return [
        row.name,
        row.credit_code,
        row.contact_name,
        row.contact_phone ?? '',
        row.contact_email ?? '',
        joinUrl(origin, link?.token ?? ''),
        chinaDay(new Date(link?.expiresAt ?? ctx.now)),
      ]
    })
  })
  const columns = [
    { title: word('name'), width: 32 },
    { title: word('creditCode'), width: 22 },
    { title: word('contactName'), width: 14 },
    { title: word('contactPhone'), width: 18 },
    { title: word('contactEmail'), width: 24 },
    { title: word('link'), width: 80 },
    { title: word('until'), width: 14 },
  ]
  return { fileName: `${word('file')}-${chinaDay(ctx.now)}.xlsx`, bytes: await workbook([{ name: word('file'), columns, rows }]) }
}

/** Behind the #, where no server and no log sees it. */
const joinUrl = (origin: string, token: string): string => `${new URL(origin).origin}/join#${token}`
