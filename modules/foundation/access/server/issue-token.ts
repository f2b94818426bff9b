import type { CallContext } from '#kernel/context.ts'
import { type Acting, auditEvent } from '#kernel/postgres.ts'
import type { OrgId } from '#values/ids.ts'
import { ClientId } from '../contract.ts'
import { accessErrors } from '../errors.ts'
import type { AccessParts } from './access-parts.ts'
import { findClient, insertToken } from './client-store.ts'
import { countTry, passed } from './login-guard.ts'
import { newToken, sameHash, tokenHash } from './secrets.ts'
import { touchPresence } from './session-store.ts'

const LIFETIME_S = 3_600

interface TokenRequest {
  client_id?: string | undefined
  client_secret?: string | undefined
  scope?: string | undefined
}

/** OAuth 2.0 client credentials (RFC 6749 §4.4); `error` is the word that its clients look for (§5.2). */
export async function issueToken(parts: AccessParts, call: CallContext, request: TokenRequest, authorization: string | undefined) {
  const { clientId, secret } = credentialsOf(request, authorization)
  const counted = await countTry(parts.system, call, `client ${clientId ?? ''}`)
  const client = clientId === undefined ? undefined : await parts.system.inSystem((sqlOf) => findClient(sqlOf, clientId))
  const right = sameHash(tokenHash(secret), client ? client.secret_hash : tokenHash(''))
  const active = client?.active && ((await parts.organisations.facts(client.org_id))?.active ?? false)
  if (!client || !right || !active) {
    await recordRefusal(parts, call, client)
    throw accessErrors.invalidClient({ error: 'invalid_client' })
  }
  const scopes = request.scope === undefined ? client.scopes : request.scope.split(' ').filter(Boolean)
  const token = newToken()
  const acting: Acting = {
    orgId: client.org_id,
    actor: { kind: 'client', id: client.id, name: client.name },
    address: call.address,
    traceId: call.traceId,
  }
  await parts.system.inSystem(async (sqlOf) => {
    await passed(sqlOf, call, counted)
    const foreign = scopes.filter((scope) => !client.scopes.includes(scope))
    if (foreign.length > 0) return
    const expiresAt = new Date(call.now.getTime() + LIFETIME_S * 1_000)
    await insertToken(sqlOf, { tokenHash: tokenHash(token), orgId: client.org_id, clientId: client.id, scopes, expiresAt })
    await touchPresence(sqlOf, client.org_id, client.id, call.now)
    const event = { action: 'access.tokenIssued', entity: 'access.api_client', entityId: client.id, details: { scopes, expiresAt } }
    await auditEvent({ orgId: client.org_id, sql: sqlOf }, event)
  }, acting)
  if (scopes.some((scope) => !client.scopes.includes(scope))) throw accessErrors.invalidScope({ error: 'invalid_scope' })
  return { access_token: token, token_type: 'Bearer' as const, expires_in: LIFETIME_S, scope: scopes.join(' ') }
}

/** By HTTP Basic or in the body (RFC 6749 §2.3.1); the user part is form-encoded there. */
function credentialsOf(request: TokenRequest, authorization: string | undefined): { clientId: ClientId | undefined; secret: string } {
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '')?.[1]
  const [user = '', password = ''] = basic ? splitOnce(Buffer.from(basic, 'base64').toString()) : []
  const id = ClientId.safeParse(basic ? formDecoded(user) : request.client_id)
  return { clientId: id.success ? id.data : undefined, secret: (basic ? formDecoded(password) : request.client_secret) ?? '' }
}

const splitOnce = (text: string): string[] => {
  const at = text.indexOf(':')
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

async function recordRefusal(parts: AccessParts, call: CallContext, client: { org_id: OrgId; id: ClientId } | undefined): Promise<void> {
  const orgId = client?.org_id ?? ''
  const acting: Acting = { orgId, actor: { kind: 'system', id: 'token' }, address: call.address, traceId: call.traceId }
  const event = { action: 'access.tokenRefused', entity: 'access.api_client', entityId: client?.id ?? null, details: {} }
  await parts.system.inSystem((sqlOf) => auditEvent({ orgId: orgId as OrgId, sql: sqlOf }, event), acting)
}
