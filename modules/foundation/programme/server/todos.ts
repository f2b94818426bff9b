import { sql } from 'kysely'
import { narrow } from '#kernel/postgres.ts'
import type { TodoKind } from '#kernel/todos.ts'
import { chinaDay } from '#values/instant.ts'
import type { PartnerState } from '../contract.ts'
import { certificatePage } from './certificate-store.ts'
import type { Side } from './partner-rules.ts'
import type { ProgrammeTables } from './tables.ts'

const WARN_DAYS = 30

/** Partners that wait for one side. */
const waiting = (name: string, permission: string, side: Side, states: readonly PartnerState[]): TodoKind => ({
  name: `programme.${name}`,
  permission,
  list: async (_, opaqueTx, limit) => {
    const tx = narrow<ProgrammeTables>(opaqueTx)
    const rows = await tx.sql
      .selectFrom('programme.partner')
      .select(['id', 'name', sql<number>`count(*) over ()::int`.as('n')])
      .where(side === 'buyer' ? 'buyer_org' : 'supplier_org', '=', tx.orgId)
      .where('state', 'in', [...states])
      .orderBy('created_at')
      .limit(limit)
      .execute()
    return {
      total: rows[0]?.n ?? 0,
      items: rows.map(({ id, name: label }) => ({ label, path: `/programme/partners/${id}`, due: null })),
    }
  },
})

/** Certificates that end within 30 days, or have ended. */
const ending = (name: string, permission: string, side: Side): TodoKind => ({
  name: `programme.${name}`,
  permission,
  list: async (ctx, opaqueTx, limit) => {
    const tx = narrow<ProgrammeTables>(opaqueTx)
    const page = await certificatePage(tx, { side, within: WARN_DAYS, sort: 'validUntil', limit }, chinaDay(ctx.now))
    return {
      total: page.total,
      items: page.items.map((one) => ({
        label: `${one.partnerName} ${one.number}`,
        path: `/programme/partners/${one.partnerId}`,
        due: one.validUntil,
      })),
    }
  },
})

export const programmeTodos = [
  waiting('review', 'programme.manage', 'buyer', ['applied', 'underReview']),
  waiting('answer', 'programme.answer', 'supplier', ['invited']),
  ending('partnersCertificates', 'programme.manage', 'buyer'),
  ending('ownCertificates', 'programme.answer', 'supplier'),
]
