import type { OrgId } from '#values/ids.ts'

/**
 * News that people must hear of: which event, whose people, with which permission. Its module declares it; `notifications` writes it into
 * their inboxes. Its words stand at `<module>.notices.<name>` and may name `{{partner}}` and whatever `values` gives.
 */
// biome-ignore lint/suspicious/noExplicitAny: the event's own contract types the payload in the module
export interface Notice<Payload = any> {
  event: string
  /** `orders.proposed`; several notices may be of one kind. */
  kind: string
  /** Whose people; undefined: nobody's this time. */
  recipient: (payload: Payload) => OrgId | undefined
  /** Who of them: those who may do this. */
  permission: string
  /** An organisation related to the recipient, by its name in the words. */
  partner?: (payload: Payload) => OrgId
  /** Where a click leads. */
  path: (payload: Payload) => string
  values: (payload: Payload) => Record<string, string>
}
