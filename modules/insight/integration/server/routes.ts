import type { Routes } from '#kernel/http.ts'
import { integrationApi } from '../contract.ts'
import { sandboxApi } from '../sandbox-contract.ts'
import { addReferences } from './add-references.ts'
import { listKinds } from './kinds.ts'
import { openSandbox, readSandbox, type SandboxParts } from './open-sandbox.ts'
import { listReferences, resolveReference, resolveReferences } from './read-references.ts'
import { removeReference } from './remove-reference.ts'

export const integrationRoutes =
  (parts: SandboxParts): Routes =>
  (on) => {
    on.serve(integrationApi.referenceKinds, async ({ ctx }) => listKinds(parts, ctx))
    on.serve(integrationApi.references, ({ ctx, query }) => listReferences(parts, ctx, query))
    on.serve(integrationApi.resolveReference, ({ ctx, query }) => resolveReference(parts, ctx, query))
    on.serve(integrationApi.resolveReferences, ({ ctx, body }) => resolveReferences(parts, ctx, body.keys))
    on.serve(integrationApi.addReferences, ({ ctx, body }) => addReferences(parts, ctx, body))
    on.serve(sandboxApi.sandbox, ({ ctx }) => readSandbox(parts, ctx))
    on.serve(sandboxApi.openSandbox, ({ ctx }) => openSandbox(parts, ctx, false))
    on.serve(sandboxApi.resetSandbox, ({ ctx }) => openSandbox(parts, ctx, true))
    on.serve(integrationApi.removeReference, ({ ctx, params }) => removeReference(parts, ctx, params.id))
  }
