import type { Routes } from '#kernel/http.ts'
import { integrationApi } from '../contract.ts'
import { addReferences } from './add-references.ts'
import { listKinds } from './kinds.ts'
import { listReferences, resolveReference, resolveReferences } from './read-references.ts'
import { removeReference } from './remove-reference.ts'
import type { Parts } from './tables.ts'

export const integrationRoutes =
  (parts: Parts): Routes =>
  (on) => {
    on.serve(integrationApi.referenceKinds, async ({ ctx }) => listKinds(parts, ctx))
    on.serve(integrationApi.references, ({ ctx, query }) => listReferences(parts, ctx, query))
    on.serve(integrationApi.resolveReference, ({ ctx, query }) => resolveReference(parts, ctx, query))
    on.serve(integrationApi.resolveReferences, ({ ctx, body }) => resolveReferences(parts, ctx, body.keys))
    on.serve(integrationApi.addReferences, ({ ctx, body }) => addReferences(parts, ctx, body))
    on.serve(integrationApi.removeReference, ({ ctx, params }) => removeReference(parts, ctx, params.id))
  }
