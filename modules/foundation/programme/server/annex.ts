import type { Context } from '#kernel/context.ts'
import type { FileAnswer } from '#kernel/file-answer.ts'
import { type WrittenCell, workbook } from '#kernel/spreadsheet-writer.ts'
import { chinaDay } from '#values/instant.ts'
import { DEFAULT_MIN_DAYS } from './connection-rules.ts'
import { admittedPartners, readRule } from './partner-store.ts'
import { type Viewed, viewed } from './partner-view.ts'
import type { ProgrammeParts } from './parts.ts'

/** The annex to an acceptance: one row for each enterprise and way; who is not connected stands there too. The rule is its own sheet. */
export async function annexWorkbook({ db, organisations, imports }: ProgrammeParts, ctx: Context): Promise<FileAnswer> {
  const word = (key: string, values: Record<string, unknown> = {}) => imports.translate(ctx.locale, `programme.annex.${key}`, values) ?? key
  const wordOf = (key: string) => imports.translate(ctx.locale, `programme.${key}`) ?? key
  const today = chinaDay(ctx.now)
  const leader = await organisations.facts(ctx.orgId)
  const { seen, minDays } = await db.inTenant(ctx, async (tx) => {
    const rule = await readRule(tx, tx.orgId, DEFAULT_MIN_DAYS)
    return { ...rule, seen: await viewed(tx, await admittedPartners(tx), () => rule.minDays, today) }
  })
  let no = 0
  const rows: WrittenCell[][] = seen.flatMap((one) => rowsOf(one).map((cells) => [++no, ...cells]))
  function rowsOf({ row, connections, counted }: Viewed): WrittenCell[][] {
    const head = [row.name, row.credit_code]
    const ways = connections.filter((one) => one.firstDay !== null)
    const no = word('no')
    if (ways.length === 0) return [[...head, word('none'), '', row.contract_no ?? '', 0, no]]
    return ways.map((one) => [
      ...head,
      wordOf(`ways.${one.way}`),
      one.firstDay,
      row.contract_no ?? '',
      one.validDays,
      counted && one.enough ? word('yes') : no,
    ])
  }
  const counted = seen.filter((one) => one.counted).length
  const until = seen.find((one) => one.countedUntil !== null)?.countedUntil ?? today
  const rule = [
    word('rule.title'),
    word('rule.counts', { n: counted, all: seen.length }),
    word('rule.days', { n: minDays }),
    word('rule.window', { until }),
    word('rule.calendar'),
    word('rule.ways.device'),
    word('rule.ways.system'),
    word('rule.ways.portal'),
    word('rule.contract'),
    word('rule.once'),
    ...(leader?.demo ? [word('rule.demo')] : []),
  ]
  const columns = (['no', 'name', 'creditCode', 'way', 'firstDay', 'contractNo', 'validDays', 'counted'] as const).map((key) => ({
    title: word(`columns.${key}`),
    width: { no: 8, name: 34, creditCode: 24, way: 14, firstDay: 16, contractNo: 24, validDays: 18, counted: 12 }[key],
  }))
  const bytes = await workbook([
    { name: word('sheet'), columns, rows: [...rows, [], [null, word('sum', { n: counted, all: seen.length })]] },
    { name: word('rule.sheet'), columns: [{ title: word('rule.sheet'), width: 110 }], rows: rule.map((text) => [text]) },
  ])
  return { fileName: `${word('sheet')}-${leader?.name ?? ''}-${today}.xlsx`, bytes }
}
