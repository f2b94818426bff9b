import { setTimeout as sleep } from 'node:timers/promises'
import { arrowColumn, columnExpression } from './arrow-columns.ts'
import { type CallContext, drainEngine, type EngineResult, EngineSession } from './chdb-session.ts'
import { DiskGuard } from './disk-guard.ts'
import { type EnginePaths, writeEngineConfig } from './engine-config.ts'
import { engineFailure, failure } from './failure.ts'
import type { TableColumn } from './json-rows.ts'
import { limits } from './limits.ts'
import type { DecodedRows } from './native-decode.ts'
import { SessionPool } from './session-pool.ts'
import { quoteName, quoteText } from './sql-quote.ts'
import type { InsertTarget } from './sql-statement.ts'

export interface Call extends CallContext {
  /** Made by the front, unique: it stands in the statement's comment. */
  id: string
  format: string
  signal: AbortSignal
}

/** Typed rows for a table; `expressions` by column name where a column is not taken as it is. */
export interface InsertRows {
  data: DecodedRows
  expressions: ReadonlyMap<string, string>
}

const noSettings: ReadonlyMap<string, string> = new Map()
const killRetryMs = 200
const notEnoughSpace = 243

/**
 * Sessions on one store: one writes rows, one runs whatever else changes something (so a long OPTIMIZE does not hold up ingest), some
 * read, one copies the store, one is kept free to end the others' statements.
 */
export class Engine {
  readonly #readers: SessionPool<EngineSession>
  readonly #writer: SessionPool<EngineSession>
  readonly #inserter: SessionPool<EngineSession>
  readonly #control: SessionPool<EngineSession>
  readonly #copier: SessionPool<EngineSession>
  readonly #disk: DiskGuard
  readonly #running = new Map<string, AbortController>()
  readonly #columns = new Map<string, TableColumn[]>()

  static async open(dir: string, minFreeMb: number): Promise<Engine> {
    const paths = writeEngineConfig(dir)
    const engine = new Engine(paths, minFreeMb)
    engine.#disk.keepBallast()
    return engine
  }

  private constructor({ store, config, ballast }: EnginePaths, minFreeMb: number) {
    const sessions = (count: number, readOnly = false) =>
      Array.from({ length: count }, () => new EngineSession(store, config, { readOnly }))
    this.#inserter = new SessionPool(sessions(1), limits.waiting.inserts)
    this.#writer = new SessionPool(sessions(1), limits.waiting.writes)
    this.#readers = new SessionPool(sessions(limits.sessions.readers, true), limits.waiting.reads)
    this.#control = new SessionPool(sessions(1), limits.waiting.reads)
    this.#copier = new SessionPool(sessions(1), limits.waiting.copies)
    this.#disk = new DiskGuard(ballast, minFreeMb)
  }

  read(sql: string, call: Call): Promise<EngineResult> {
    return this.#use(this.#readers, call, (session) => session.run(call.id, sql, call.format, call))
  }

  insertSelect(sql: string, call: Call): Promise<EngineResult> {
    this.#disk.demandSpace()
    return this.#use(this.#writer, call, (session) => session.run(call.id, sql, call.format, call))
  }

  async write(sql: string, call: Call): Promise<EngineResult> {
    const run = () => this.#use(this.#writer, call, (session) => session.run(call.id, sql, call.format, call))
    try {
      return await run().catch((error: unknown) => {
        if (engineFailure(error).code !== notEnoughSpace || !this.#disk.releaseBallast()) throw error
        return run()
      })
    } finally {
      this.#columns.clear()
      this.#disk.keepBallast()
    }
  }

  insert({ database, table, settings: ofStatement }: InsertTarget, { data, expressions }: InsertRows, call: Call): Promise<EngineResult> {
    this.#disk.demandSpace()
    const { insert_deduplication_token: token, ...settings } = Object.fromEntries([...call.settings, ...ofStatement])
    const arrow = data.columns.map((column) => arrowColumn(column, data.rows))
    const names = data.columns.map((column) => quoteName(column.name))
    const selected = data.columns.map((column) => expressions.get(column.name) ?? columnExpression(column))
    // A text is a date by any usual notation; one block, so that the insert is one part a partition and its token covers it all.
    const clauses = [
      "cast_string_to_date_time_mode = 'best_effort'",
      `max_block_size = ${limits.insert.rows}`,
      ...(token === undefined ? [] : [`insert_deduplication_token = ${quoteText(token)}`]),
    ]
    const target = `${quoteName(database ?? call.database)}.${quoteName(table)} (${names.join(', ')})`
    const context = { database: 'default', settings: new Map(Object.entries(settings)), parameters: noSettings }
    return this.#use(this.#inserter, call, (session) =>
      session.withColumns(arrow, (source) =>
        session.run(
          call.id,
          `INSERT INTO ${target} SETTINGS ${clauses.join(', ')} SELECT ${selected.join(', ')} FROM arrowstream('${source}')`,
          'Null',
          context,
        ),
      ),
    )
  }

  /** The table's columns that an insert may name, remembered until something changes a table. */
  async tableColumns({ database, table }: InsertTarget, call: Call): Promise<TableColumn[]> {
    const parameters = new Map([
      ['database', tsv(database ?? call.database)],
      ['table', tsv(table)],
    ])
    const key = JSON.stringify([...parameters.values()])
    const known = this.#columns.get(key)
    if (known) return known
    const sql =
      "SELECT name, type FROM system.columns WHERE database = {database:String} AND table = {table:String} AND default_kind NOT IN ('ALIAS', 'MATERIALIZED')"
    const { bytes } = await this.read(sql, { ...call, format: 'JSONCompactEachRow', settings: noSettings, parameters })
    const columns = Buffer.from(bytes)
      .toString()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [name, type] = JSON.parse(line) as [string, string]
        return { name, type }
      })
    if (columns.length === 0) throw failure('UNKNOWN_TABLE', `Table ${database ?? call.database}.${table} does not exist.`)
    this.#columns.set(key, columns)
    return columns
  }

  async #use<Result>(pool: SessionPool<EngineSession>, call: Call, run: (session: EngineSession) => Promise<Result>): Promise<Result> {
    const given = new AbortController()
    const stopping = AbortSignal.any([call.signal, given.signal])
    this.#running.set(call.id, given)
    try {
      return await pool.use(stopping, async (session) => {
        const ended = new AbortController()
        const killing = this.#killWhenAborted(call.id, stopping, ended.signal)
        try {
          return await run(session)
        } catch (error) {
          session.renew()
          throw engineFailure(error)
        } finally {
          ended.abort()
          await killing
        }
      })
    } finally {
      this.#running.delete(call.id)
    }
  }

  /** The engine knows a statement a little after it was handed over, so the order is repeated until the statement has ended. */
  async #killWhenAborted(id: string, stopping: AbortSignal, ended: AbortSignal): Promise<void> {
    await aborted(AbortSignal.any([stopping, ended]))
    while (!ended.aborted) {
      const sql = `KILL QUERY WHERE startsWith(query, ${quoteText(`/* ${id} */`)}) ASYNC`
      await this.#control
        .use(ended, (session) => session.run('kill', sql, 'Null', { database: 'default', settings: noSettings, parameters: noSettings }))
        .catch(() => undefined)
      await sleep(killRetryMs, undefined, { signal: ended }).catch(() => undefined)
    }
  }

  /** A whole copy of a database below the folder `backups`, as of this moment, while inserts and questions go on. */
  async backUp(database: string, name: string, call: Call): Promise<void> {
    await this.#copy(`BACKUP DATABASE ${quoteName(database)} TO File(${quoteText(name)})`, call)
  }

  /** The reverse, into a store that has no such database. */
  async restore(database: string, name: string, call: Call): Promise<void> {
    await this.#copy(`RESTORE DATABASE ${quoteName(database)} FROM File(${quoteText(name)})`, call)
    this.#columns.clear()
  }

  async #copy(sql: string, call: Call): Promise<void> {
    const settings = new Map([['max_execution_time', String(limits.execution.maxSeconds)]])
    await this.#use(this.#copier, call, (session) => session.run(call.id, sql, 'Null', { ...call, database: 'default', settings }))
  }

  /** Ends what runs, waits for it, closes the store. */
  async close(): Promise<void> {
    for (const controller of this.#running.values()) controller.abort()
    while (this.#running.size > 0) await sleep(20)
    await drainEngine()
    const pools = [this.#inserter, this.#writer, this.#readers, this.#control, this.#copier]
    for (const pool of pools) for (const session of pool.sessions) session.close()
    await drainEngine()
  }
}

const tsv = (text: string) =>
  text.replace(/[\\\t\n\r\0]/g, (mark) => ({ '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' })[mark] ?? '\\0')

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
