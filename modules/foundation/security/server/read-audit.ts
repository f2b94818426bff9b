import type { z } from 'zod'
import { verifyAudit } from '#kernel/audit-chain.ts'
import type { Context } from '#kernel/context.ts'
import type { SystemDatabase } from '#kernel/postgres.ts'
import { OrgId } from '#values/ids.ts'
import type { AuditDetail, securityApi } from '../contract.ts'
import { securityErrors } from '../errors.ts'
import { auditEntry, auditFacets, auditPage, entryOf } from './audit-store.ts'
import type { SecurityDatabase, SecuritySystem } from './tables.ts'

export const listAudit = (db: SecurityDatabase, ctx: Context, list: z.output<typeof securityApi.list.query>) =>
  db.inTenant(ctx, (tx) => auditPage(tx, list))

export const listFacets = (db: SecurityDatabase, ctx: Context) => db.inTenant(ctx, auditFacets)

/** Errors: security.entryNotFound, also for another organisation's entry. */
export const readEntry = (db: SecurityDatabase, ctx: Context, id: number): Promise<AuditDetail> =>
  db.inTenant(ctx, async (tx) => {
    const row = await auditEntry(tx, id)
    if (!row) throw securityErrors.entryNotFound({ id })
    const { actor, before, after, trace, hash, fields } = row
    const actorOrgId = OrgId.safeParse(actor.orgId).data ?? null
    return { ...entryOf(row), fields, before, after, actorOrgId, trace, hash: hash?.toString('hex') ?? null }
  })

/** Recomputes the own organisation's chain, as the system role: the end of a chain is not for the app to see. */
export async function verifyOwnChain(system: SecuritySystem, ctx: Context): Promise<z.input<typeof securityApi.verify.response>> {
  const { rows, breaks, heads } = await verifyAudit(system as SystemDatabase<unknown>, ctx.orgId)
  const [found] = breaks
  const [head] = heads
  return {
    rows,
    break: found ? { chainNo: found.chainNo, reason: found.reason, at: found.at?.toISOString() ?? null } : null,
    head: head ? { chainNo: head.chainNo, hash: head.hash } : null,
    checkedAt: ctx.now.toISOString(),
  }
}
