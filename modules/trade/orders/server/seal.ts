import { createHash } from 'node:crypto'
import type { Context } from '#kernel/context.ts'
import { canonicalJson } from '#values/canonical-json.ts'
import type { RevisionKind } from '../contract.ts'
import type { OrderContent } from '../order-content.ts'
import type { Side } from '../order-states.ts'

export interface ToSign {
  orderNumber: string
  revision: number
  side: Side
  /** SHA-256 of the revision in canonical form, hexadecimal. */
  hash: string
}

export interface Seal {
  /** How it was sealed, as people and courts may ask later. */
  method: string
  /** What the provider gave; null where the person's session is all there is. */
  seal: string | null
}

/** An electronic seal or signature service (电子签章). It is asked within the transaction: what it refuses is not signed. */
export interface SealProvider {
  sign(ctx: Context, what: ToSign): Promise<Seal>
}

/** The signed-in person and the hash of what he saw. */
export const personSeal: SealProvider = { sign: async () => ({ method: 'person', seal: null }) }

export const revisionHash = (number: string, revision: number, kind: RevisionKind, content: OrderContent): string =>
  createHash('sha256').update(canonicalJson({ number, revision, kind, content })).digest('hex')
