import type { Routes } from '#kernel/http.ts'
import { collaborationApi } from '../contract.ts'
import { entryPage } from './entry-store.ts'
import { countTodos, listTodos } from './list-todos.ts'
import { openDocument, peopleOf } from './open-document.ts'
import type { Parts } from './parts.ts'
import { searchRows } from './search-rows.ts'
import { attachFile, attachmentContent, removeEntry, writeComment } from './write-entries.ts'

export const collaborationRoutes =
  (parts: Parts): Routes =>
  (on) => {
    const { db } = parts
    on.serve(collaborationApi.document, ({ ctx, params }) =>
      db.inTenant(ctx, async (tx) => {
        const document = await openDocument(parts, tx, ctx, params)
        const partner = document.partner && document.look.nameOf(document.partner)
        return { partner, copies: document.kind.copies !== undefined, people: await peopleOf(parts, tx, document) }
      }),
    )
    on.serve(collaborationApi.entries, ({ ctx, params, query }) =>
      db.inTenant(ctx, async (tx) => entryPage(tx, params, query, (await openDocument(parts, tx, ctx, params)).look)),
    )
    on.serve(collaborationApi.comment, ({ ctx, params, body }) => writeComment(parts, ctx, params, body))
    on.serveUpload(collaborationApi.attach, ({ ctx, params, query, upload }) =>
      attachFile(parts, ctx, params, { fileName: query.fileName, shared: query.visibility === 'both', upload }),
    )
    on.serve(collaborationApi.remove, async ({ ctx, params }) => {
      await removeEntry(parts, ctx, params.id)
      return { done: true as const }
    })
    on.serveFile(collaborationApi.file, ({ ctx, params }) => attachmentContent(parts, ctx, params.id))
    on.serve(collaborationApi.search, async ({ ctx, query }) => ({ groups: await searchRows(parts, ctx, query.text) }))
    on.serve(collaborationApi.todos, async ({ ctx }) => ({ groups: await listTodos(parts, ctx) }))
    on.serve(collaborationApi.todoCount, async ({ ctx }) => ({ total: await countTodos(parts, ctx) }))
  }
