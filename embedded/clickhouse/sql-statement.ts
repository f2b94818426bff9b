import { failure } from './failure.ts'
import { type Token, tokenize } from './sql-tokens.ts'

/** What the front must know of a statement before the engine sees it. */
export type Statement =
  | { kind: 'read'; sql: string; parameters: ReadonlySet<string>; format: string | undefined }
  | { kind: 'write'; sql: string; parameters: ReadonlySet<string> }
  | { kind: 'insertSelect'; sql: string; parameters: ReadonlySet<string> }
  | { kind: 'insertData'; target: InsertTarget; format: string }

export interface InsertTarget {
  database: string | undefined
  table: string
  /** Undefined: the statement names no columns. */
  columns: readonly string[] | undefined
  settings: ReadonlyMap<string, string>
}

const maxSqlBytes = 1_048_576
const readers = new Set(['select', 'with', 'show', 'describe', 'desc', 'explain', 'exists', 'check', '('])
const writers = new Set(['create', 'drop', 'alter', 'truncate', 'optimize', 'rename', 'exchange', 'delete', 'update'])

/**
 * Names that reach out of the database and that no grant covers: the scalar `file()` reads every file the process may read,
 * `eval()` runs a text this check has not seen, `executable()` a program.
 */
const refusedNames = new Set([
  'file',
  'eval',
  'executable',
  'aigenerate',
  'aiclassify',
  'aiextract',
  'aitranslate',
  'aiembed',
  // Starts a program that loads what its argument names.
  'catboostevaluate',
  // Rows that another request is inserting at this moment.
  'arrowstream',
  'showcertificate',
])
/** The grants ask for an engine's right with most engines, not with all: EmbeddedRocksDB writes into any folder (tried). */
const tableEngines = new Set(['mergetree', 'replacingmergetree', 'summingmergetree', 'aggregatingmergetree', 'atomic'])
/** Not covered by the grants either (decision 18); refused wherever they stand, strings included. Pass such a text as a parameter. */
const refusedWords = /\b(?:in|out)file\b/i

export function readStatement(text: string): Statement {
  if (Buffer.byteLength(text) > maxSqlBytes) throw failure('SYNTAX_ERROR', `The SQL text is longer than ${maxSqlBytes} bytes.`)
  if (refusedWords.test(text))
    throw failure('ACCESS_DENIED', 'The words INFILE and OUTFILE are refused in SQL text; pass a text as a query parameter.')
  const all = tokenize(text)
  const end = all.findIndex((token) => token.text === ';' && token.kind === 'mark')
  if (end >= 0 && all.slice(end).some((token) => token.text !== ';')) throw failure('SYNTAX_ERROR', 'Multi-statements are not allowed.')
  const tokens = end >= 0 ? all.slice(0, end) : all
  const sql = end >= 0 ? text.slice(0, all[end]!.start) : text
  const first = tokens[0]
  if (!first) throw failure('SYNTAX_ERROR', 'Empty query.')
  for (const token of tokens) {
    if ((token.kind === 'word' || token.kind === 'quoted') && refusedNames.has(token.text.toLowerCase())) {
      throw failure('ACCESS_DENIED', `The name ${token.text} is refused: it reaches out of the database.`)
    }
  }
  const parameters = new Set(tokens.filter((token) => token.kind === 'parameter').map((token) => token.text))
  const word = first.text.toLowerCase()
  if (readers.has(word)) return { kind: 'read', sql, parameters, format: namedFormat(tokens) }
  if (writers.has(word)) demandOwnStorage(tokens)
  if (writers.has(word)) return { kind: 'write', sql, parameters }
  if (word === 'insert') return readInsert(tokens, sql, parameters)
  throw failure(
    'NOT_IMPLEMENTED',
    `${first.text.toUpperCase()} is not served here. Settings are URL parameters; a running query ends with its request.`,
  )
}

/** A table lies in the store's own folder: no other engine, no disk that the statement itself describes. */
function demandOwnStorage(tokens: readonly Token[]): void {
  for (const [at, token] of tokens.entries()) {
    const next = tokens[at + 1]
    if (isWord(token, 'engine')) {
      const engine = next?.kind === 'mark' && next.text === '=' ? tokens[at + 2] : next
      if (!engine || !tableEngines.has(engine.text.toLowerCase()))
        throw failure(
          'ACCESS_DENIED',
          `The engine ${engine?.text ?? ''} is not served: MergeTree, Replacing-, Summing-, AggregatingMergeTree.`,
        )
    }
    const isName = token.kind === 'word' || token.kind === 'quoted'
    if (isName && ['disk', 'storage_policy'].includes(token.text.toLowerCase()) && next?.kind === 'mark' && '(='.includes(next.text))
      throw failure('ACCESS_DENIED', 'A table’s disk is not chosen here.')
  }
}

/** `… FORMAT Name [SETTINGS …]` at the end. */
function namedFormat(tokens: readonly Token[]): string | undefined {
  const at = tokens.findLastIndex((token) => isWord(token, 'format'))
  const name = tokens[at + 1]
  const after = tokens[at + 2]
  return at > 0 && name?.kind === 'word' && (after === undefined || isWord(after, 'settings')) ? name.text : undefined
}

const isWord = (token: Token | undefined, word: string) => token?.kind === 'word' && token.text.toLowerCase() === word

function readInsert(tokens: readonly Token[], sql: string, parameters: ReadonlySet<string>): Statement {
  const cursor = new Cursor(tokens)
  cursor.take()
  if (!cursor.skipWord('into')) throw cursor.unexpected('INTO')
  cursor.skipWord('table')
  if (isWord(cursor.here, 'function')) throw failure('ACCESS_DENIED', 'INSERT INTO FUNCTION is refused.')
  const { database, table } = readTable(cursor)
  const columns = cursor.hereMark('(') && !isSelect(cursor.after(1)) ? readColumns(cursor) : undefined
  const settings = readSettings(cursor)
  if (isSelect(cursor.here) || cursor.hereMark('(')) return { kind: 'insertSelect', sql, parameters }
  if (!cursor.skipWord('format')) {
    throw failure(
      'NOT_IMPLEMENTED',
      'INSERT takes FORMAT Native, FORMAT JSONEachRow (the data in the body, the statement in ?query=) or SELECT.',
    )
  }
  const format = cursor.identifier()
  if (cursor.here) throw failure('NOT_IMPLEMENTED', 'The data of an INSERT belong in the body, the statement in ?query=.')
  return { kind: 'insertData', target: { database, table, columns, settings }, format }
}

const isSelect = (token: Token | undefined) => isWord(token, 'select') || isWord(token, 'with')

function readTable(cursor: Cursor): { database: string | undefined; table: string } {
  const first = cursor.identifier()
  if (!cursor.hereMark('.')) return { database: undefined, table: first }
  cursor.take()
  return { database: first, table: cursor.identifier() }
}

function readColumns(cursor: Cursor): string[] {
  cursor.take()
  const columns: string[] = []
  for (;;) {
    columns.push(cursor.identifier())
    if (cursor.hereMark(')')) break
    if (!cursor.hereMark(',')) throw cursor.unexpected(', or )')
    cursor.take()
  }
  cursor.take()
  return columns
}

function readSettings(cursor: Cursor): Map<string, string> {
  const settings = new Map<string, string>()
  if (!cursor.skipWord('settings')) return settings
  for (;;) {
    const name = cursor.identifier()
    if (!cursor.hereMark('=')) throw cursor.unexpected('=')
    cursor.take()
    const value = cursor.take()
    if (value?.kind === 'string')
      settings.set(
        name,
        value.text.slice(1, -1).replace(/\\(.)|''/gs, (_, escaped: string | undefined) => escaped ?? "'"),
      )
    else if (value?.kind === 'number' || value?.kind === 'word') settings.set(name, value.text)
    else throw cursor.unexpected('a value')
    if (!cursor.hereMark(',')) return settings
    cursor.take()
  }
}

class Cursor {
  #at = 0
  readonly #tokens: readonly Token[]
  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }
  get here(): Token | undefined {
    return this.#tokens[this.#at]
  }
  after(steps: number): Token | undefined {
    return this.#tokens[this.#at + steps]
  }
  take(): Token | undefined {
    return this.#tokens[this.#at++]
  }
  hereMark(mark: string): boolean {
    return this.here?.kind === 'mark' && this.here.text === mark
  }
  skipWord(word: string): boolean {
    const there = isWord(this.here, word)
    if (there) this.#at++
    return there
  }
  identifier(): string {
    const token = this.take()
    if (token?.kind !== 'word' && token?.kind !== 'quoted') throw this.unexpected('a name')
    return token.text
  }
  unexpected(expected: string) {
    return failure('SYNTAX_ERROR', `Expected ${expected} near ${JSON.stringify(this.here?.text ?? 'the end')}.`)
  }
}
