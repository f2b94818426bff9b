import { wallMs } from '#values/instant.ts'
import { actionText, changesOf, entityText, fieldText, type Look, valueText } from '../audit-text.ts'
import type { AuditRow } from './audit-store.ts'

/** RFC 4180; a text that a spreadsheet would take for a formula gets an apostrophe (OWASP, CSV injection). */
export function csvCell(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r]/.test(value) && value !== '—' ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const COLUMNS = ['at', 'actor', 'actorKind', 'address', 'action', 'entity', 'entityName', 'changes', 'entityId', 'trace', 'chainNo', 'hash']

const line = (cells: (string | number | null)[]) => `${cells.map(csvCell).join(',')}\r\n`

/** The byte order mark lets Excel read the Chinese as UTF-8. */
export const csvHead = (look: Look): string => `\uFEFF${line(COLUMNS.map((name) => look(`security:columns.${name}`) ?? name))}`

export function csvLine(row: AuditRow, look: Look): string {
  const changes = changesOf(row.before, row.after).map(({ field, before, after }) => {
    const name = fieldText(row.entity, field, look)
    const text = (value: unknown) => valueText(field, value, look)
    return row.before && row.after ? `${name}: ${text(before)} → ${text(after)}` : `${name}: ${text(row.after ? after : before)}`
  })
  return line([
    new Date(wallMs(row.at.getTime(), 'Asia/Shanghai')).toISOString().slice(0, 23).replace('T', ' '),
    row.actor.name ?? row.actor.id ?? null,
    look(`security:actorKinds.${row.actor.kind}`) ?? row.actor.kind,
    row.actor.address ?? null,
    actionText(row.action, look),
    entityText(row.entity, look),
    row.name,
    changes.join('; '),
    row.entity_id,
    row.trace,
    row.chain_no,
    row.hash?.toString('hex') ?? null,
  ])
}
