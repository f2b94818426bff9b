import { basicCredentials } from '#kernel/basic-credentials.ts'
import type { CallContext, Context } from '#kernel/context.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import { gatewayErrors } from '../errors.ts'
import { findGateway } from './configuration-store.ts'
import type { Rooms } from './rooms.ts'

/** A gateway that proved who it is, as the one who acts. */
export interface SignedIn {
  ctx: Context
  gatewayId: DeviceId
  code: string
}

/** Errors: gateways.wrongCredential, gateways.lockedOut, gateways.notAGateway. */
export async function signIn(rooms: Rooms, authorization: string | undefined, call: CallContext): Promise<SignedIn> {
  const credentials = basicCredentials(authorization)
  if (!credentials) throw gatewayErrors.wrongCredential()
  const session = await rooms.devices.logIn({ ...credentials, address: call.address }, async (userName) => {
    const [orgCode = '', code = '', ...more] = userName.split('/')
    const device = more.length === 0 ? await rooms.devices.identify(orgCode, code) : undefined
    return device && { ...device, code, hashes: device.credentials.map((credential) => credential.hash) }
  })
  if (session === 'lockedOut') throw gatewayErrors.lockedOut()
  if (typeof session === 'string') throw gatewayErrors.wrongCredential()
  const { orgId, orgNo, deviceId, code } = session.device
  const ctx: Context = {
    ...call,
    orgId,
    orgNo,
    actor: { kind: 'device', id: deviceId, name: code },
    scopes: { permissions: new Set(), sites: 'all' },
  }
  if (!(await rooms.db.inTenant(ctx, (tx) => findGateway(tx, deviceId)))) throw gatewayErrors.notAGateway()
  return { ctx, gatewayId: deviceId, code }
}
