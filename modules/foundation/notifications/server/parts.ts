import type { Clock } from '#kernel/clock.ts'
import type { DocumentKind } from '#kernel/documents.ts'
import type { Mailer } from '#kernel/mail.ts'
import type { Notice } from '#kernel/notices.ts'
import type { OutboundRules } from '#kernel/outbound.ts'
import type { SmsSender } from '#kernel/sms.ts'
import type { Translate } from '#kernel/words.ts'
import type { AccessPublic } from '#modules/foundation/access/public.ts'
import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'
import type { SecurityPublic } from '#modules/foundation/security/public.ts'
import type { NotificationsDatabase, NotificationsSystem } from './tables.ts'

/** What the use cases of this room stand on. */
export interface Parts {
  db: NotificationsDatabase
  system: NotificationsSystem
  access: Pick<AccessPublic, 'personsWith' | 'languagesOf'>
  organisations: Pick<OrganisationsPublic, 'facts' | 'labels'>
  clock: Clock
  translate: Translate
  /** Undefined: the platform has no mail server. */
  mailer: Mailer | undefined
  /** Undefined: the platform has no gateway for short messages. */
  sms: SmsSender | undefined
  publicUrl: string | undefined
  security: SecurityPublic
  /** Where webhooks may go besides public addresses by HTTPS; nowhere, but in tests. */
  webhookRules: OutboundRules
  /** Of all modules; most of them are composed after this one. */
  notices: () => readonly Notice[]
  documents: () => readonly DocumentKind[]
}
