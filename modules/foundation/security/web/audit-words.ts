import type { Words } from '#ui/i18n.ts'
import type { Look } from '../audit-text.ts'
import type { AuditEntry } from '../contract.ts'

/** The words of all modules, as the texts of an audit entry ask for them. */
export const lookIn =
  (t: Words): Look =>
  (key, values) =>
    t(key, { ...values, defaultValue: '' }) || undefined

export const actorText = (actor: AuditEntry['actor'], t: Words): string =>
  actor.name ?? (actor.kind === 'user' ? t('unnamed') : t(`actorKinds.${actor.kind}`))
