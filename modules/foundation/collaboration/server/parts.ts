import type { Clock } from '#kernel/clock.ts'
import type { DocumentKind } from '#kernel/documents.ts'
import type { Files } from '#kernel/files.ts'
import type { SearchKind } from '#kernel/searches.ts'
import type { TodoKind } from '#kernel/todos.ts'
import type { AccessPublic } from '#modules/foundation/access/public.ts'
import type { NotificationsPublic } from '#modules/foundation/notifications/public.ts'
import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'
import type { CollaborationDatabase } from './tables.ts'

/** What the use cases of this room stand on. */
export interface Parts {
  db: CollaborationDatabase
  access: Pick<AccessPublic, 'personsWith' | 'labels'>
  organisations: Pick<OrganisationsPublic, 'facts' | 'labels'>
  notifications: NotificationsPublic
  files: Files
  clock: Clock
  /** Of all modules; most of them are composed after this one. */
  documents: () => readonly DocumentKind[]
  searches: () => readonly (SearchKind & { module: string })[]
  todos: () => readonly (TodoKind & { module: string })[]
}
