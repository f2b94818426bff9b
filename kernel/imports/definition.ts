import type { Context } from '../context.ts'
import type { OpaqueTx } from '../postgres.ts'
import type { CellKind, Problem } from './cells.ts'

export interface ImportColumn<Value = unknown> {
  cell: CellKind<Value>
  required: boolean
  /** No two rows of the file may have the same, whatever the case of its letters. */
  unique?: boolean
  /** A new record needs it; one that is there keeps what it has. `resolve` says where it is missing. */
  requiredForNew?: boolean
  /** What the example row of the template shows: a text, or a key of the module's words. */
  example: string
  width?: number
}
export type ImportColumns = Record<string, ImportColumn>

/** A column that must be filled in has its value, another may have none. */
export type RowOf<Columns extends ImportColumns> = {
  [Key in keyof Columns]: Columns[Key] extends ImportColumn<infer Value> & { required: true }
    ? Value
    : Columns[Key] extends ImportColumn<infer Value>
      ? Value | null
      : never
}

type ColumnFacts = Omit<ImportColumn, 'cell' | 'required' | 'example'>
export const required = <Value>(cell: CellKind<Value>, example: string, facts: ColumnFacts = {}) => ({
  cell,
  required: true as const,
  example,
  ...facts,
})
export const optional = <Value>(cell: CellKind<Value>, example: string, facts: ColumnFacts = {}) => ({
  cell,
  required: false as const,
  example,
  ...facts,
})

/** A problem of a row against what is stored already. */
export interface RowProblem<Key extends string = string> extends Problem {
  column: Key | null
}
/** What stands in a record where the row says something else: a text, or a key of words. */
export interface RowChange<Key extends string = string> {
  column: Key
  old: string | { word: string }
}
/** A record that the row names and that is there already. */
export interface KnownRecord<Key extends string = string> {
  id: string
  version: number
  /** Empty: the row says what stands there. */
  changes: RowChange<Key>[]
}
/**
 * `known`: the row changes a record instead of making one; `apply` gets it only where it changes something and changing was asked for.
 * `problems` is empty for a right row of a group of which another one is wrong.
 */
export type Resolved<Ready, Key extends string = string> = { ready: Ready; known?: KnownRecord<Key> } | { problems: RowProblem<Key>[] }

/** What an import's rows belong to; null for kinds of rows that belong to nothing but the organisation. */
export interface About {
  target: string | null
  /** False while it is only checked: records that will be changed are locked by `resolve` when they are. */
  writing: boolean
}

/** Rows that are checked and written together, whole or not at all, wherever they stand in the file. */
export interface Groups<Row> {
  /** What the row belongs to; the case of letters means nothing. Null: to nothing, it stands alone. */
  of(row: Row): string | null
  /** Rows that may belong together; a larger group is refused whole. At most MAX_GROUP_ROWS. */
  maxRows: number
}
/** A group is written in one transaction, and its rows wait for nobody meanwhile. */
export const MAX_GROUP_ROWS = 1_000

export interface Written {
  id: string
  /** Something of it is handed out once, after the import. */
  handOut?: boolean
}

/**
 * One kind of rows that come by spreadsheet. The words of a column are `<wordsAt>.columns.<key>`, other names by which its head is known
 * `<wordsAt>.aliases.<key>` (parted by |), its note in the template `<wordsAt>.notes.<key>`, the sheet's name `<wordsAt>.sheet`.
 */
export interface ImportDefinition<Columns extends ImportColumns = ImportColumns, Ready = unknown> {
  /** `module.table` of what is made, as the audit names it; stored. */
  kind: string
  wordsAt: string
  columns: Columns
  /** Rows of one group always come to `resolve` and `apply` in one call, one behind the other; those that could not be read are missing. */
  groups?: Groups<RowOf<Columns>>
  /**
   * Each row against what is stored: same length, same order. Called for the check, where an optional cell that could not be read is null,
   * and again in the transaction that writes.
   */
  resolve(
    ctx: Context,
    tx: OpaqueTx,
    rows: readonly RowOf<Columns>[],
    about: About,
  ): Promise<Resolved<Ready, Extract<keyof Columns, string>>[]>
  /** Writes rows that were resolved in the same transaction: same length, same order. A unique constraint that is met is tried once more. */
  apply(ctx: Context, tx: OpaqueTx, rows: readonly Ready[], about: About): Promise<Written[]>
  /** For rows that belong to something: throws the module's own error where it is not there or not the caller's. */
  checkTarget?(ctx: Context, tx: OpaqueTx, target: string): Promise<void>
}

/** For lists of definitions of several kinds. */
// biome-ignore lint/suspicious/noExplicitAny: what one kind's rows are is known to its own definition alone
export type AnyImportDefinition = Omit<ImportDefinition<any, any>, 'columns'> & { columns: ImportColumns }
