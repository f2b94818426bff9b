import { z } from 'zod'
import { PersonId } from '#modules/foundation/access/contract.ts'
import { endpoint } from '#values/endpoint.ts'
import { event } from '#values/event.ts'
import { idOf, OrgId } from '#values/ids.ts'
import { Instant } from '#values/instant.ts'
import { listQuery, pageOf } from '#values/list.ts'
import { builtInRoles, permissions } from '#values/permission.ts'
import { collaborationErrors } from './errors.ts'

export const EntryId = idOf('Entry')
export type EntryId = z.infer<typeof EntryId>

export const collaborationPermissions = permissions('collaboration', {
  /** Of documents that one may read. */
  read: builtInRoles,
  write: ['owner', 'systemAdmin', 'engineer', 'staff', 'buyer', 'sales', 'warehouse', 'accountant'],
})

export const COMMENT_CHARACTERS = 2_000
export const FILE_BYTES = 20 * 1024 * 1024

/** `module.table`, as its module declares it. */
const Entity = z.string().regex(/^[a-z]+\.[a-zA-Z_]+$/)
const ofDocument = z.object({ entity: Entity, recordId: z.uuidv7() })

/** What happened to a document, what was said of it, what was attached to it. */
export const Entry = z.object({
  id: EntryId,
  kind: z.enum(['event', 'comment', 'file']),
  at: Instant,
  organisation: z.string(),
  /** Of one's own organisation. */
  own: z.boolean(),
  /** The other party sees it too. */
  shared: z.boolean(),
  /** Written by one’s own for all who hold a copy of the document. */
  forAll: z.boolean(),
  author: z.string().nullable(),
  /** `sharing.granted`; in words at `<module>:timeline.<name>`. */
  event: z.string().nullable(),
  text: z.string().nullable(),
  file: z.object({ name: z.string(), mediaType: z.string(), bytes: z.int(), inline: z.boolean() }).nullable(),
  /** Taken back by its author. */
  removed: z.boolean(),
  /** The caller may take it back. */
  removable: z.boolean(),
})
export type Entry = z.infer<typeof Entry>

export const Todo = z.object({ label: z.string(), path: z.string(), due: z.iso.date().nullable() })
export const TodoGroup = z.object({
  /** In words at `<module>:todos.<name>`. */
  module: z.string(),
  name: z.string(),
  total: z.int(),
  items: z.array(Todo),
})
export type TodoGroup = z.infer<typeof TodoGroup>

export const SEARCH_HITS = 5
/** What one kind of rows has of a text. */
export const SearchGroup = z.object({
  /** In words at `<module>:searches.<name>`. */
  module: z.string(),
  name: z.string(),
  items: z.array(z.object({ label: z.string(), path: z.string() })).max(SEARCH_HITS),
})
export type SearchGroup = z.infer<typeof SearchGroup>

const none = z.object({})

export const collaborationApi = {
  document: endpoint({
    method: 'GET',
    path: '/collaboration/documents/:entity/:recordId',
    summary: 'Who is party to a document, and which people of one’s own can be mentioned on it.',
    permission: 'collaboration.read',
    params: ofDocument,
    query: none,
    body: z.undefined(),
    response: z.object({
      /** Null: it is one’s own alone. */
      partner: z.string().nullable(),
      /** Others hold copies of it: what is shared goes to all of them, each on his own copy. */
      copies: z.boolean(),
      people: z.array(z.object({ id: PersonId, name: z.string() })),
    }),
    errors: [collaborationErrors.documentNotFound],
  }),
  entries: endpoint({
    method: 'GET',
    path: '/collaboration/documents/:entity/:recordId/entries',
    summary: 'Timeline, comments and attachments of a document, newest first.',
    permission: 'collaboration.read',
    params: ofDocument,
    query: listQuery(['at'])
      .omit({ search: true })
      .extend({ sort: z.enum(['at', '-at']).default('-at'), kind: Entry.shape.kind.optional() }),
    body: z.undefined(),
    response: pageOf(Entry),
    errors: [collaborationErrors.documentNotFound],
  }),
  comment: endpoint({
    method: 'POST',
    path: '/collaboration/documents/:entity/:recordId/comments',
    summary:
      'Adds a comment; the other party, or all who hold a copy of the document, see it only with `shared`. Whoever is mentioned is told.',
    permission: 'collaboration.write',
    params: ofDocument,
    query: none,
    body: z.object({
      text: z.string().trim().min(1).max(COMMENT_CHARACTERS),
      shared: z.boolean().default(false),
      mentions: z.array(PersonId).max(20).default([]),
    }),
    response: Entry,
    status: 201,
    errors: [collaborationErrors.documentNotFound, collaborationErrors.noPartner, collaborationErrors.unknownPerson],
  }),
  attach: endpoint({
    method: 'POST',
    path: '/collaboration/documents/:entity/:recordId/files',
    summary: 'Attaches a file of up to 20 MB: pictures, PDF, Office, drawings, text, as their bytes say.',
    permission: 'collaboration.write',
    takes: 'bytes',
    bodyLimit: FILE_BYTES,
    params: ofDocument,
    query: z.object({ fileName: z.string().trim().min(1).max(200), visibility: z.enum(['internal', 'both']).default('internal') }),
    body: z.undefined(),
    response: Entry,
    status: 201,
    errors: [collaborationErrors.documentNotFound, collaborationErrors.noPartner, collaborationErrors.tooManyFiles],
  }),
  remove: endpoint({
    method: 'DELETE',
    path: '/collaboration/entries/:id',
    summary: 'Takes back one’s own comment or attachment; that there was one stays visible.',
    permission: 'collaboration.write',
    params: z.object({ id: EntryId }),
    query: none,
    body: z.undefined(),
    response: z.object({ done: z.literal(true) }),
    errors: [collaborationErrors.entryNotFound, collaborationErrors.notAuthor, collaborationErrors.writtenForAll],
  }),
  file: endpoint({
    method: 'GET',
    path: '/collaboration/entries/:id/file',
    summary: 'An attachment; pictures are shown, everything else is saved.',
    permission: 'collaboration.read',
    answer: 'file',
    params: z.object({ id: EntryId }),
    query: none,
    body: z.undefined(),
    response: z.string(),
    errors: [collaborationErrors.entryNotFound],
  }),
  search: endpoint({
    method: 'GET',
    path: '/collaboration/search',
    summary:
      'Partners, devices, materials, orders, shipments, invoices, statements, requests, agreements and lots with a text: of each kind that the caller may read, whose number or code it is first, then the newest.',
    permission: 'collaboration.read',
    params: none,
    query: z.object({ text: z.string().trim().min(1).max(100) }),
    body: z.undefined(),
    response: z.object({ groups: z.array(SearchGroup) }),
    errors: [],
  }),
  todos: endpoint({
    method: 'GET',
    path: '/collaboration/todos',
    summary: 'What waits for the caller, by kind, the most pressing first.',
    permission: 'collaboration.read',
    params: none,
    query: none,
    body: z.undefined(),
    response: z.object({ groups: z.array(TodoGroup) }),
    errors: [],
  }),
  todoCount: endpoint({
    method: 'GET',
    path: '/collaboration/todos/count',
    summary: 'How much waits for the caller.',
    permission: 'collaboration.read',
    passive: true,
    params: none,
    query: none,
    body: z.undefined(),
    response: z.object({ total: z.int() }),
    errors: [],
  }),
}

export const collaborationEvents = {
  /** Something that the other party sees too. */
  told: event(
    'collaboration.told',
    1,
    z.object({ entryId: EntryId, entity: Entity, recordId: z.uuidv7(), authorOrg: OrgId, partnerOrg: OrgId }),
  ),
}
