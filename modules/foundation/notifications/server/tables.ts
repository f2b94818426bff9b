import type { Generated, Selectable } from 'kysely'
import type { ModuleDatabase, SystemDatabase, Tx } from '#kernel/postgres.ts'
import type { PersonId } from '#modules/foundation/access/contract.ts'
import type { OrgId } from '#values/ids.ts'
import type { MessageId } from '../contract.ts'
import type { MailChoice, SmsChoice } from '../mail-contract.ts'
import type { RobotChannel } from '../robot-channels.ts'
import type { WebhookDeliveryId, WebhookId } from '../webhook-contract.ts'

export type Channel = 'mail' | 'sms'

interface MailSettingTable {
  org_id: OrgId
  person_id: PersonId
  email: string | null
  pending_email: string | null
  code_hash: Buffer | null
  code_sent_at: Date | null
  code_tries: Generated<number>
  normal_choice: Generated<MailChoice>
  choices: Generated<Record<string, MailChoice>>
  quiet_from: number | null
  quiet_until: number | null
  phone: string | null
  pending_phone: string | null
  phone_code_hash: Buffer | null
  phone_code_sent_at: Date | null
  phone_code_tries: Generated<number>
  /** In China. */
  phone_codes_day: string | null
  phone_codes: Generated<number>
  phone_choices: Generated<Record<string, SmsChoice>>
  version: Generated<number>
}
export type MailSettingRow = Selectable<MailSettingTable>

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
  'notifications.mail_setting': MailSettingTable
  'notifications.mail': {
    org_id: OrgId
    id: Generated<string>
    person_id: PersonId
    channel: Generated<Channel>
    kind: string
    facts: Record<string, string>
    path: string
    mode: 'atOnce' | 'daily'
    state: Generated<'waiting' | 'sent' | 'failed'>
    attempts: Generated<number>
    reason: string | null
    created_at: Date
    due_at: Date
    sent_at: Date | null
  }
  'notifications.webhook': WebhookTable
  'notifications.webhook_delivery': DeliveryTable
}

interface WebhookTable {
  org_id: OrgId
  id: Generated<WebhookId>
  channel: Generated<'standard' | RobotChannel>
  url: string
  note: string
  events: string[]
  secret_id: string
  old_secret_id: string | null
  old_secret_until: Date | null
  active: Generated<boolean>
  stopped: 'gone' | 'failing' | null
  created_at: Date
  version: Generated<number>
}
export type WebhookRow = Selectable<WebhookTable>

interface DeliveryTable {
  org_id: OrgId
  id: Generated<WebhookDeliveryId>
  webhook_id: WebhookId
  event: string
  event_id: number | null
  body: string
  state: Generated<'waiting' | 'delivered' | 'failed'>
  attempts: Generated<number>
  last_status: number | null
  reason: string | null
  next_at: Date | null
  created_at: Date
  settled_at: Date | null
}
export type DeliveryRow = Selectable<DeliveryTable>

export type NotificationsDatabase = ModuleDatabase<NotificationsTables>
export type NotificationsSystem = SystemDatabase<NotificationsTables>
export type NotificationsTx = Tx<NotificationsTables>
