import type { Context } from '#kernel/context.ts'
import type { OpaqueTx } from '#kernel/postgres.ts'
import type { PersonId } from '#modules/foundation/access/contract.ts'

export interface News {
  /** `orders.awaitsYou`; its words stand at `<module>.notices.<name>`. */
  kind: string
  to: { permission: string } | { persons: readonly PersonId[] }
  values: Record<string, string>
  path: string
  /** The subject: a second one of the same kind, subject and person renews the first. */
  key: string
  /** Where an event is its reason: delivered twice it tells once. */
  eventId?: number
}

export interface NotificationsPublic {
  /** Tells people of the acting organisation, in the transaction. Whoever acts is not told what he does himself. */
  notify(tx: OpaqueTx, ctx: Context, news: News): Promise<void>
}
