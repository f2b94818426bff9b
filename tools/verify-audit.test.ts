import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import pg from 'pg'
import { chainAudit } from '#kernel/audit-chain.ts'
import { auditEvent, moduleDatabase, systemDatabase } from '#kernel/postgres.ts'
import { testContext } from '../tests/context.ts'
import { testPools } from '../tests/pools.ts'

const { app, system, systemUrl, ownerUrl } = await testPools({ after })

function verify(url: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'verify-audit.ts')], {
    env: { ...process.env, DATABASE_URL_SYSTEM: url },
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

test('the command says by its exit code and in words whether the audit is whole', async () => {
  const ctx = testContext()
  const db = moduleDatabase<never>(app, () => Promise.reject(new Error('no grants here')))
  for (let i = 0; i < 3; i++)
    await db.inTenant(ctx, (tx) => auditEvent(tx, { action: 'sample.done', entity: 'sample.part', entityId: null, details: { i } }))
  const unchained = () =>
    systemDatabase<unknown>(system).inSystem((tx) => sql`select id from kernel.audit where hash is null limit 1`.execute(tx))
  while ((await unchained()).rows.length > 0) await chainAudit(systemDatabase(system))
  const whole = verify(systemUrl)
  assert.equal(whole.status, 0, whole.stderr)
  assert.match(whole.stdout, new RegExp(`${ctx.orgId}  3  [0-9a-f]{64}  完整`))

  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  await owner.query('alter table kernel.audit no force row level security')
  await owner.query('delete from kernel.audit where org_id = $1 and chain_no = 2', [ctx.orgId])
  await owner.end()
  const broken = verify(systemUrl)
  assert.equal(broken.status, 1)
  assert.match(broken.stdout, /✕ 2: 缺失 missing/)

  const unreachable = new URL(systemUrl)
  unreachable.port = '1'
  assert.equal(verify(unreachable.href).status, 2)
})
