import type { Generated } from 'kysely'
import type { ModuleDatabase, SystemDatabase, Tx } from '#kernel/postgres.ts'
import type { PersonId } from '#modules/foundation/access/contract.ts'
import type { OrgId } from '#values/ids.ts'
import type { MessageId } from '../contract.ts'

export interface NotificationsTables {
  'notifications.message': {
    org_id: OrgId
    id: Generated<MessageId>
    person_id: PersonId
    kind: string
    subject: string
    facts: Record<string, string>
    path: string
    times: Generated<number>
    event_id: number | null
    told_at: Date
    read_at: Date | null
  }
}
export type NotificationsDatabase = ModuleDatabase<NotificationsTables>
export type NotificationsSystem = SystemDatabase<NotificationsTables>
export type NotificationsTx = Tx<NotificationsTables>
