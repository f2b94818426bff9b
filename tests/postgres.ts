import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { testPart } from './platform.ts'
import { ensureTemplate, roleUrl } from './template.ts'

export interface TestDatabase {
  name: string
  appUrl: string
  systemUrl: string
  ownerUrl: string
}

interface Cleanup {
  after(work: () => Promise<void>): void
}

/** A database of its own with every migration run, dropped when the test (or, given `{ after }` of node:test, the file) is over. */
export async function testDatabase(t: Cleanup): Promise<TestDatabase> {
  const adminUrl = await testPart('postgres')
  const template = await ensureTemplate(adminUrl)
  const name = `test_${process.pid}_${randomBytes(4).toString('hex')}`
  await asAdmin(adminUrl, `create database ${name} template ${template} strategy file_copy owner lianshu_owner`)
  t.after(() => asAdmin(adminUrl, `drop database if exists ${name} with (force)`))
  return {
    name,
    appUrl: roleUrl(adminUrl, 'lianshu_app', name),
    systemUrl: roleUrl(adminUrl, 'lianshu_system', name),
    ownerUrl: roleUrl(adminUrl, 'lianshu_owner', name),
  }
}

async function asAdmin(adminUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
