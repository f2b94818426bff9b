import { createRequire } from 'node:module'
import { baselineSettings } from './engine-config.ts'
import { failure } from './failure.ts'
import { quoteName, quoteText } from './sql-quote.ts'

/** A column as the addon takes it: an Arrow C format string and the buffers Arrow prescribes for it. */
export interface ArrowColumn {
  name: string
  format: string
  length: number
  nullCount: number
  /** Validity bitmap or null, then offsets and data, or data. */
  buffers: (Buffer | null)[]
}

export interface EngineResult {
  bytes: Uint8Array
  rowsRead: number
  bytesRead: number
}

export interface CallContext {
  database: string
  settings: ReadonlyMap<string, string>
  /** By name, in ClickHouse's TSV escaping, as they stand in the URL. */
  parameters: ReadonlyMap<string, string>
}

interface ChdbResult {
  rowsRead: number
  bytesRead: number
  bytes(): Uint8Array
}

interface ChdbSession {
  /** The native handle, which the arrow functions want. */
  connection: unknown
  queryAsync(sql: string, options: { format: string }): Promise<ChdbResult>
  close(): void
}

/** The part of the package in use; its typings leave the arrow functions out. */
interface Chdb {
  Session: new (path: string, options: { connectionArgs: string[] }) => ChdbSession
  drainPending(): Promise<void>
  _arrowRegisterColumns(connection: unknown, name: string, columns: ArrowColumn[]): void
  _arrowUnregister(connection: unknown, name: string): void
}

/** Loaded when first used: 0.2 s and 500 MB of library that the pure parts and their tests do not need. */
const loadChdb = () => createRequire(import.meta.url)('chdb') as Chdb

/** One connection of the engine: one statement at a time, with the database, settings and parameters of its request. */
export class EngineSession {
  readonly #chdb = loadChdb()
  readonly #open: () => ChdbSession
  readonly #readOnly: boolean
  #session: ChdbSession
  #fresh = true
  #database = 'default'
  #applied: ReadonlyMap<string, string> = new Map()
  #tables = 0

  /** On a read-only session no statement writes, whatever its text. */
  constructor(store: string, configFile: string, { readOnly = false } = {}) {
    this.#open = () => new this.#chdb.Session(store, { connectionArgs: [`--config-file=${configFile}`, '--async_load_databases=0'] })
    this.#readOnly = readOnly
    this.#session = this.#open()
  }

  /** `id` stands as a comment before the statement, by which `KILL QUERY` finds it. */
  async run(id: string, sql: string, format: string, context: CallContext): Promise<EngineResult> {
    await this.#prepare(context)
    return this.#run(`/* ${id} */ ${sql}`, format)
  }

  /**
   * After a statement that failed or was ended: what it had written so far would stand before the next answer of this connection
   * (tried: 150 MB of another request's rows), so the connection is not used again. A new one costs 0.6 ms.
   */
  renew(): void {
    this.#session.close()
    this.#session = this.#open()
    this.#fresh = true
    this.#database = 'default'
    this.#applied = new Map()
  }

  async #prepare({ database, settings, parameters }: CallContext): Promise<void> {
    if (this.#fresh && this.#readOnly) await this.#run('SET readonly = 2', 'Null')
    this.#fresh = false
    if (database !== this.#database) {
      await this.#run(`USE ${quoteName(database)}`, 'Null')
      this.#database = database
    }
    const stale = [...this.#applied.keys()].filter((name) => !settings.has(name))
    const changed = [...settings].filter(([name, value]) => this.#applied.get(name) !== value)
    const changes = [
      ...stale.map((name) => `${name} = ${baselineSettings.has(name) ? quoteText(baselineSettings.get(name)!) : 'DEFAULT'}`),
      ...changed.map(([name, value]) => `${name} = ${quoteText(value)}`),
      // Bound by the engine, per session: the package's own binding lets parallel sessions overwrite each other's values.
      ...[...parameters].map(([name, value]) => `param_${name} = ${quoteText(value)}`),
    ]
    if (changes.length > 0) await this.#run(`SET ${changes.join(', ')}`, 'Null')
    this.#applied = settings
  }

  /** The columns stand as `arrowstream('<name>')` while `use` runs; their memory is read in place. */
  async withColumns<R>(columns: ArrowColumn[], use: (name: string) => Promise<R>): Promise<R> {
    const name = `insert_${++this.#tables}`
    this.#chdb._arrowRegisterColumns(this.#session.connection, name, columns)
    try {
      return await use(name)
    } finally {
      this.#chdb._arrowUnregister(this.#session.connection, name)
    }
  }

  async #run(sql: string, format: string): Promise<EngineResult> {
    // The engine takes text by its length, the addon does not: a NUL would cut it.
    if (sql.includes('\0')) throw failure('SYNTAX_ERROR', 'A NUL character in the SQL text.')
    const result = await this.#session.queryAsync(sql, { format })
    return { bytes: result.bytes(), rowsRead: result.rowsRead, bytesRead: result.bytesRead }
  }

  /** Closing a busy connection aborts the whole engine: the caller has let every statement end. */
  close(): void {
    this.#session.close()
  }
}

export const drainEngine = () => loadChdb().drainPending()
