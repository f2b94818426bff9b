import type { OrgId } from '#values/ids.ts'
import type { ApiClient, ClientId } from '../contract.ts'
import type { AccessSql, AccessTx } from './tables.ts'

const CLIENTS_LISTED = 500

const columns = ['c.id', 'c.name', 'c.scopes', 'c.site_ids', 'c.active', 'c.created_at', 'c.version', 'u.last_seen_at'] as const

const clients = (tx: AccessTx) =>
  tx.sql
    .selectFrom('access.api_client as c')
    .leftJoin('access.presence as u', (join) => join.onRef('u.org_id', '=', 'c.org_id').onRef('u.subject_id', '=', 'c.id'))
    .select(columns)
    .where('c.org_id', '=', tx.orgId)

export const listClients = async (tx: AccessTx): Promise<ApiClient[]> =>
  (await clients(tx).orderBy('c.name').limit(CLIENTS_LISTED).execute()).map(toClient)

export async function readClient(tx: AccessTx, id: ClientId): Promise<ApiClient | undefined> {
  const row = await clients(tx).where('c.id', '=', id).executeTakeFirst()
  return row && toClient(row)
}

type ClientRow = Awaited<ReturnType<ReturnType<typeof clients>['execute']>>[number]

const toClient = (row: ClientRow): ApiClient => ({
  id: row.id,
  name: row.name,
  scopes: row.scopes,
  siteIds: row.site_ids,
  active: row.active,
  createdAt: row.created_at.toISOString(),
  lastUsedAt: row.last_seen_at?.toISOString() ?? null,
  version: row.version,
})

export interface ClientValues {
  name: string
  scopes: readonly string[]
  siteIds: readonly string[]
}

export async function insertClient(tx: AccessTx, values: ClientValues & { secretHash: Buffer; now: Date }): Promise<ClientId> {
  const { id } = await tx.sql
    .insertInto('access.api_client')
    .values({
      org_id: tx.orgId,
      name: values.name,
      secret_hash: values.secretHash,
      scopes: [...values.scopes],
      site_ids: [...values.siteIds],
      created_at: values.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

export const updateClientRow = (tx: AccessTx, id: ClientId, version: number, values: ClientValues & { active: boolean }) =>
  tx.sql
    .updateTable('access.api_client')
    .set({
      name: values.name,
      scopes: [...values.scopes],
      site_ids: [...values.siteIds],
      active: values.active,
      version: version + 1,
    })
    .where('org_id', '=', tx.orgId)
    .where('id', '=', id)
    .where('version', '=', version)
    .returning('id')
    .executeTakeFirst()

// ---------------------------------------------------------------- by the system role: before an organisation is known

export const findClient = (sqlOf: AccessSql, id: ClientId) =>
  sqlOf
    .selectFrom('access.api_client')
    .select(['org_id', 'id', 'name', 'secret_hash', 'scopes', 'active'])
    .where('id', '=', id)
    .executeTakeFirst()

export interface NewAccessToken {
  tokenHash: Buffer
  orgId: OrgId
  clientId: ClientId
  scopes: readonly string[]
  expiresAt: Date
}

export const insertToken = (sqlOf: AccessSql, token: NewAccessToken) =>
  sqlOf
    .insertInto('access.access_token')
    .values({
      token_hash: token.tokenHash,
      org_id: token.orgId,
      client_id: token.clientId,
      scopes: [...token.scopes],
      expires_at: token.expiresAt,
    })
    .execute()

export const findToken = (sqlOf: AccessSql, hash: Buffer) =>
  sqlOf
    .selectFrom('access.access_token as t')
    .innerJoin('access.api_client as c', 'c.id', 't.client_id')
    .select(['t.org_id', 't.client_id', 't.scopes', 't.expires_at', 'c.name', 'c.active', 'c.site_ids'])
    .select('c.scopes as client_scopes')
    .where('t.token_hash', '=', hash)
    .executeTakeFirst()

export const deleteTokensOf = (sqlOf: AccessSql, clientId: ClientId) =>
  sqlOf.deleteFrom('access.access_token').where('client_id', '=', clientId).execute()
