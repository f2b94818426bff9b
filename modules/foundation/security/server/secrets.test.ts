import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { after, test } from 'node:test'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { cryptoProvider } from '#kernel/crypto.ts'
import { masterKeysIn } from '#kernel/master-keys.ts'
import { moduleDatabase, opaque, systemDatabase } from '#kernel/postgres.ts'
import { testContext } from '../../../../tests/context.ts'
import { testKeyFile } from '../../../../tests/key-file.ts'
import { testPools } from '../../../../tests/pools.ts'
import { SECRET_BYTES, type SecretId } from '../contract.ts'
import { securityModule } from '../module.ts'
import { forgetShared, keepShared, readSecrets, replaceShared, rotateOwnDataKey } from './manage-secrets.ts'
import { rotateMasterKey } from './rotate-master-key.ts'
import type { SecurityTables } from './tables.ts'

const { app, system, ownerUrl, systemUrl } = await testPools({ after })
const keyFile = testKeyFile({ after })
const masterKeys = masterKeysIn(keyFile)
const db = moduleDatabase<SecurityTables>(app, () => Promise.reject(new Error('no grants here')))
const systemDb = systemDatabase<SecurityTables>(system)
const secrets = securityModule({ db, system: systemDb, masterKeys, words: () => ({}) }).public
const parts = { db, masterKeys }
const superuser = await superuserOf(ownerUrl)
const failsWith = (code: string) => (error: unknown) => (error as { code?: string }).code === code
const PURPOSE = 'gateways.link'

const keep = (ctx: ReturnType<typeof testContext>, secret: string, name = 'PLC 3') =>
  db.inTenant(ctx, (tx) => secrets.keep(opaque(tx), ctx, { purpose: PURPOSE, name, secret }))
const reveal = (ctx: ReturnType<typeof testContext>, id: SecretId, purpose = PURPOSE) =>
  db.inTenant(ctx, (tx) => secrets.reveal(opaque(tx), ctx, id, purpose))

test('what is kept is said again to the organisation and the purpose that kept it, and to nobody else', async () => {
  const mine = testContext()
  const id = await keep(mine, 'Pa55 wörd 密码')
  assert.equal(await reveal(mine, id), 'Pa55 wörd 密码')
  const bySystem = await systemDb.inSystem((sqlOf) => secrets.reveal({ orgId: mine.orgId, sql: sqlOf as never }, mine, id, PURPOSE))
  assert.equal(bySystem, 'Pa55 wörd 密码')
  await assert.rejects(reveal(mine, id, 'connectors.webhook'), failsWith('security.secretNotFound'))
  await assert.rejects(reveal(testContext(), id), failsWith('security.secretNotFound'))
  await db.inTenant(mine, (tx) => secrets.replace(opaque(tx), mine, id, { purpose: PURPOSE, name: 'PLC 3b', secret: 'new' }))
  assert.equal(await reveal(mine, id), 'new')
  await db.inTenant(mine, (tx) => secrets.forget(opaque(tx), id, PURPOSE))
  await assert.rejects(reveal(mine, id), failsWith('security.secretNotFound'))
})

test('ciphertext that is moved to another secret, purpose or organisation does not open', async () => {
  const mine = testContext()
  const [one, two] = [await keep(mine, 'first'), await keep(mine, 'second')]
  await superuser.query('update security.secret a set sealed = b.sealed from security.secret b where a.id = $1 and b.id = $2', [one, two])
  await assert.rejects(reveal(mine, one), /unable to authenticate/)
  await superuser.query("update security.secret set purpose = 'other' where id = $1", [two])
  await assert.rejects(reveal(mine, two, 'other'), /unable to authenticate/)
  const other = testContext()
  await keep(other, 'theirs')
  await superuser.query(
    'update security.data_key a set wrapped = b.wrapped from security.data_key b where a.org_id = $1 and b.org_id = $2',
    [other.orgId, mine.orgId],
  )
  await assert.rejects(keep(other, 'again'), /unable to authenticate/)
})

test('two secrets of one value have nothing in common, and no byte of it stands in the database', async () => {
  const mine = testContext()
  await keep(mine, 'Kirschkern-geheim-9')
  await keep(mine, 'Kirschkern-geheim-9')
  const { rows } = await superuser.query<{ sealed: Buffer; row: string }>(
    'select sealed, s::text as row from security.secret s where org_id = $1',
    [mine.orgId],
  )
  assert.notDeepEqual(rows[0]?.sealed, rows[1]?.sealed)
  assert.ok(rows.every(({ sealed, row }) => !sealed.includes('Kirschkern') && !row.includes('Kirschkern')))
  const { rows: audited } = await superuser.query<{ row: string }>('select a::text as row from kernel.audit a where org_id = $1', [
    mine.orgId,
  ])
  assert.ok(audited.length >= 3)
  const ciphertexts = rows.map(({ sealed }) => sealed.toString('hex'))
  for (const { row } of audited) assert.ok(!row.includes('Kirschkern') && !ciphertexts.some((text) => row.includes(text)), row)
})

test('people keep, rename, replace and forget shared secrets; those of a module are listed and left alone', async () => {
  const mine = testContext({ actor: { kind: 'user', id: uuidv7(), name: '李安全' } })
  const ofModule = await keep(mine, 'belongs to a link')
  const made = await keepShared(parts, mine, { name: 'SFTP 总部', secret: 'hunter2' })
  assert.deepEqual([made.keyVersion, made.algorithm, made.changedBy.name, made.lastUsedAt], [1, 'A256GCM', '李安全', null])
  await assert.rejects(keepShared(parts, mine, { name: 'SFTP 总部', secret: 'x' }), failsWith('security.secretNameTaken'))
  const renamed = await replaceShared(parts, mine, made.id, { version: 1, name: 'SFTP', secret: null })
  assert.equal(await reveal(mine, made.id, 'shared'), 'hunter2')
  await assert.rejects(
    replaceShared(parts, mine, made.id, { version: 1, name: 'SFTP', secret: 'y' }),
    failsWith('security.changedMeanwhile'),
  )
  await replaceShared(parts, mine, made.id, { version: renamed.version, name: 'SFTP', secret: 'y' })
  assert.equal(await reveal(mine, made.id, 'shared'), 'y')
  for (const refused of [replaceShared(parts, mine, ofModule, { version: 1, name: 'z', secret: 'z' }), forgetShared(parts, mine, ofModule)])
    await assert.rejects(refused, failsWith('security.keptByModule'))
  const listed = await readSecrets(parts, mine)
  assert.deepEqual(
    listed.secrets.map((s) => [s.purpose, s.name, s.lastUsedAt !== null]),
    [
      ['gateways.link', 'PLC 3', false],
      ['shared', 'SFTP', true],
    ],
  )
  assert.ok(!JSON.stringify(listed).includes('hunter2'))
  await forgetShared(parts, mine, made.id)
  assert.equal((await readSecrets(parts, mine)).secrets.length, 1)
})

test('a secret of 16 kB is taken, a byte more is refused', async () => {
  const mine = testContext()
  const id = await keep(mine, '密'.repeat(Math.trunc(SECRET_BYTES / 3)).concat('x'))
  assert.ok((await reveal(mine, id)).endsWith('密x'))
  await assert.rejects(keep(mine, 'x'.repeat(SECRET_BYTES + 1)), failsWith('security.secretTooLarge'))
})

test('first secrets kept at once share one data key', async () => {
  const mine = testContext()
  const ids = await Promise.all(Array.from({ length: 8 }, (_, i) => keep(mine, `value ${i}`)))
  assert.deepEqual(
    await Promise.all(ids.map((id) => reveal(mine, id))),
    ids.map((_, i) => `value ${i}`),
  )
  assert.equal((await readSecrets(parts, mine)).keys.length, 1)
})

test('a new data key seals all anew and the old one is gone; secrets kept or read meanwhile are whole', async () => {
  const mine = testContext()
  const ids = await Promise.all(Array.from({ length: 20 }, (_, i) => keep(mine, `value ${i}`)))
  const [rotated, late, ...read] = await Promise.all([
    rotateOwnDataKey(parts, mine),
    keep(mine, 'late'),
    ...ids.map((id) => reveal(mine, id)),
  ])
  assert.equal(rotated.version, 2)
  assert.deepEqual(
    read,
    ids.map((_, i) => `value ${i}`),
  )
  assert.equal(await reveal(mine, late), 'late')
  const { keys, secrets: listed } = await readSecrets(parts, mine)
  assert.deepEqual(
    keys.map((key) => [key.version, key.secrets]),
    [[2, 21]],
  )
  assert.ok(listed.every((secret) => secret.keyVersion === 2 && secret.version === 1))
})

test('the key file is for its owner alone; one that others can read is refused', () => {
  assert.equal(statSync(keyFile).mode & 0o777, 0o600)
  chmodSync(keyFile, 0o640)
  assert.throws(() => masterKeys.current(), /chmod 600/)
  chmodSync(keyFile, 0o600)
})

test('an algorithm that is not here is named, never guessed', async () => {
  const mine = testContext()
  const id = await keep(mine, 'x')
  await superuser.query("update security.secret set algorithm = 'SM4-HMAC-SM3' where id = $1", [id])
  await assert.rejects(reveal(mine, id), /Nothing here opens SM4-HMAC-SM3/)
  assert.throws(() => cryptoProvider.open(cryptoProvider.newKey(), Buffer.alloc(5), ''), /cut short/)
  await superuser.query('delete from security.secret where id = $1', [id])
})

test('a rotation killed at any moment goes on at the next call; every secret opens before, between and after', async () => {
  await superuser.query('delete from security.secret_use; delete from security.secret; delete from security.data_key')
  const kept: { ctx: ReturnType<typeof testContext>; id: SecretId; value: string }[] = []
  for (let i = 0; i < 60; i++) {
    const ctx = testContext()
    kept.push({ ctx, id: await keep(ctx, `secret ${i}`), value: `secret ${i}` })
  }
  const allOpen = async () => {
    for (const { ctx, id, value } of kept) assert.equal(await reveal(ctx, id), value)
  }
  const before = masterKeys.current().id
  let [killed, ended] = [0, 0]
  for (const killAfter of [1, 15, 40]) {
    if (await killedAfter(killAfter)) killed++
    else ended++
    await allOpen()
    assert.ok(masterKeys.ids().includes(before), 'the old key stays while something is wrapped with it')
    assert.equal(masterKeys.ids().length, 2, 'one new key, whatever the number of calls')
  }
  assert.deepEqual([killed, ended], [3, 0])
  const current = masterKeys.current().id
  assert.notEqual(current, before)
  const report = await rotateMasterKey(systemDb, keyFile, { data: false, now: new Date() })
  assert.deepEqual([report.resumed, report.masterKey, report.dropped], [true, current, [before]])
  assert.deepEqual(masterKeys.ids(), [current])
  await allOpen()
  const { rows } = await superuser.query('select distinct master_key, version from security.data_key')
  assert.deepEqual(rows, [{ master_key: current, version: 1 }])
})

test('with --data every organisation gets a new data key, once, also where the run was killed between', async () => {
  const { rows: before } = await superuser.query<{ n: number }>('select count(*)::int as n from security.data_key')
  assert.ok(await killedAfter(20, '--data'))
  const report = await rotateMasterKey(systemDb, keyFile, { data: true, now: new Date() })
  assert.ok(report.resumed && report.organisations > 0 && report.organisations < (before[0]?.n ?? 0))
  const { rows } = await superuser.query('select distinct master_key, version from security.data_key')
  assert.deepEqual(rows, [{ master_key: masterKeys.current().id, version: 2 }])
  assert.equal(masterKeys.ids().length, 1)
  assert.ok(!readFileSync(keyFile, 'utf8').includes('secret'))
})

/** The command as a person runs it, killed outright after so many of its steps; whether that came before its end. */
async function killedAfter(steps: number, ...args: string[]): Promise<boolean> {
  const program = resolve(import.meta.dirname, '../../../../tools/rotate-secrets.ts')
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env.PATH, DATABASE_URL_SYSTEM: systemUrl, LIANSHU_KEYS_FILE: keyFile },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  let seen = 0
  createInterface(child.stdout).on('line', () => {
    if (++seen === steps) child.kill('SIGKILL')
  })
  const [, signal] = await ended
  return signal === 'SIGKILL'
}

async function superuserOf(url: string): Promise<pg.Client> {
  const address = new URL(url)
  address.username = 'postgres'
  const client = new pg.Client({ connectionString: address.href })
  await client.connect()
  client.on('error', () => undefined)
  return client
}
