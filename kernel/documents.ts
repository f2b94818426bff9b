import type { OrgId } from '#values/ids.ts'
import type { Context } from './context.ts'
import type { OpaqueTx } from './postgres.ts'

/** What people call a document, and who is party to it. */
export interface DocumentFacts {
  number: string
  name: string
  /** One, or the two that both see it. Whoever must not see it yet (a draft) is left out. */
  parties: OrgId[]
  /** Where the acting organisation reads it, if not at the path of the kind. */
  path?: string
  /** Who of the acting organisation answers, if not who the kind says. */
  answer?: string
}

/** What one of many holds of another's document: a document of the two. */
export interface DocumentCopy {
  entity: string
  id: string
  holder: OrgId
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
  /**
   * Of a document of one organisation of which others hold copies, each his own: what is written for all is written on every copy. Keeps
   * new copies from being made until the transaction ends.
   */
  copies?(ctx: Context, tx: OpaqueTx, id: string): Promise<readonly DocumentCopy[]>
  /** Of such a copy: the event that makes it, and of which document. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  copyOf?: { event: string; entity: string; id: (payload: any) => string }
}
