import pg from 'pg'
import { StartError } from '../start-error.ts'

export interface RolePasswords {
  app: string
  system: string
}

export interface DatabaseUrls {
  /** Runs migrations and owns every table. */
  owner: string
  /** What requests run as: row-level security, owns nothing. */
  app: string
  /** The few things before an organisation is known: explicit policies, owns nothing. */
  system: string
}

/**
 * Makes the two roles that the server runs as, on any PostgreSQL: `ownerUrl` names a role that may CREATE ROLE the first time
 * and owns the database. A role that is there with another password is refused, not changed: it may be another installation's.
 */
export async function ensureRoles(ownerUrl: string, passwords: RolePasswords): Promise<DatabaseUrls> {
  const urls = {
    owner: ownerUrl,
    app: withLogin(ownerUrl, 'lianshu_app', passwords.app),
    system: withLogin(ownerUrl, 'lianshu_system', passwords.system),
  }
  await withClient(ownerUrl, async (client) => {
    await ensureRole(client, 'lianshu_app', passwords.app, urls.app)
    await ensureRole(client, 'lianshu_system', passwords.system, urls.system)
  })
  return urls
}

/** The owner and its database, in a cluster of our own. */
export async function ensureOwner(superuserUrl: string, database: string, password: string): Promise<string> {
  const ownerUrl = withLogin(superuserUrl, 'lianshu_owner', password, database)
  await withClient(superuserUrl, async (client) => {
    await ensureRole(client, 'lianshu_owner', password, withLogin(superuserUrl, 'lianshu_owner', password))
    const { rowCount } = await client.query('select from pg_database where datname = $1', [database])
    if (!rowCount) await client.query(`create database ${client.escapeIdentifier(database)} owner lianshu_owner`)
  })
  return ownerUrl
}

export function withLogin(url: string, user: string, password: string, database?: string): string {
  const other = new URL(url)
  other.username = user
  other.password = password
  if (database !== undefined) other.pathname = `/${database}`
  return other.href
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  // A server that goes away while we are idle is told again by the next query.
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

async function ensureRole(client: pg.Client, name: string, password: string, url: string): Promise<void> {
  const { rows } = await client.query<{ unsafe: boolean }>('select rolsuper or rolbypassrls as unsafe from pg_roles where rolname = $1', [
    name,
  ])
  if (rows[0]?.unsafe) {
    throw new StartError({
      zh: `数据库角色 ${name} 是超级用户或可绕过行级安全（BYPASSRLS），不能使用。`,
      en: `The database role ${name} is a superuser or bypasses row-level security and must not be used.`,
    })
  }
  try {
    if (!rows[0]) {
      await client.query(
        `create role ${name} login nosuperuser nobypassrls nocreatedb nocreaterole noreplication password ${client.escapeLiteral(password)}`,
      )
    } else if (!(await canLogIn(url))) {
      throw new StartError({
        zh: `数据库角色 ${name} 已存在，但密码不是 .data/run.json 中的密码（可能属于此服务器上的另一套平台）。如确属本平台，请用 ALTER ROLE ${name} PASSWORD '…' 设为 run.json 中的密码。`,
        en: `The database role ${name} exists with a password other than the one in .data/run.json (another installation on this server may use it). If it is this one's, set it: ALTER ROLE ${name} PASSWORD '…' as in run.json.`,
      })
    }
  } catch (error) {
    const code = (error as pg.DatabaseError).code
    if (code === '42710' || code === '23505') return // another process made it this moment
    if (error instanceof StartError || code !== '42501') throw error
    throw new StartError({
      zh: `DATABASE_URL 的用户无权建立或修改角色 ${name}。请授予 CREATEROLE，或由管理员建立该角色。`,
      en: `The user of DATABASE_URL may not create or alter the role ${name}: give it CREATEROLE.`,
    })
  }
}

async function canLogIn(url: string): Promise<boolean> {
  try {
    await withClient(url, async () => undefined)
    return true
  } catch (error) {
    const code = (error as pg.DatabaseError).code
    if (code === '28P01' || code === '28000') return false
    throw error
  }
}
