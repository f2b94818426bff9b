import { Kysely, PostgresDialect, type PostgresPoolClient, sql, type Transaction } from 'kysely'
import pg from 'pg'
import type { OrgId } from '#values/ids.ts'
import type { Context, OrgScope } from './context.ts'
import { Prepared } from './prepared.ts'

/** A transaction on one module's tables, for one organisation: row-level security shows its rows and no others. */
export interface Tx<Tables> {
  readonly orgId: OrgId
  readonly sql: Transaction<Tables>
}

/** A transaction as it is handed from one room down to another; the receiving room narrows it to its own tables. */
export type OpaqueTx = Tx<never>

export const opaque = <Tables>(tx: Tx<Tables>): OpaqueTx => tx as unknown as OpaqueTx
export const narrow = <Tables>(tx: OpaqueTx): Tx<Tables> => tx as unknown as Tx<Tables>

/** What is asked of another organisation: one data set, all of it (null) or one item of it. */
export interface GrantRequest {
  owner: OrgId
  dataSet: string
  itemId: string | null
}

declare const checked: unique symbol

/** A permission to read another organisation's rows that `sharing` has checked and logged; made by `inGrant` only. */
export interface Grant extends OrgScope {
  readonly [checked]: true
  readonly granularity: 'raw' | 'kpi'
  /** Values younger than this many minutes are withheld. */
  readonly delayMinutes: number
  /** Names of the fields (measuring points, columns) that are shared; `all` where the grant names none. */
  readonly fields: readonly string[] | 'all'
  /** Ids of the items (devices) that are shared. */
  readonly items: readonly string[] | 'all'
  /** Only values of this period: [from, until). */
  readonly fromMs: number
  readonly untilMs: number
}
export type GrantFacts = Omit<Grant, typeof checked>
export type CheckGrant = (ctx: Context, request: GrantRequest) => Promise<GrantFacts>

export interface ModuleDatabase<Tables> {
  /** The door to one's own rows. */
  inTenant<T>(ctx: Context, work: (tx: Tx<Tables>) => Promise<T>): Promise<T>
  /** The door to another's rows: read-only, as the grantor, after `sharing` has checked and logged it. */
  inGrant<T>(ctx: Context, request: GrantRequest, work: (tx: Tx<Tables>, grant: Grant) => Promise<T>): Promise<T>
}

/** The few tables that are read before an organisation is known: sessions, credentials, device identity, outbox, jobs. */
export interface SystemDatabase<Tables> {
  /** `acting`: under whose name and in which organisation's audit the writes of this transaction are recorded. */
  inSystem<T>(work: (sql: Transaction<Tables>) => Promise<T>, acting?: Acting): Promise<T>
}

/** As much of a context as the audit records; an empty organisation stands for none. */
export type Acting = Pick<Context, 'actor' | 'address' | 'traceId'> & { orgId: OrgId | '' }

export type Pool = Kysely<never>

// Instants leave the driver as Date, whole numbers of eight bytes as number: ids are uuid, and no count of ours passes 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)
// A calendar date has no zone: it stays text.
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text)

export function openPool(url: string, { max, name }: { max: number; name: string }): Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: name,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 30_000,
    // A question leaves before the one ahead of it is answered; see `inTransaction`.
    pipeline: true,
  })
  // An idle connection that the server closes is replaced by the next query; without a listener it would end the process.
  pool.on('error', () => undefined)
  // The same for one in use: a transaction that the server ends tells its caller by the next query, not by ending the process.
  pool.on('connect', (client) => client.on('error', () => undefined))
  const made: Pool = new Kysely<never>({ dialect: new PostgresDialect({ pool }) })
  pools.set(made, pool)
  // Kysely ends a pool only where it asked it something itself, and `inTransaction` asks past it: the connections would stay for a minute.
  let ended: Promise<void> | undefined
  made.destroy = () => {
    ended ??= pool.end()
    return ended
  }
  return made
}

const pools = new WeakMap<Pool, pg.Pool>()

function poolOf(pool: Pool): pg.Pool {
  const found = pools.get(pool)
  if (!found) throw new Error('This pool was not made by openPool.')
  return found
}

/** The same names for all pools of a process: each connection prepares under them what it is asked. */
const prepared = new Prepared()

/** For the same connection each time, made once. */
const onClient = new WeakMap<pg.PoolClient, Kysely<never>>()

function builderOn(client: pg.PoolClient): Kysely<never> {
  const known = onClient.get(client)
  if (known) return known
  // The connection is given back by `inTransaction`, not after each question.
  const query = (text: string, values: unknown[]) => client.query({ text, values, name: prepared.nameOf(text) as string })
  const kept = { query, release: () => undefined } as unknown as PostgresPoolClient
  const made = new Kysely<never>({
    dialect: new PostgresDialect({ pool: { connect: async () => kept, end: async () => undefined, options: {} } }),
  })
  onClient.set(client, made)
  return made
}

/**
 * `opening` is one message, sent at once; the first question of `work` leaves behind it without waiting for its answer (the connection
 * is a pipeline and keeps the order). Of four round trips for a question in a transaction two are left.
 */
async function inTransaction<Tables, T>(
  pool: Pool,
  opening: string,
  work: (sql: Transaction<Tables>) => Promise<T>,
  closing?: string,
): Promise<T> {
  const client = await poolOf(pool).connect()
  let broken: Error | undefined
  try {
    const opened = client.query(opening)
    // Whoever asks next is told of it; here it must not end the process.
    opened.catch(() => undefined)
    const result = await work(builderOn(client) as unknown as Transaction<Tables>)
    await opened
    const closed = closing === undefined ? undefined : client.query(closing)
    closed?.catch(() => undefined)
    const { command } = await client.query('commit')
    await closed
    // So PostgreSQL answers where an error within was swallowed: nothing of the transaction is kept.
    if (command === 'ROLLBACK') throw new Error('The transaction was aborted by an error that nobody heard of.')
    return result
  } catch (error) {
    await client.query('rollback').catch((failed: Error) => {
      broken = failed
    })
    throw error
  } finally {
    client.release(broken)
  }
}

const opening = (begin: string, orgId: string, ctx: Acting): string => {
  const actor = JSON.stringify({ ...ctx.actor, address: ctx.address || undefined, orgId: ctx.orgId || undefined })
  const set = [
    ['app.org', orgId],
    ['app.actor', actor],
    ['app.trace', ctx.traceId],
  ].map(([name, value]) => `set_config('${name}', ${pg.escapeLiteral(value ?? '')}, true)`)
  return `${begin}; select ${set.join(', ')}`
}

/** Marks a request with an Idempotency-Key as done, in the transaction that does it. */
const closingOf = ({ once, orgId }: Context): string | undefined =>
  once?.orgId === orgId
    ? `select kernel.done_once(${[once.key, once.actor, once.run].map((text) => pg.escapeLiteral(text)).join(', ')})`
    : undefined

/** Narrows the pool to one module's tables, so that another module's table does not compile. */
export function moduleDatabase<Tables>(pool: Pool, checkGrant: CheckGrant): ModuleDatabase<Tables> {
  return {
    inTenant: (ctx, work) =>
      inTransaction(
        pool,
        opening('begin', ctx.orgId, ctx),
        (sqlOf: Transaction<Tables>) => work({ orgId: ctx.orgId, sql: sqlOf }),
        closingOf(ctx),
      ),
    inGrant: async (ctx, request, work) => {
      const grant = (await checkGrant(ctx, request)) as Grant
      return inTransaction(pool, opening('begin read only', grant.orgId, ctx), (sqlOf: Transaction<Tables>) =>
        work({ orgId: grant.orgId, sql: sqlOf }, grant),
      )
    },
  }
}

export function systemDatabase<Tables>(pool: Pool): SystemDatabase<Tables> {
  return {
    inSystem: (work, acting) => inTransaction(pool, acting ? opening('begin', acting.orgId, acting) : 'begin', work),
  }
}

/** Records what is no row change (a log-in, a refused command, an export) in the audit of the current organisation. */
export async function auditEvent<Tables>(
  tx: Tx<Tables>,
  event: { action: string; entity: string; entityId: string | null; details: unknown },
): Promise<void> {
  await sql`select kernel.audit_event(${event.action}, ${event.entity}, ${event.entityId}, null, ${JSON.stringify(event.details)}::jsonb)`.execute(
    tx.sql,
  )
}

const UNIQUE_VIOLATION = '23505'

/** The constraint that an insert or update violated, where that is what went wrong. */
export function violatedUnique(error: unknown): string | undefined {
  const { code, constraint } = error as { code?: string; constraint?: string }
  return code === UNIQUE_VIOLATION ? (constraint ?? '') : undefined
}
