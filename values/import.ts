import { z } from 'zod'
import { type Api, type Endpoint, endpoint } from './endpoint.ts'
import { defineErrors } from './errors.ts'
import { idOf } from './ids.ts'
import { Instant } from './instant.ts'

export const ImportId = idOf('Import')
export type ImportId = z.infer<typeof ImportId>

export const IMPORT_MAX_BYTES = 20 * 1024 * 1024
export const IMPORT_MAX_ROWS = 100_000

export const importErrors = defineErrors('imports', {
  notFound: { status: 404, message: 'No such import, or it has expired.' },
  notAllowedNow: { status: 409, message: 'The import is in a state that does not allow this.' },
  busy: { status: 409, message: 'Other imports of your organisation are still running; wait for them or cancel them.' },
  wrongRows: { status: 409, message: 'There are wrong rows: nothing is written unless they are skipped or corrected.' },
  nothingToHandOut: { status: 409, message: 'There is nothing left to hand out.' },
  emptyFile: { status: 422, message: 'The file is empty.' },
  oldExcel: { status: 422, message: 'The file is an old .xls workbook or protected by a password; save it as .xlsx without one.' },
  notSpreadsheet: { status: 422, message: 'The file is neither an .xlsx workbook nor a .csv text.' },
  damaged: { status: 422, message: 'The workbook is damaged; open it in Excel and save it again.' },
  unpacksTooLarge: { status: 422, message: 'The workbook unpacks to more than is allowed.' },
  tooManyRows: { status: 422, message: 'The file has more rows than one import takes; part it.' },
  tooManyColumns: { status: 422, message: 'The first sheet has more columns than one import takes.' },
  noHeader: { status: 422, message: 'The first sheet has no row with the names of the columns; begin with the template.' },
  missingColumns: { status: 422, message: 'Columns that must be there are missing.' },
  doubledColumn: { status: 422, message: 'A column is there twice.' },
  gaveUp: { status: 500, message: 'The import was tried several times and failed; what it had written before stays.' },
  noRows: { status: 422, message: 'The file has no rows below the names of its columns.' },
})

/** From the upload to its end; `ordered` waits to be carried out. The table of transitions is kernel/imports/import-rules.ts. */
export const ImportStatus = z.enum(['queued', 'checking', 'checked', 'ordered', 'running', 'done', 'refused', 'failed', 'cancelled'])
export type ImportStatus = z.infer<typeof ImportStatus>

/** `all`: one wrong row and nothing is written. `skip`: wrong rows are left out. */
export const ImportMode = z.enum(['all', 'skip'])
export type ImportMode = z.infer<typeof ImportMode>

/** What becomes of records that are there already: changed as their rows say, or left as they are. */
export const ImportKnown = z.enum(['update', 'skip'])
export type ImportKnown = z.infer<typeof ImportKnown>
/** What a right row does to what is stored. */
export const ImportEffect = z.enum(['new', 'changes', 'unchanged'])
export type ImportEffect = z.infer<typeof ImportEffect>
export const ImportShow = z.enum(['wrong', 'right', ...ImportEffect.options])
export type ImportShow = z.infer<typeof ImportShow>

export const ImportState = z.object({
  id: ImportId,
  fileName: z.string(),
  status: ImportStatus,
  mode: ImportMode.nullable(),
  known: ImportKnown.nullable(),
  /** Rows looked at, of them right, wrong, and written. */
  rowsRead: z.int(),
  rowsRight: z.int(),
  rowsWrong: z.int(),
  rowsDone: z.int(),
  /** Of the right ones: how many change a record that is there, how many say what stands there; the others are new. */
  rowsChanged: z.int(),
  rowsUnchanged: z.int(),
  /** Columns of the file that mean nothing here and were left out. */
  unknownColumns: z.array(z.string()),
  /** Why the file, or the whole import, was refused: in the caller's language. */
  refusal: z.string().nullable(),
  /** Rows whose result holds something that is handed out once, as a new device's secret. */
  toHandOut: z.int(),
  createdAt: Instant,
  finishedAt: Instant.nullable(),
  expiresAt: Instant,
})
export type ImportState = z.infer<typeof ImportState>

export const ImportedRow = z.object({
  /** As the spreadsheet counts them. */
  rowNo: z.int(),
  /** In the order of `columns`. */
  cells: z.array(z.string()),
  problems: z.array(z.object({ column: z.int().nullable(), text: z.string() })),
  /** Null: wrong, or not known. */
  effect: ImportEffect.nullable(),
  /** Where the row says something else than the record that it names: what stands there now, by place of the column. */
  changes: z.array(z.object({ column: z.int(), old: z.string() })),
})
export type ImportedRow = z.infer<typeof ImportedRow>

const none = z.object({})
const one = z.object({ id: ImportId })
const IMPORT_PAGE = 100
/** What the rows belong to, for kinds of rows that belong to something. */
const Target = z.uuidv7().optional()

interface ImportKind {
  path: string
  permission: string
  /** As in “for importing devices”. */
  what: string
}

const fileEndpoints = ({ path, permission, what }: ImportKind) => ({
  template: endpoint({
    method: 'GET',
    path: `${path}/template`,
    summary: `The workbook to fill in for importing ${what}: columns, an example, notes.`,
    permission,
    params: none,
    query: none,
    body: z.undefined(),
    response: z.undefined(),
    answer: 'xlsx',
    errors: [],
  }),
  upload: endpoint({
    method: 'POST',
    path,
    summary: `Takes a file of ${what} (.xlsx, or .csv as UTF-8 or GB18030) and begins to check it. Nothing is written before \`run\`.`,
    permission,
    params: none,
    query: z.object({ fileName: z.string().trim().min(1).max(200), target: Target }),
    body: z.undefined(),
    takes: 'bytes',
    bodyLimit: IMPORT_MAX_BYTES,
    response: z.object({ id: ImportId }),
    status: 202,
    errors: [importErrors.emptyFile, importErrors.oldExcel, importErrors.notSpreadsheet, importErrors.busy],
  }),
  wrongRows: endpoint({
    method: 'GET',
    path: `${path}/:id/wrong-rows`,
    summary: 'The wrong rows with their reasons, as a workbook that can be corrected and uploaded again.',
    permission,
    params: one,
    query: none,
    body: z.undefined(),
    response: z.undefined(),
    answer: 'xlsx',
    errors: [importErrors.notFound],
  }),
})

const progressEndpoints = ({ path, permission, what }: ImportKind) => ({
  list: endpoint({
    method: 'GET',
    path,
    summary: `Your own imports of ${what} of the last days, the newest first.`,
    permission,
    params: none,
    query: z.object({ target: Target }),
    body: z.undefined(),
    response: z.object({ items: z.array(ImportState) }),
    errors: [],
  }),
  state: endpoint({
    method: 'GET',
    path: `${path}/:id`,
    summary: 'How far the import is.',
    permission,
    params: one,
    query: none,
    body: z.undefined(),
    response: ImportState,
    errors: [importErrors.notFound],
  }),
  rows: endpoint({
    method: 'GET',
    path: `${path}/:id/rows`,
    summary: 'Rows of the file as they were understood, with what is wrong and what to do.',
    permission,
    params: one,
    query: z.object({
      show: ImportShow.default('wrong'),
      after: z.coerce.number().int().min(0).default(0),
      limit: z.coerce.number().int().min(1).max(IMPORT_PAGE).default(IMPORT_PAGE),
    }),
    body: z.undefined(),
    response: z.object({ columns: z.array(z.string()), items: z.array(ImportedRow), next: z.int().nullable() }),
    errors: [importErrors.notFound],
  }),
  run: endpoint({
    method: 'POST',
    path: `${path}/:id/run`,
    summary: 'Writes the right rows, or with `all` none unless all are right. Asked again it runs nothing twice.',
    permission,
    params: one,
    query: none,
    /** `known`: only where told so is a record that is there changed, and only as the check has shown it. */
    body: z.object({ mode: ImportMode, known: ImportKnown.default('skip') }),
    response: ImportState,
    errors: [importErrors.notFound, importErrors.notAllowedNow, importErrors.wrongRows],
  }),
  cancel: endpoint({
    method: 'POST',
    path: `${path}/:id/cancel`,
    summary: 'Stops the import. Rows that `skip` has written stay; `all` leaves nothing.',
    permission,
    params: one,
    query: none,
    body: none,
    response: ImportState,
    errors: [importErrors.notFound, importErrors.notAllowedNow],
  }),
})

/** The endpoints of one kind of import; the module that takes the rows puts them into its `api` by `prefixed`. */
export const importEndpoints = (kind: ImportKind) => ({ ...fileEndpoints(kind), ...progressEndpoints(kind) })
export type ImportEndpoints = ReturnType<typeof importEndpoints>

/** For a module's `api`: `prefixed('deviceImport', …)` gives `deviceImportTemplate`, `deviceImportUpload` … */
export const prefixed = (prefix: string, endpoints: Record<string, Endpoint>): Api =>
  Object.fromEntries(Object.entries(endpoints).map(([name, e]) => [`${prefix}${name[0]?.toUpperCase()}${name.slice(1)}`, e]))
