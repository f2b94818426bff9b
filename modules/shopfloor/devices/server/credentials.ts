import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import type { CredentialId, DeviceId } from '../contract.ts'
import { deviceErrors } from '../errors.ts'
import { announce, lockOwn, orgCodeOf } from './device-access.ts'
import type { Rooms } from './rooms.ts'
import type { DevicesTx } from './tables.ts'

/** Two, so that a secret can be exchanged on the device while the old one still works. */
const MAX_IN_USE = 2
const SECRET_BYTES = 32

export async function createCredential(rooms: Rooms, ctx: Context, deviceId: DeviceId, { replace }: { replace: boolean }) {
  return rooms.db.inTenant(ctx, async (tx) => {
    const device = await lockOwn(tx, ctx, deviceId)
    if (replace) await disableCredentials(tx, deviceId, ctx.now)
    else if ((await credentialsOf(tx, deviceId)).filter((c) => c.disabled_at === null).length >= MAX_IN_USE)
      throw deviceErrors.tooManyCredentials({ limit: MAX_IN_USE })
    const made = await insertCredential(tx, deviceId, ctx.now)
    await announce(rooms, tx, ctx, device)
    return { ...made, userName: userNameOf(await orgCodeOf(rooms, tx), device.code) }
  })
}

/** One in place of all others, in the caller's transaction. Errors: devices.notFound, devices.retired. */
export async function replaceCredential(rooms: Rooms, tx: DevicesTx, ctx: Context, deviceId: DeviceId) {
  const device = await lockOwn(tx, ctx, deviceId)
  await disableCredentials(tx, deviceId, ctx.now)
  const { secret } = await insertCredential(tx, deviceId, ctx.now)
  await announce(rooms, tx, ctx, device)
  return { userName: userNameOf(await orgCodeOf(rooms, tx), device.code), secret }
}

export async function disableCredential(rooms: Rooms, ctx: Context, deviceId: DeviceId, credentialId: CredentialId): Promise<void> {
  await rooms.db.inTenant(ctx, async (tx) => {
    const device = await lockOwn(tx, ctx, deviceId, { retired: true })
    const { numUpdatedRows } = await tx.sql
      .updateTable('devices.credential')
      .set({ disabled_at: ctx.now })
      .where('org_id', '=', tx.orgId)
      .where('device_id', '=', deviceId)
      .where('id', '=', credentialId)
      .where('disabled_at', 'is', null)
      .executeTakeFirstOrThrow()
    if (numUpdatedRows === 0n) throw deviceErrors.credentialNotFound({ id: credentialId })
    await announce(rooms, tx, ctx, device)
  })
}

/** What the device signs in as, by MQTT and by HTTPS. */
export const userNameOf = (orgCode: string, deviceCode: string): string => `${orgCode}/${deviceCode}`

export async function insertCredential(tx: DevicesTx, deviceId: DeviceId, now: Date): Promise<{ id: CredentialId; secret: string }> {
  const secret = newSecret()
  const { id } = await tx.sql
    .insertInto('devices.credential')
    .values({ org_id: tx.orgId, device_id: deviceId, secret_hash: hashOf(secret), created_at: now, disabled_at: null })
    .returning('id')
    .executeTakeFirstOrThrow()
  return { id, secret }
}

/** One for each, secrets by device. */
export async function insertCredentials(tx: DevicesTx, deviceIds: readonly DeviceId[], now: Date): Promise<Map<DeviceId, string>> {
  const secrets = new Map(deviceIds.map((id) => [id, newSecret()]))
  const made = [...secrets].map(([id, secret]) => ({ d: id, h: hashOf(secret).toString('hex') }))
  await sql`insert into devices.credential (org_id, device_id, secret_hash, created_at)
    select ${tx.orgId}, c.d, decode(c.h, 'hex'), ${now} from jsonb_to_recordset(${JSON.stringify(made)}::jsonb) as c(d uuid, h text)`.execute(
    tx.sql,
  )
  return secrets
}

const newSecret = (): string => randomBytes(SECRET_BYTES).toString('base64url')

const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest()

/** Without the hashes, the newest first. */
export const credentialsOf = (tx: DevicesTx, deviceId: DeviceId) =>
  tx.sql
    .selectFrom('devices.credential')
    .select(['id', 'created_at', 'disabled_at'])
    .where('org_id', '=', tx.orgId)
    .where('device_id', '=', deviceId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute()

export const disableCredentials = (tx: DevicesTx, deviceId: DeviceId, at: Date) =>
  tx.sql
    .updateTable('devices.credential')
    .set({ disabled_at: at })
    .where('org_id', '=', tx.orgId)
    .where('device_id', '=', deviceId)
    .where('disabled_at', 'is', null)
    .execute()
