import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { publish } from '#kernel/outbox.ts'
import { opaque } from '#kernel/postgres.ts'
import { chinaDay } from '#values/instant.ts'
import { type sharingApi, sharingEvents } from '../contract.ts'
import { sharingErrors } from '../errors.ts'
import { type AgreementRow, insertAgreement } from './agreement-store.ts'
import type { Partners } from './check-grant.ts'
import { isPeriodValid } from './sharing-rules.ts'
import type { SharingDatabase } from './tables.ts'

type Request = z.output<typeof sharingApi.create.body>

/** The own organisation opens data to a partner. Errors: sharing.noRelation, sharing.invalidPeriod. */
export const grantAgreement = (db: SharingDatabase, organisations: Partners, ctx: Context, request: Request): Promise<AgreementRow> =>
  db.inTenant(ctx, async (tx) => {
    const { granteeId, from, until } = request
    const period = { from: new Date(from), until: new Date(until) }
    if (!isPeriodValid(period, ctx.now)) throw sharingErrors.invalidPeriod()
    if (!(await organisations.relationWith(opaque(tx), granteeId, chinaDay(ctx.now)))) throw sharingErrors.noRelation({ orgId: granteeId })
    const labels = await organisations.labels(opaque(tx), [ctx.orgId, granteeId])
    const [grantor, grantee] = [labels.get(ctx.orgId), labels.get(granteeId)]
    if (!grantor || !grantee) throw sharingErrors.noRelation({ orgId: granteeId })
    const items = request.items === 'all' ? null : [...new Map(request.items.map((item) => [item.id, item.label]))]
    const row = await insertAgreement(tx, {
      grantor_org: ctx.orgId,
      grantee_org: granteeId,
      grantor_name: grantor.name,
      grantor_name_en: grantor.nameEn,
      grantee_name: grantee.name,
      grantee_name_en: grantee.nameEn,
      data_set: request.dataSet,
      item_ids: items?.map(([id]) => id) ?? null,
      item_labels: items?.map(([, label]) => label) ?? null,
      fields: request.fields === 'all' ? null : [...new Set(request.fields)],
      purpose: request.purpose,
      granularity: request.granularity,
      delay_minutes: request.delayMinutes,
      valid_from: period.from,
      valid_until: period.until,
      created_at: ctx.now,
      created_by: ctx.actor.name ?? null,
    })
    await publish(tx, ctx, sharingEvents.granted, row.id, {
      agreementId: row.id,
      grantorId: row.grantor_org,
      granteeId: row.grantee_org,
      dataSet: row.data_set,
    })
    return row
  })
