import type { Context } from '#kernel/context.ts'
import { auditEvent, violatedUnique } from '#kernel/postgres.ts'
import { type KeptSecret, type SecretId, SHARED_PURPOSE } from '../contract.ts'
import { securityErrors } from '../errors.ts'
import { dataKeysOf } from './data-key-store.ts'
import { keepSecret, replaceSecret } from './keep-secret.ts'
import { rotateDataKey } from './rotate-data-key.ts'
import { deleteSecret, findSecret, listSecrets, lockSecret, renameSecret, type SecretFacts } from './secret-store.ts'
import type { SecretParts, SecurityTx } from './tables.ts'

export const readSecrets = ({ db }: SecretParts, ctx: Context) =>
  db.inTenant(ctx, async (tx) => {
    const keys = await dataKeysOf(tx)
    return {
      secrets: (await listSecrets(tx)).map(kept),
      keys: keys.map((key) => ({
        version: key.version,
        algorithm: key.algorithm,
        createdAt: key.created_at.toISOString(),
        masterKey: key.master_key,
        secrets: key.secrets ?? 0,
      })),
    }
  })

/** Errors: security.secretNameTaken, security.secretTooLarge, security.tooManySecrets. */
export const keepShared = ({ db, masterKeys }: SecretParts, ctx: Context, { name, secret }: { name: string; secret: string }) =>
  db
    .inTenant(ctx, async (tx) => {
      const id = await keepSecret(tx, ctx, masterKeys, { purpose: SHARED_PURPOSE, name, secret })
      return kept(await findSecret(tx, id))
    })
    .catch(nameTaken(name))

/** Errors: security.secretNotFound, changedMeanwhile, keptByModule, secretNameTaken, secretTooLarge. */
export const replaceShared = (
  { db, masterKeys }: SecretParts,
  ctx: Context,
  id: SecretId,
  { version, name, secret }: { version: number; name: string; secret: string | null },
) =>
  db
    .inTenant(ctx, async (tx) => {
      await lockShared(tx, id, version)
      if (secret === null) await renameSecret(tx, id, name)
      else await replaceSecret(tx, ctx, masterKeys, id, { purpose: SHARED_PURPOSE, name, secret })
      return kept(await findSecret(tx, id))
    })
    .catch(nameTaken(name))

export const forgetShared = ({ db }: SecretParts, ctx: Context, id: SecretId) =>
  db.inTenant(ctx, async (tx) => {
    await lockShared(tx, id)
    await deleteSecret(tx, id, SHARED_PURPOSE)
    return { done: true as const }
  })

export const rotateOwnDataKey = ({ db, masterKeys }: SecretParts, ctx: Context) =>
  db.inTenant(ctx, async (tx) => {
    const rotated = await rotateDataKey(tx, masterKeys, ctx.now)
    await auditEvent(tx, { action: 'security.dataKeyRotated', entity: 'security.data_key', entityId: null, details: rotated })
    return rotated
  })

async function lockShared(tx: SecurityTx, id: SecretId, version?: number): Promise<void> {
  const locked = await lockSecret(tx, id)
  if (!locked) throw securityErrors.secretNotFound({ id })
  if (locked.purpose !== SHARED_PURPOSE) throw securityErrors.keptByModule({ purpose: locked.purpose })
  if (version !== undefined && version !== locked.version) throw securityErrors.changedMeanwhile({ id, version: locked.version })
}

const nameTaken = (name: string) => (error: unknown) => {
  if (violatedUnique(error) === 'secret_shared_name') throw securityErrors.secretNameTaken({ name })
  throw error
}

function kept(row: SecretFacts | undefined): KeptSecret {
  if (!row) throw new Error('A secret was written and is not there.')
  const { kind, id, name } = row.changed_by
  return {
    id: row.id,
    purpose: row.purpose,
    name: row.name,
    algorithm: row.algorithm,
    keyVersion: row.key_version,
    changedBy: { kind, id, name: name ?? null },
    createdAt: row.created_at.toISOString(),
    changedAt: row.changed_at.toISOString(),
    lastUsedAt: row.used_at?.toISOString() ?? null,
    version: row.version,
  }
}
