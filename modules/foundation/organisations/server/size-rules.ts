import type { SizeClass, SizeRule } from '../contract.ts'

const downwards = ['large', 'medium', 'small'] as const

/**
 * The size class by the thresholds that hold on a date (国统字〔2017〕213号, note 1: both thresholds of a class must be met, else one class
 * lower). Undefined: no thresholds are known for the sector on that date.
 */
export function sizeClassOf(
  rules: readonly SizeRule[],
  facts: { sector: string; employees: number; revenueWan: number; validFrom: string },
): SizeClass | undefined {
  const held = rules.filter((rule) => rule.sector === facts.sector && rule.validFrom <= facts.validFrom)
  if (held.length === 0) return undefined
  for (const sizeClass of downwards) {
    const rule = held.filter((one) => one.sizeClass === sizeClass).reduce<SizeRule | undefined>(later, undefined)
    if (rule && facts.employees >= rule.minEmployees && facts.revenueWan >= rule.minRevenueWan) return sizeClass
  }
  return 'micro'
}

const later = (a: SizeRule | undefined, b: SizeRule) => (a && a.validFrom > b.validFrom ? a : b)

/** The first rule of those given together that stands twice, or demands less than a lower class of its sector and date. */
export function unorderedRule(rules: readonly SizeRule[]): SizeRule | undefined {
  return rules.find((rule, i) =>
    rules.some((other, j) => {
      if (i === j || rule.sector !== other.sector || rule.validFrom !== other.validFrom) return false
      const steps = downwards.indexOf(other.sizeClass) - downwards.indexOf(rule.sizeClass)
      return steps === 0 || (steps > 0 && (rule.minEmployees < other.minEmployees || rule.minRevenueWan < other.minRevenueWan))
    }),
  )
}
