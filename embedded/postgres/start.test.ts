import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import pg from 'pg'
import { freePort } from '../ports.ts'
import { StartError } from '../start-error.ts'
import { ensureRoles } from './roles.ts'
import { type PostgresOptions, startPostgres } from './start.ts'

const dir = mkdtempSync(join(tmpdir(), 'lianshu-postgres-'))
after(() => rmSync(dir, { recursive: true, force: true }))

const options: PostgresOptions = {
  dataDir: join(dir, 'postgres'),
  port: await freePort(),
  logFile: join(dir, 'postgres.log'),
  passwords: { superuser: 'one', owner: 'two', app: 'three', system: 'four' },
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

test('a new cluster has the roles of the platform, and none of the server’s can pass row-level security', async () => {
  const postgres = await startPostgres(options)
  try {
    const roles = await query(
      postgres.urls.owner,
      "select rolname, rolsuper or rolbypassrls or rolcreaterole as strong from pg_roles where rolname like 'lianshu%' order by 1",
    )
    assert.deepEqual(roles, [
      { rolname: 'lianshu_app', strong: false },
      { rolname: 'lianshu_owner', strong: false },
      { rolname: 'lianshu_system', strong: false },
    ])
    await query(postgres.urls.owner, 'create schema s create table t (i int)')
    await assert.rejects(query(postgres.urls.app, 'select * from s.t'), /permission denied/)
    await assert.rejects(query(postgres.urls.app.replace(/:three@/, ':wrong@'), 'select 1'), /password authentication failed/)
    const [durable] = await query(
      postgres.urls.system,
      "select current_setting('fsync') || current_setting('data_checksums') as v, '中' > '一' as utf8",
    )
    assert.deepEqual(durable, { v: 'onon', utf8: true })
  } finally {
    await postgres.stop()
  }
})

test('the postmaster of a killed supervisor is stopped, and SIGKILL of the postmaster is no obstacle', async () => {
  const left = await startPostgres(options)
  await query(left.urls.owner, 'create table kept as select 7 as v')
  const again = await startPostgres(options)
  assert.notEqual(left.process.exitCode, null)
  assert.deepEqual(await query(again.urls.owner, 'select v from kept'), [{ v: 7 }])
  again.process.kill('SIGKILL')
  const third = await startPostgres(options)
  assert.deepEqual(await query(third.urls.owner, 'select v from kept'), [{ v: 7 }])
  await third.stop()
})

test('a process that only has the postmaster’s number is left alone', async () => {
  writeFileSync(join(options.dataDir, 'postmaster.pid'), `${process.pid}\n${options.dataDir}\n`)
  const postgres = await startPostgres(options)
  await postgres.stop()
})

test('the roles can be made on a PostgreSQL that is not ours; those of another installation are left as they are', async () => {
  const postgres = await startPostgres(options)
  const passwords = { app: 'new/1', system: 'new@2' }
  try {
    await query(postgres.urls.superuser, "create role someone login createrole password 'x'")
    await query(postgres.urls.superuser, "create role plain login password 'y'")
    await query(postgres.urls.superuser, 'create database elsewhere owner someone')
    const adminUrl = `postgres://someone:x@127.0.0.1:${options.port}/elsewhere`
    await assert.rejects(
      ensureRoles(adminUrl, passwords),
      (error) => error instanceof StartError && error.en.includes('another installation'),
    )
    assert.deepEqual(await query(postgres.urls.app, 'select 1 as still'), [{ still: 1 }])

    await query(postgres.urls.superuser, 'drop role lianshu_app; drop role lianshu_system')
    const refused = ensureRoles(`postgres://plain:y@127.0.0.1:${options.port}/elsewhere`, passwords)
    await assert.rejects(refused, (error) => error instanceof StartError && error.en.includes('CREATEROLE'))
    const urls = await ensureRoles(adminUrl, passwords)
    assert.equal(urls.owner, adminUrl)
    assert.deepEqual(await query(urls.app, 'select current_user as u'), [{ u: 'lianshu_app' }])
    assert.deepEqual(await query((await ensureRoles(adminUrl, passwords)).system, 'select current_user as u'), [{ u: 'lianshu_system' }])
    await query(postgres.urls.superuser, 'drop role lianshu_app; drop role lianshu_system')
  } finally {
    await postgres.stop()
  }
})

test('a damaged directory and a taken port are named, and nothing is deleted', async (t) => {
  const damaged = join(dir, 'damaged')
  mkdirSync(join(damaged, 'base'), { recursive: true })
  await assert.rejects(
    startPostgres({ ...options, dataDir: damaged }),
    (error) => error instanceof StartError && error.message.includes('PG_VERSION'),
  )
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const { port } = server.address() as { port: number }
  await assert.rejects(
    startPostgres({ ...options, port }),
    (error) => error instanceof StartError && error.en.includes(`Port ${port} is taken`),
  )
  const wrong = startPostgres({ ...options, passwords: { ...options.passwords, superuser: 'other' } })
  await assert.rejects(wrong, (error) => error instanceof StartError && error.en.includes('belong together'))
})
