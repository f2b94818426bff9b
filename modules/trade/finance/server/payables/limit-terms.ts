import { narrow } from '#kernel/postgres.ts'
import type { TermLimits } from '#modules/trade/orders/public.ts'
import type { Rooms } from '../rooms.ts'
import type { FinanceTables } from '../tables.ts'
import { ruleFor } from './term-rules.ts'
import { readRules } from './term-store.ts'

/** What the rules of law, as the operator keeps them, let this buyer and this supplier agree on; undefined where a size is not known. */
export const limitTerms =
  ({ sizes }: Pick<Rooms, 'sizes'>): TermLimits =>
  async (tx, { buyer, supplier, sizesOn, day, beyond = 0 }) => {
    const rules = (await readRules(narrow<FinanceTables>(tx).sql)).filter(({ days }) => beyond === 0 || days < beyond)
    if (rules.length === 0) return undefined
    const classes = { payer: (await sizes(buyer, sizesOn)) ?? null, payee: (await sizes(supplier, sizesOn)) ?? null }
    const blocking =
      beyond > 0
        ? ruleFor(
            rules.filter((rule) => rule.blocking),
            classes,
            day,
          )
        : undefined
    const rule = blocking ?? ruleFor(rules, classes, day)
    return rule && { days: rule.days, name: rule.name, source: rule.source, blocking: rule.blocking }
  }
