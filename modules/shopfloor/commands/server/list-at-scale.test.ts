import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { moduleDatabase, opaque } from '#kernel/postgres.ts'
import { testContext } from '../../../../tests/context.ts'
import { testPools } from '../../../../tests/pools.ts'
import { readsDuring } from '../../../../tests/table-reads.ts'
import { commandsApi } from '../contract.ts'
import { pageOfCommands } from './read-commands.ts'
import type { CommandsTables } from './tables.ts'
import { commandTodos } from './todos-and-notices.ts'

const ROWS = 30_000
/** Counted up to, once for the total; and what a page reads beside it. */
const MOST_READ = 2 * 10_001 + 200

const pools = await testPools({ after })
const db = moduleDatabase<CommandsTables>(pools.app, () => Promise.reject(new Error('no grants here')))
const ctx = testContext({ permissions: ['commands.approve'] })

before(async () => {
  const owner = new pg.Client({ connectionString: Object.assign(new URL(pools.ownerUrl), { username: 'postgres' }).href })
  await owner.connect()
  // How the rows came is not what is measured: no triggers, no foreign keys. A fifth is of other organisations.
  await owner.query('set session_replication_role = replica')
  await owner.query(`insert into commands.command (org_id, number, device_id, device_code, device_name, site_id, point_name, point_words, setting,
      interlock_points, value, purpose, state, requested_by, requested_by_name, requested_at, due_at, search_text, gateway_command_id)
    select case when i % 5 = 0 then gen_random_uuid() else '${ctx.orgId}'::uuid end, 'CM-202611-' || lpad(i::text, 5, '0'), gen_random_uuid(), 'd' || i, '空压机',
      gen_random_uuid(), 'p', '{"label":"p","labelEn":null,"unit":null,"valueType":"number","decimals":null,"states":null}', '{"approval":true}', '{}', '1', 'x',
      case when i % 1000 = 1 then 'awaitingApproval' when i % 1000 = 2 then 'unknown' else 'done' end, 'somebody', 'somebody',
      now() - i * interval '1 minute', case when i % 1000 = 1 then now() + interval '1 hour' end, 'x', gen_random_uuid()
    from generate_series(1, ${ROWS}) i`)
  await owner.query('vacuum analyze commands.command')
  await owner.end()
})

const expected = { all: 50, open: ROWS / 1_000, waiting: ROWS / 1_000, unknown: ROWS / 1_000 }
for (const [group, items] of Object.entries(expected))
  test(`${ROWS.toLocaleString('en')} commands: the first page of ${group} reads no more than is counted`, async (t) => {
    const query = commandsApi.list.query.parse({ group, sort: '-requestedAt' })
    const reads = await db.inTenant(ctx, (tx) =>
      readsDuring(tx, 'commands', async () => assert.equal((await pageOfCommands(tx, ctx, query)).items.length, items)),
    )
    const { sequentialScans = 0, rows = 0 } = reads.get('command') ?? {}
    t.diagnostic(`${rows} rows`)
    // Nearly all rows are one's own: they are counted up to the limit as they lie.
    assert.ok(sequentialScans <= (group === 'all' ? 1 : 0), `${sequentialScans} scans`)
    assert.ok(rows > 0 && rows < (group === 'all' ? MOST_READ : 10 * items), `${rows} rows`)
  })

test('what waits for the second person is read of what waits alone', async () => {
  const reads = await db.inTenant(ctx, (tx) =>
    readsDuring(tx, 'commands', async () => assert.equal((await commandTodos[0]?.list(ctx, opaque(tx), 5))?.total, ROWS / 1_000)),
  )
  const { sequentialScans = 0, rows = 0 } = reads.get('command') ?? {}
  assert.equal(sequentialScans, 0)
  assert.ok(rows > 0 && rows <= 2 * (ROWS / 1_000), `${rows} rows`)
})
