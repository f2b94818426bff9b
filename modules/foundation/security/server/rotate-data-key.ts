import type { MasterKeys } from '#kernel/master-keys.ts'
import { dropUnusedDataKeys, nextDataKey } from './data-key-store.ts'
import { openSecret, seal } from './keep-secret.ts'
import { resealSecret, sealedBefore } from './secret-store.ts'
import type { SecurityTx } from './tables.ts'

/** A new data key for the transaction's organisation; all its secrets are sealed anew with it, and the old keys are gone. */
export async function rotateDataKey(tx: SecurityTx, masterKeys: MasterKeys, now: Date): Promise<{ version: number; secrets: number }> {
  const next = await nextDataKey(tx, masterKeys, now)
  const rows = await sealedBefore(tx, next.version)
  for (const row of rows) {
    const plain = openSecret(tx.orgId, masterKeys, row)
    await resealSecret(tx, row.id, seal(tx.orgId, row.id, row.purpose, plain, { ...next, key: Buffer.from(next.key) }))
  }
  next.key.fill(0)
  await dropUnusedDataKeys(tx, next.version)
  return { version: next.version, secrets: rows.length }
}
