import type { Context } from '#kernel/context.ts'
import type { FileAnswer } from '#kernel/file-answer.ts'
import { opaque } from '#kernel/postgres.ts'
import { streamWorkbook } from '#kernel/spreadsheet-writer.ts'
import { chinaDay } from '#values/instant.ts'
import { conditionText } from '../condition-text.ts'
import type { AlarmRule } from '../contract.ts'
import type { Rooms } from './rooms.ts'
import { cellsOfRule, type RuleColumn, ruleColumns } from './rule-sheet.ts'
import { described, rulesInScope } from './rules.ts'

const MAX_ROWS = 50_000
const CHUNK = 500
/** For those who read it; the import leaves them out. */
const toRead = [
  ['of', 24],
  ['pointLabel', 20],
  ['conditionText', 40],
  ['unit', 10],
] as const

/** The master alarm database of ISA-18.2 §7: every rule with why it is one, in the columns in which it may be imported again. */
export async function exportRules(rooms: Pick<Rooms, 'db' | 'devices' | 'translate'>, ctx: Context): Promise<FileAnswer> {
  const anyWord = (key: string, values?: Record<string, unknown>) => rooms.translate(ctx.locale, key, values) ?? key
  const word = (key: string, values?: Record<string, unknown>) => anyWord(`alarms.${key}`, values)
  const english = ctx.locale === 'en-US'
  const { rules, codes } = await rooms.db.inTenant(ctx, async (tx) => {
    const rows = await rulesInScope(tx, ctx).orderBy('r.name').orderBy('r.id').limit(MAX_ROWS).execute()
    const all: AlarmRule[] = []
    for (let i = 0; i < rows.length; i += CHUNK) all.push(...(await described(rooms, tx, rows.slice(i, i + CHUNK))))
    const devices = await rooms.devices.devices(opaque(tx), [...new Set(rows.flatMap((row) => row.device_id ?? []))])
    return { rules: all, codes: devices }
  })
  const written = rules.map((rule) => {
    const deviceCode = rule.deviceId ? (codes.get(rule.deviceId)?.code ?? null) : null
    return [
      ...cellsOfRule({ ...rule, deviceCode }, anyWord),
      (english && rule.ofNameEn) || rule.ofName,
      (english && rule.point?.labelEn) || rule.point?.label || rule.pointName,
      conditionText(rule.condition, rule.point, word),
      rule.point?.unit ?? '',
    ]
  })
  const columns = [
    ...Object.entries(ruleColumns).map(([key, { width = 16 }]) => ({ title: word(`importRows.columns.${key as RuleColumn}`), width })),
    ...toRead.map(([key, width]) => ({ title: word(`export.${key}`), width })),
  ]
  return { fileName: `${word('export.rules')}-${chinaDay(ctx.now)}.xlsx`, bytes: streamWorkbook(word('export.rules'), columns, written) }
}
