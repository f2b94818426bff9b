import type { Context } from '#kernel/context.ts'
import type { ListQuery } from '#values/list.ts'
import type { AgreementId } from '../contract.ts'
import { sharingErrors } from '../errors.ts'
import { type AgreementFilter, accessLogPage, agreementPage, readAgreement } from './agreement-store.ts'
import type { SharingDatabase } from './tables.ts'

export const listAgreements = (db: SharingDatabase, ctx: Context, filter: AgreementFilter) =>
  db.inTenant(ctx, (tx) => agreementPage(tx, filter, ctx.now))

/** Errors: sharing.notFound, also where it concerns others. */
export const getAgreement = (db: SharingDatabase, ctx: Context, id: AgreementId) =>
  db.inTenant(ctx, async (tx) => (await readAgreement(tx, id)) ?? unknown(id))

/** Errors: sharing.notFound. */
export const listReads = (db: SharingDatabase, ctx: Context, id: AgreementId, list: ListQuery) =>
  db.inTenant(ctx, async (tx) => {
    if (!(await readAgreement(tx, id))) unknown(id)
    return accessLogPage(tx, id, list)
  })

function unknown(id: AgreementId): never {
  throw sharingErrors.notFound({ id })
}
