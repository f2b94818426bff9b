import { v7 as uuidv7 } from 'uuid'
import type { Context } from '#kernel/context.ts'
import { providerOf } from '#kernel/crypto.ts'
import type { MasterKeys } from '#kernel/master-keys.ts'
import { SECRET_BYTES, SECRETS_LIMIT, type SecretId } from '../contract.ts'
import { securityErrors } from '../errors.ts'
import type { NewSecret } from '../public.ts'
import { type OpenDataKey, openDataKey, sealingKey } from './data-key-store.ts'
import { changeSecret, countSecrets, insertSecret, lockSecret, markUsed, type SealedSecret, sealedSecret } from './secret-store.ts'
import type { SecurityTx } from './tables.ts'

export async function keepSecret(tx: SecurityTx, ctx: Context, masterKeys: MasterKeys, given: NewSecret): Promise<SecretId> {
  if ((await countSecrets(tx)) >= SECRETS_LIMIT) throw securityErrors.tooManySecrets({ limit: SECRETS_LIMIT })
  const id = uuidv7() as SecretId
  const { purpose, name } = given
  const key = await sealingKey(tx, masterKeys, ctx.now)
  await insertSecret(tx, { id, purpose, name, changed_by: ctx.actor, now: ctx.now, ...seal(tx.orgId, id, purpose, bytesOf(given), key) })
  return id
}

/** Errors: security.secretNotFound, also where the purpose is another's. */
export async function replaceSecret(tx: SecurityTx, ctx: Context, masterKeys: MasterKeys, id: SecretId, given: NewSecret): Promise<void> {
  const locked = await lockSecret(tx, id)
  if (locked?.purpose !== given.purpose) throw securityErrors.secretNotFound({ id })
  const key = await sealingKey(tx, masterKeys, ctx.now)
  const sealed = seal(tx.orgId, id, given.purpose, bytesOf(given), key)
  await changeSecret(tx, id, { name: given.name, changed_by: ctx.actor, now: ctx.now, ...sealed })
}

export async function revealSecret(
  tx: SecurityTx,
  { now }: Pick<Context, 'now'>,
  masterKeys: MasterKeys,
  id: SecretId,
  purpose: string,
): Promise<string> {
  const row = await sealedSecret(tx, id, purpose)
  if (!row) throw securityErrors.secretNotFound({ id })
  await markUsed(tx, id, now)
  return openSecret(tx.orgId, masterKeys, row).toString('utf8')
}

/** Sealed for this organisation, this secret and this purpose: copied into another row it does not open. */
export function seal(orgId: string, id: SecretId, purpose: string, plain: Buffer, { key, algorithm, version }: OpenDataKey) {
  const sealed = providerOf(algorithm).seal(key, plain, associatedWith(orgId, id, purpose))
  plain.fill(0)
  key.fill(0)
  return { algorithm, key_version: version, sealed }
}

export function openSecret(orgId: string, masterKeys: MasterKeys, row: SealedSecret): Buffer {
  const wrapped = { version: row.key_version, algorithm: row.key_algorithm, master_key: row.master_key, wrapped: row.wrapped }
  const { key } = openDataKey(orgId, masterKeys, wrapped)
  const plain = providerOf(row.algorithm).open(key, row.sealed, associatedWith(orgId, row.id, row.purpose))
  key.fill(0)
  return plain
}

const associatedWith = (orgId: string, id: SecretId, purpose: string) => JSON.stringify(['security.secret', orgId, id, purpose])

function bytesOf({ secret }: NewSecret): Buffer {
  const bytes = Buffer.from(secret, 'utf8')
  if (bytes.length > SECRET_BYTES) throw securityErrors.secretTooLarge({ limit: SECRET_BYTES })
  return bytes
}
