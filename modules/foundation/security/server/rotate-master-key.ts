import { sql } from 'kysely'
import { addMasterKey, dropMasterKeys, masterKeysIn } from '#kernel/master-keys.ts'
import type { Acting } from '#kernel/postgres.ts'
import type { OrgId } from '#values/ids.ts'
import { lockMasterKeys, rewrap } from './data-key-store.ts'
import { rotateDataKey } from './rotate-data-key.ts'
import type { SecuritySystem } from './tables.ts'

export interface RotatedKeys {
  /** It went on with what an earlier run had left undone. */
  resumed: boolean
  masterKey: string
  /** Data keys that were wrapped anew. */
  wrapped: number
  /** Organisations that got a new data key. */
  organisations: number
  secrets: number
  dropped: string[]
}

const BATCH = 200
const nobody = '' as OrgId
const acting = (orgId: OrgId): Acting => ({ orgId, actor: { kind: 'system', id: 'secrets:rotate' }, address: '', traceId: '' })

/**
 * A new master key; every data key is wrapped anew, with `data` replaced too; then the old master keys are dropped. Killed anywhere, it
 * goes on at the next call: while an old master key is in the file, the run that brought the newest is not over.
 */
export async function rotateMasterKey(
  system: SecuritySystem,
  keyFile: string,
  { data, now, onStep = () => undefined }: { data: boolean; now: Date; onStep?: (step: string) => void },
): Promise<RotatedKeys> {
  const masterKeys = masterKeysIn(keyFile)
  const resumed = masterKeys.ids().length > 1
  if (!resumed) addMasterKey(keyFile, now)
  const master = masterKeys.current()
  onStep(resumed ? `resumed ${master.id}` : `new ${master.id}`)
  const report: RotatedKeys = { resumed, masterKey: master.id, wrapped: 0, organisations: 0, secrets: 0, dropped: [] }
  if (data)
    for (const orgId of await withOlderDataKey(system, master.createdAt)) {
      const { secrets } = await system.inSystem((sqlOf) => rotateDataKey({ orgId, sql: sqlOf }, masterKeys, now), acting(orgId))
      report.organisations++
      report.secrets += secrets
      onStep(`data key of ${orgId}`)
    }
  for (let batch = await wrappedByOthers(system, master.id); batch.length > 0; batch = await wrappedByOthers(system, master.id))
    for (const { org_id: orgId, version } of batch) {
      const done = await system.inSystem(async (sqlOf) => {
        const tx = { orgId, sql: sqlOf }
        const row = await tx.sql
          .selectFrom('security.data_key')
          .select(['version', 'algorithm', 'master_key', 'wrapped'])
          .where('org_id', '=', orgId)
          .where('version', '=', version)
          .forUpdate()
          .executeTakeFirst()
        // Replaced meanwhile by somebody who rotated it.
        if (!row || row.master_key === master.id) return 0
        await tx.sql
          .updateTable('security.data_key')
          .set(rewrap(orgId, masterKeys, row))
          .where('org_id', '=', orgId)
          .where('version', '=', version)
          .execute()
        return 1
      }, acting(orgId))
      report.wrapped += done
      onStep(`wrapped ${orgId} ${version}`)
    }
  report.dropped = await dropUnused(system, keyFile)
  return report
}

/** Nobody can wrap with an old key meanwhile: whoever wraps reads the file under the same lock. */
const dropUnused = (system: SecuritySystem, keyFile: string): Promise<string[]> =>
  system.inSystem(async (sqlOf) => {
    await lockMasterKeys({ orgId: nobody, sql: sqlOf })
    const used = await sqlOf.selectFrom('security.data_key').select('master_key').distinct().execute()
    const masterKeys = masterKeysIn(keyFile)
    const keep = new Set([masterKeys.current().id, ...used.map((row) => row.master_key)])
    const unused = masterKeys.ids().filter((id) => !keep.has(id))
    if (unused.length > 0) dropMasterKeys(keyFile, unused)
    return unused
  })

const withOlderDataKey = (system: SecuritySystem, madeBefore: Date): Promise<OrgId[]> =>
  system.inSystem(async (sqlOf) => {
    const rows = await sqlOf
      .selectFrom('security.data_key')
      .select('org_id')
      .groupBy('org_id')
      .having(sql<boolean>`max(created_at) < ${madeBefore}`)
      .orderBy('org_id')
      .execute()
    return rows.map((row) => row.org_id)
  })

const wrappedByOthers = (system: SecuritySystem, masterKey: string) =>
  system.inSystem((sqlOf) =>
    sqlOf
      .selectFrom('security.data_key')
      .select(['org_id', 'version'])
      .where('master_key', '<>', masterKey)
      .orderBy('org_id')
      .orderBy('version')
      .limit(BATCH)
      .execute(),
  )
