import type { OrgId } from '#values/ids.ts'
import type { Context } from './context.ts'
import type { OpaqueTx } from './postgres.ts'

/** What people call a document, and who is party to it. */
export interface DocumentFacts {
  number: string
  name: string
  /** One, or the two that both see it. Whoever must not see it yet (a draft) is left out. */
  parties: OrgId[]
}

/** A kind of document that takes comments, attachments and a timeline; its module declares it. */
export interface DocumentKind {
  /** `module.table`, as the audit names it. */
  entity: string
  /** What the caller must be allowed to see one. */
  read: string
  /** Who answers when the other party writes: those who may do this. */
  answer: string
  path: (id: string) => string
  /** Those of the documents that the acting organisation sees. */
  describe(ctx: Context, tx: OpaqueTx, ids: readonly string[]): Promise<Map<string, DocumentFacts>>
  /** What its timeline tells, in the words of `<module>.timeline.<name of the event>`. */
  // biome-ignore lint/suspicious/noExplicitAny: the event's own contract types the payload in the module
  events: readonly { event: string; id: (payload: any) => string }[]
}
