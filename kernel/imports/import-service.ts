import { requestErrors } from '#values/errors.ts'
import {
  type ImportEndpoints,
  type ImportId,
  type ImportKnown,
  type ImportMode,
  type ImportShow,
  type ImportState,
  importErrors,
} from '#values/import.ts'
import type { Context } from '../context.ts'
import type { Serving } from '../http.ts'
import { auditEvent, type OpaqueTx, opaque } from '../postgres.ts'
import { spreadsheetFormat } from '../spreadsheet.ts'
import type { Translate } from '../words.ts'
import type { AnyImportDefinition } from './definition.ts'
import { isAtWork, nextImportStatus } from './import-rules.ts'
import {
  type CheckedRow,
  changeImport,
  countUnfinished,
  dropOldest,
  findImport,
  type ImportDatabase,
  type ImportRecord,
  type ImportTx,
  importsOf,
  insertImport,
  lockImport,
  pageOfRows,
  type StoredActing,
  takeHandOuts,
} from './import-store.ts'
import { templateOf, wrongRowsFile } from './template.ts'
import { columnNames, problemText, refusalText } from './words.ts'

/** What a module needs to take rows by spreadsheet. */
export interface Imports {
  db: ImportDatabase
  translate: Translate
}

const KEPT_DAYS = 7
const DAY_MS = 86_400_000
/** Finished ones of an organisation beyond so many are dropped, the oldest first. */
const MAX_KEPT = 20
/** Waiting or at work, of one organisation. */
const MAX_UNFINISHED = 3
const LISTED = 10
const ROWS_AT_ONCE = 1_000

/** The endpoints of one kind of import. */
export function serveImport(on: Serving, endpoints: ImportEndpoints, definition: AnyImportDefinition, imports: Imports): void {
  const { translate } = imports
  on.serveFile(endpoints.template, ({ ctx }) => templateOf(definition, ctx, translate))
  on.serveUpload(endpoints.upload, async ({ ctx, query, upload }) => ({
    id: await uploadFile(imports, ctx, definition, query, await upload.whole()),
  }))
  on.serve(endpoints.list, async ({ ctx, query }) => ({ items: await listImports(imports, ctx, definition, query.target) }))
  on.serve(endpoints.state, ({ ctx, params }) => readState(imports, ctx, definition, params.id))
  on.serve(endpoints.rows, ({ ctx, params, query }) => readRows(imports, ctx, definition, params.id, query))
  on.serve(endpoints.run, ({ ctx, params, body }) => orderImport(imports, ctx, definition, params.id, body.mode, body.known))
  on.serve(endpoints.cancel, ({ ctx, params }) => cancelImport(imports, ctx, definition, params.id))
  on.serveFile(endpoints.wrongRows, async ({ ctx, params }) => {
    await readState(imports, ctx, definition, params.id)
    return wrongRowsFile(definition, ctx, translate, allWrongRows(imports, ctx, params.id))
  })
}

export async function uploadFile(
  { db }: Imports,
  ctx: Context,
  { kind, checkTarget }: AnyImportDefinition,
  { fileName, target }: { fileName: string; target?: string | undefined },
  file: Uint8Array,
): Promise<ImportId> {
  spreadsheetFormat(file)
  return db.inTenant(ctx, async (tx) => {
    // Given where there is none to give, or missing where there must be one.
    if ((target === undefined) !== (checkTarget === undefined)) throw requestErrors.invalid({ field: 'target' })
    if (target !== undefined) await checkTarget?.(ctx, opaque(tx), target)
    if ((await countUnfinished(tx)) >= MAX_UNFINISHED) throw importErrors.busy({ limit: MAX_UNFINISHED })
    await dropOldest(tx, MAX_KEPT)
    const expiresAt = new Date(ctx.now.getTime() + KEPT_DAYS * DAY_MS)
    const id = await insertImport(tx, {
      kind,
      target: target ?? null,
      fileName,
      file,
      actorId: ctx.actor.id,
      acting: actingOf(ctx),
      now: ctx.now,
      expiresAt,
    })
    await auditEvent(tx, { action: 'imports.uploaded', entity: kind, entityId: null, details: { fileName, fileBytes: file.length } })
    return id
  })
}

const actingOf = ({ orgNo, actor, locale, traceId, address, scopes }: Context): StoredActing => ({
  orgNo,
  actor,
  locale,
  traceId,
  address,
  permissions: [...scopes.permissions],
  sites: scopes.sites,
})

const whose = (ctx: Context, { kind }: AnyImportDefinition, id: ImportId) => ({ kind, id, actorId: ctx.actor.id })

async function locked(tx: ImportTx, ctx: Context, definition: AnyImportDefinition, id: ImportId): Promise<ImportRecord> {
  const row = await lockImport(tx, whose(ctx, definition, id))
  if (!row) throw importErrors.notFound({ id })
  return row
}

export const listImports = (
  { db, translate }: Imports,
  ctx: Context,
  { kind }: AnyImportDefinition,
  target?: string,
): Promise<ImportState[]> =>
  db.inTenant(ctx, async (tx) =>
    (await importsOf(tx, { kind, target, actorId: ctx.actor.id, limit: LISTED })).map((row) => stateOf(row, ctx, translate)),
  )

export const readState = (imports: Imports, ctx: Context, definition: AnyImportDefinition, id: ImportId): Promise<ImportState> =>
  imports.db.inTenant(ctx, (tx) => stateIn(imports, tx, ctx, definition, id))

async function stateIn({ translate }: Imports, tx: ImportTx, ctx: Context, definition: AnyImportDefinition, id: ImportId) {
  const row = await findImport(tx, whose(ctx, definition, id))
  if (!row) throw importErrors.notFound({ id })
  return stateOf(row, ctx, translate)
}

const stateOf = (row: ImportRecord, ctx: Context, translate: Translate): ImportState => ({
  id: row.id,
  fileName: row.file_name,
  status: row.status,
  mode: row.mode,
  known: row.known,
  rowsRead: row.rows_read,
  rowsRight: row.rows_right,
  rowsWrong: row.rows_wrong,
  rowsDone: row.rows_done,
  rowsChanged: row.rows_changed,
  rowsUnchanged: row.rows_unchanged,
  unknownColumns: row.unknown_columns,
  refusal: row.refusal && refusalText(row.refusal, ctx.locale, translate),
  toHandOut: row.to_hand_out,
  createdAt: row.created_at.toISOString(),
  finishedAt: row.finished_at?.toISOString() ?? null,
  expiresAt: row.expires_at.toISOString(),
})

export function readRows(
  { db, translate }: Imports,
  ctx: Context,
  definition: AnyImportDefinition,
  id: ImportId,
  query: { show: ImportShow; after: number; limit: number },
) {
  return db.inTenant(ctx, async (tx) => {
    if (!(await findImport(tx, whose(ctx, definition, id)))) throw importErrors.notFound({ id })
    const rows = await pageOfRows(tx, id, { ...query, limit: query.limit + 1 })
    const keys = Object.keys(definition.columns)
    const items = rows.slice(0, query.limit).map((row) => ({
      rowNo: row.row_no,
      cells: row.cells,
      problems: (row.problems ?? []).map((problem) => ({
        column: problem.column === null ? null : keys.indexOf(problem.column),
        text: problemText(problem, ctx.locale, translate),
      })),
      effect: row.problems === null ? row.effect : null,
      changes: (row.changes ?? [])
        .map(({ column, old }) => ({
          column: keys.indexOf(column),
          old: typeof old === 'string' ? old : (translate(ctx.locale, old.word) ?? old.word),
        }))
        .sort((a, b) => a.column - b.column),
    }))
    const next = rows.length > query.limit ? (items.at(-1)?.rowNo ?? null) : null
    return { columns: columnNames(definition, ctx.locale, translate), items, next }
  })
}

/** Asked again for what is ordered, at work or done, it answers how far that is. */
export const orderImport = (
  imports: Imports,
  ctx: Context,
  definition: AnyImportDefinition,
  id: ImportId,
  mode: ImportMode,
  known: ImportKnown = 'skip',
) =>
  imports.db.inTenant(ctx, async (tx) => {
    const row = await locked(tx, ctx, definition, id)
    if (row.mode !== mode || row.known !== known || !['ordered', 'running', 'done'].includes(row.status)) {
      const status = nextImportStatus(row.status, 'order')
      if (!status) throw importErrors.notAllowedNow({ status: row.status })
      if (mode === 'all' && row.rows_wrong > 0) throw importErrors.wrongRows({ rows: row.rows_wrong })
      await changeImport(tx, id, { status, mode, known, acting: actingOf(ctx), refusal: null })
      const details = { fileName: row.file_name, importMode: mode, importKnown: known, rowCount: row.rows_right }
      await auditEvent(tx, { action: 'imports.ordered', entity: row.kind, entityId: null, details })
    }
    return stateIn(imports, tx, ctx, definition, id)
  })

export const cancelImport = (imports: Imports, ctx: Context, definition: AnyImportDefinition, id: ImportId) =>
  imports.db.inTenant(ctx, async (tx) => {
    const row = await locked(tx, ctx, definition, id)
    const status = nextImportStatus(row.status, 'cancel')
    if (!status) throw importErrors.notAllowedNow({ status: row.status })
    if (isAtWork(row.status)) await changeImport(tx, id, { cancel_asked: true })
    else await changeImport(tx, id, { status, finished_at: ctx.now, file: null })
    await auditEvent(tx, { action: 'imports.cancelled', entity: row.kind, entityId: null, details: { fileName: row.file_name } })
    return stateIn(imports, tx, ctx, definition, id)
  })

async function* allWrongRows({ db }: Imports, ctx: Context, id: ImportId): AsyncGenerator<CheckedRow> {
  let after = 0
  while (true) {
    const rows = await db.inTenant(ctx, (tx) => pageOfRows(tx, id, { show: 'wrong', after, limit: ROWS_AT_ONCE }))
    for (const row of rows) yield { rowNo: row.row_no, cells: row.cells, problems: row.problems ?? [] }
    if (rows.length < ROWS_AT_ONCE) return
    after = rows.at(-1)?.row_no ?? after
  }
}

/**
 * Gives what an import left to hand out, once: `make` gets the ids of the results, in the order of the file, and makes in this transaction
 * what the caller is to have. Errors: imports.notFound, imports.nothingToHandOut.
 */
export const handOutOnce = <Result>(
  { db }: Imports,
  ctx: Context,
  definition: AnyImportDefinition,
  id: ImportId,
  make: (tx: OpaqueTx, resultIds: string[]) => Promise<Result>,
): Promise<Result> =>
  db.inTenant(ctx, async (tx) => {
    const row = await locked(tx, ctx, definition, id)
    const ids = isAtWork(row.status) ? [] : await takeHandOuts(tx, id)
    if (ids.length === 0) throw importErrors.nothingToHandOut({ id })
    await changeImport(tx, id, { to_hand_out: 0 })
    await auditEvent(tx, {
      action: 'imports.handedOut',
      entity: row.kind,
      entityId: null,
      details: { fileName: row.file_name, rowCount: ids.length },
    })
    return make(opaque(tx), ids)
  })
