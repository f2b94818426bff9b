import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { CallContext, Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import { requestErrors } from '#values/errors.ts'
import type { OrgId } from '#values/ids.ts'
import { CODE_LETTERS, codeOf, readCode } from '../enrolment-code.ts'
import { gatewayErrors } from '../errors.ts'
import { lockOwnGateway } from './gateway-access.ts'
import type { Rooms } from './rooms.ts'

/** Time enough to walk to the plant's computer. */
const VALID_MS = 60 * 60_000
/** What the lock-out counts wrong codes of an address under: nobody says beforehand whose code it would be. */
const ENROLMENT = 'gateway enrolment'

/** A code in place of the gateway's last one. Errors: gateways.notFound. */
export const createEnrolment = (rooms: Rooms, ctx: Context, id: DeviceId): Promise<{ code: string; expiresAt: string }> =>
  rooms.db.inTenant(ctx, async (tx) => {
    // Whoever has the code has the credential.
    if (!ctx.scopes.permissions.has('devices.manageCredentials'))
      throw requestErrors.notAllowed({ permission: 'devices.manageCredentials' })
    await lockOwnGateway(rooms, tx, ctx, id)
    const code = codeOf(randomBytes(CODE_LETTERS))
    const expiresAt = new Date(ctx.now.getTime() + VALID_MS)
    const fresh = { code_hash: hashOf(code), created_at: ctx.now, expires_at: expiresAt, used_at: null, used_from: null }
    await tx.sql
      .insertInto('gateways.enrolment')
      .values({ org_id: tx.orgId, gateway_id: id, ...fresh })
      .onConflict((on) => on.columns(['org_id', 'gateway_id']).doUpdateSet(fresh))
      .execute()
    return { code, expiresAt: expiresAt.toISOString() }
  })

/**
 * The code for a credential, once; the gateway's older ones end with it. Errors: gateways.enrolmentWrong, gateways.enrolmentUsed,
 * gateways.enrolmentExpired, gateways.lockedOut.
 */
export async function enrol(rooms: Rooms, call: CallContext, typed: string): Promise<{ userName: string; secret: string }> {
  const code = readCode(typed)
  const session = await rooms.devices.logIn({ userName: ENROLMENT, secret: code, address: call.address }, () => findCode(rooms, code))
  if (session === 'lockedOut') throw gatewayErrors.lockedOut()
  if (typeof session === 'string') throw gatewayErrors.enrolmentWrong()
  const { orgId, orgNo, gatewayId, gatewayCode } = session.device
  const actor = { kind: 'device' as const, id: gatewayId, name: gatewayCode }
  const ctx: Context = { ...call, orgId, orgNo, actor, scopes: { permissions: new Set(), sites: 'all' } }
  return rooms.db.inTenant(ctx, async (tx) => {
    const enrolment = await tx.sql
      .selectFrom('gateways.enrolment')
      .selectAll()
      .where('org_id', '=', tx.orgId)
      .where('gateway_id', '=', gatewayId)
      .where('code_hash', '=', hashOf(code))
      .forUpdate()
      .executeTakeFirst()
    if (!enrolment) throw gatewayErrors.enrolmentWrong()
    if (enrolment.used_at) throw gatewayErrors.enrolmentUsed({ at: enrolment.used_at.toISOString() })
    if (enrolment.expires_at <= ctx.now) throw gatewayErrors.enrolmentExpired({ at: enrolment.expires_at.toISOString() })
    await tx.sql
      .updateTable('gateways.enrolment')
      .set({ used_at: ctx.now, used_from: call.address })
      .where('org_id', '=', tx.orgId)
      .where('gateway_id', '=', gatewayId)
      .execute()
    return rooms.devices.replaceCredential(opaque(tx), ctx, gatewayId)
  })
}

interface KnownCode {
  active: boolean
  hashes: Buffer[]
  orgId: OrgId
  orgNo: number
  gatewayId: DeviceId
  gatewayCode: string
}

/** By its hash, since no organisation is known yet; one that was used or expired is known still, so that it is answered as such. */
async function findCode(rooms: Rooms, code: string): Promise<KnownCode | undefined> {
  const { rows } = await rooms.system.inSystem((tx) =>
    sql<{ org_id: OrgId; gateway_id: DeviceId; code: string; code_hash: Buffer }>`
      select e.org_id, e.gateway_id, g.code, e.code_hash from gateways.enrolment e
      join gateways.gateway g on g.org_id = e.org_id and g.device_id = e.gateway_id where e.code_hash = ${hashOf(code)}`.execute(tx),
  )
  const [found] = rows
  const organisation = found && (await rooms.organisations.facts(found.org_id))
  if (!found || !organisation) return undefined
  const { orgId, orgNo, active } = organisation
  return { active, hashes: [found.code_hash], orgId, orgNo, gatewayId: found.gateway_id, gatewayCode: found.code }
}

const hashOf = (code: string): Buffer => createHash('sha256').update(readCode(code)).digest()
