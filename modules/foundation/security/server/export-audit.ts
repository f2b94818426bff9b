import type { Context } from '#kernel/context.ts'
import { auditEvent } from '#kernel/postgres.ts'
import { type ModuleWords, translator } from '#kernel/words.ts'
import { wallMs } from '#values/instant.ts'
import type { Look } from '../audit-text.ts'
import { EXPORT_LIMIT } from '../contract.ts'
import { csvHead, csvLine } from './audit-csv.ts'
import { type AuditFilter, auditBatch, type Place } from './audit-store.ts'
import type { SecurityDatabase } from './tables.ts'

const BATCH = 500

/** The list as CSV, in batches of a transaction each, so that a slow reader holds no connection. That it was taken is audited first. */
export async function exportAudit(
  db: SecurityDatabase,
  ctx: Context,
  filter: AuditFilter,
  { words, signal }: { words: Record<string, ModuleWords>; signal: AbortSignal },
): Promise<{ fileName: string; chunks: AsyncIterable<string> }> {
  const translate = translator(words)
  const look: Look = (key, values) => translate(ctx.locale, key.replace(':', '.'), values)
  await db.inTenant(ctx, (tx) =>
    auditEvent(tx, { action: 'security.auditExported', entity: 'kernel.audit', entityId: null, details: filter }),
  )
  const day = new Date(wallMs(ctx.now.getTime(), 'Asia/Shanghai')).toISOString().slice(0, 10)
  return { fileName: `${look('security:name') ?? 'audit'}-${day}.csv`, chunks: lines(db, ctx, filter, look, signal) }
}

async function* lines(db: SecurityDatabase, ctx: Context, filter: AuditFilter, look: Look, signal: AbortSignal): AsyncGenerator<string> {
  yield csvHead(look)
  let after: Place | undefined
  for (let sent = 0; sent < EXPORT_LIMIT && !signal.aborted; sent += BATCH) {
    const rows = await db.inTenant(ctx, (tx) => auditBatch(tx, filter, after, BATCH))
    yield rows.map((row) => csvLine(row, look)).join('')
    const last = rows.at(-1)
    if (!last || rows.length < BATCH) return
    after = { at: last.at_text, id: last.id }
  }
}
