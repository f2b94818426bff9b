import { type CellKind, codeCell, textCell } from '#kernel/imports/cells.ts'
import { type ImportDefinition, optional, type RowOf, required } from '#kernel/imports/definition.ts'
import { narrow } from '#kernel/postgres.ts'
import { CreditCode } from '#modules/foundation/organisations/contract.ts'
import { insertPartners, type NewPartner, partnersByCode, record } from './partner-store.ts'
import type { ProgrammeParts } from './parts.ts'
import type { ProgrammeTables } from './tables.ts'

const creditCode: CellKind<string> = {
  read: (text) => {
    const { success, data } = CreditCode.safeParse(text.normalize('NFKC').replace(/\s+/g, ''))
    return success ? { value: data } : { problem: { code: 'programme.importRows.problems.creditCode' } }
  },
}

const columns = {
  name: required(textCell({ max: 120 }), 'programme.importRows.examples.name', { width: 32 }),
  creditCode: required(creditCode, '91500000MA0000001B', { unique: true, width: 24 }),
  contactName: required(textCell({ max: 60 }), 'programme.importRows.examples.contactName', { width: 14 }),
  contactPhone: optional(codeCell({ pattern: /^[+\d][\d\s-]{4,29}$/, problem: 'programme.importRows.problems.phone' }), '13800000000', {
    width: 18,
  }),
  contactEmail: optional(
    codeCell({ pattern: /^[^\s@]{1,60}@[^\s@]+\.[^\s@]{2,}$/, problem: 'programme.importRows.problems.email' }),
    'zhang@example.com',
    { width: 24 },
  ),
  delivers: optional(textCell({ max: 500 }), 'programme.importRows.examples.delivers', { width: 30 }),
}
type Columns = typeof columns

/** Enterprises to invite; their links are fetched afterwards, all in one workbook. */
export const partnerImportDefinition = ({
  organisations,
}: Pick<ProgrammeParts, 'organisations'>): ImportDefinition<Columns, NewPartner> => ({
  kind: 'programme.partner',
  wordsAt: 'programme.importRows',
  columns,
  resolve: async (ctx, opaqueTx, rows: readonly RowOf<Columns>[]) => {
    const tx = narrow<ProgrammeTables>(opaqueTx)
    const own = await organisations.facts(ctx.orgId)
    const there = await partnersByCode(
      tx,
      rows.flatMap((row) => row.creditCode ?? []),
    )
    return rows.map((row) => {
      if (own?.kind !== 'leader') return { problems: [{ column: null, code: 'programme.importRows.problems.leaderOnly' }] }
      if (own.creditCode === row.creditCode)
        return { problems: [{ column: 'creditCode' as const, code: 'programme.importRows.problems.own' }] }
      const known = there.get(row.creditCode)
      return known
        ? {
            problems: [
              { column: 'creditCode' as const, code: 'programme.importRows.problems.partnerExists', details: { name: known.name } },
            ],
          }
        : { ready: row }
    })
  },
  apply: async (ctx, opaqueTx, rows) => {
    const tx = narrow<ProgrammeTables>(opaqueTx)
    const made = await insertPartners(tx, rows, ctx.now)
    await record(tx, ctx, made, { action: 'invite', side: 'buyer' })
    return made.map(({ id }) => ({ id }))
  },
})
