import { createHash, randomBytes } from 'node:crypto'
import type { Transaction } from 'kysely'
import type { PartnerId } from '../contract.ts'
import { LINK_DAYS } from '../contract.ts'
import type { ProgrammeTables, ProgrammeTx } from './tables.ts'

const DAY_MS = 86_400_000

/** The token has 256 random bits: a plain hash cannot be turned back. */
export const tokenHash = (token: string): Buffer => createHash('sha256').update(token).digest()

export interface Link {
  token: string
  expiresAt: string
}

/** One link for each; the ones before are worth nothing from now on. */
export async function makeLinks(tx: ProgrammeTx, ids: readonly PartnerId[], now: Date): Promise<Map<PartnerId, Link>> {
  if (ids.length === 0) return new Map()
  await revokeLinks(tx, ids, now)
  const expires = new Date(now.getTime() + LINK_DAYS * DAY_MS)
  const links = new Map(ids.map((id) => [id, { token: randomBytes(32).toString('base64url'), expiresAt: expires.toISOString() }]))
  await tx.sql
    .insertInto('programme.invitation')
    .values(
      [...links].map(([partner_id, { token }]) => ({
        org_id: tx.orgId,
        partner_id,
        token_hash: tokenHash(token),
        created_at: now,
        expires_at: expires,
        used_at: null,
        revoked_at: null,
      })),
    )
    .execute()
  return links
}

export const revokeLinks = (tx: ProgrammeTx, ids: readonly PartnerId[], now: Date) =>
  tx.sql
    .updateTable('programme.invitation')
    .set({ revoked_at: now })
    .where('org_id', '=', tx.orgId)
    .where('partner_id', 'in', [...ids])
    .where('used_at', 'is', null)
    .where('revoked_at', 'is', null)
    .execute()

/** Until when the link of each that has one can be used. */
export async function openLinks(tx: ProgrammeTx, ids: readonly PartnerId[], now: Date): Promise<Map<PartnerId, Date>> {
  if (ids.length === 0) return new Map()
  const rows = await tx.sql
    .selectFrom('programme.invitation')
    .select(['partner_id', 'expires_at'])
    .where('org_id', '=', tx.orgId)
    .where('partner_id', 'in', [...ids])
    .where('used_at', 'is', null)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now)
    .execute()
  return new Map(rows.map((row) => [row.partner_id, row.expires_at]))
}

/** By the system role: whoever holds the token stands in no organisation yet. A link that was replaced is found no more. */
export const findByToken = (sqlOf: Transaction<ProgrammeTables>, token: string) =>
  sqlOf
    .selectFrom('programme.invitation')
    .selectAll()
    .where('token_hash', '=', tokenHash(token))
    .where('revoked_at', 'is', null)
    .executeTakeFirst()

export type Invitation = NonNullable<Awaited<ReturnType<typeof findByToken>>>
