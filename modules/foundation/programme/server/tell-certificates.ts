import type { Loop } from '#kernel/background.ts'
import type { Context } from '#kernel/context.ts'
import { publish } from '#kernel/outbox.ts'
import { byOrganisation } from '#kernel/own-work.ts'
import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'
import { chinaDay } from '#values/instant.ts'
import { type CertificateId, programmeEvents } from '../contract.ts'
import { toldDaysOf, validityOf } from './connection-rules.ts'
import type { ProgrammeParts } from './parts.ts'
import type { ProgrammeDatabase, ProgrammeSystem } from './tables.ts'

export interface TellingParts extends Pick<ProgrammeParts, 'db' | 'system' | 'clock'> {
  organisations: Pick<OrganisationsPublic, 'everyScope'>
}

const EVERY_MS = 15 * 60_000
/** In one run; the rest has its turn in the next. */
export const AT_ONCE = 200

export const certificateLoop = (parts: TellingParts): Loop => ({
  name: 'programme.certificates',
  intervalMs: EVERY_MS,
  run: () => tellCertificates(parts),
})

/** Sixty, thirty and seven days before a certificate ends and when it has ended, once each; what was missed meanwhile is not made up for. */
export async function tellCertificates({ db, system, organisations, clock }: TellingParts): Promise<void> {
  const now = clock.now()
  const due = await system.inSystem((tx) => untoldCertificates(tx, chinaDay(now)).execute())
  if (due.length === 0) return
  const scopes = await organisations.everyScope()
  await byOrganisation(due, { scopes, job: 'programme.certificates', now }, (ctx, own) =>
    tellOwn(
      db,
      ctx,
      own.map(({ id }) => id),
    ),
  )
}

type Sql = Parameters<Parameters<ProgrammeSystem['inSystem']>[0]>[0]

/** Each is told of in the name of whoever added it: nobody else may write to it. A partner that has left is told of nothing. */
export const untoldCertificates = (tx: Sql, today: string) =>
  tx
    .selectFrom('programme.certificate as c')
    .innerJoin('programme.partner as p', 'p.id', 'c.partner_id')
    .select(['c.id', 'c.added_org as orgId'])
    .where('c.removed_at', 'is', null)
    .where('c.tell_on', '<=', today)
    .where('p.state', 'not in', ['exited', 'refused', 'withdrawn'])
    .orderBy('c.tell_on')
    .limit(AT_ONCE)

const tellOwn = (db: ProgrammeDatabase, ctx: Context, ids: readonly CertificateId[]) =>
  db.inTenant(ctx, async (tx) => {
    const today = chinaDay(ctx.now)
    const rows = await tx.sql
      .selectFrom('programme.certificate as c')
      .innerJoin('programme.partner as p', 'p.id', 'c.partner_id')
      .select(['c.id', 'c.partner_id', 'c.buyer_org', 'c.supplier_org', 'c.number', 'c.file_name', 'c.valid_until', 'p.name'])
      .where('c.id', 'in', [...ids])
      .where('c.added_org', '=', tx.orgId)
      .where('c.removed_at', 'is', null)
      .where('c.tell_on', '<=', today)
      .orderBy('c.id')
      .forUpdate('c')
      // Another worker tells of it, or somebody removes it: its turn is the next time.
      .skipLocked()
      .execute()
    for (const row of rows) {
      const { daysLeft } = validityOf(row.valid_until, today)
      const told = daysLeft === null ? undefined : toldDaysOf(daysLeft)
      if (daysLeft === null || told === undefined || row.valid_until === null) continue
      await tx.sql
        .updateTable('programme.certificate')
        .set({ told_days: told })
        .where('id', '=', row.id)
        .where('added_org', '=', tx.orgId)
        .execute()
      await publish(tx, ctx, programmeEvents.certificateEnds, row.id, {
        partnerId: row.partner_id,
        buyerOrg: row.buyer_org,
        supplierOrg: row.supplier_org,
        name: row.name,
        certificateId: row.id,
        certificate: row.number || row.file_name,
        validUntil: row.valid_until,
        daysLeft,
      })
    }
  })
