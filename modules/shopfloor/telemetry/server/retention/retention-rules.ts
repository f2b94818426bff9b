import { fewestMonths, type KeptMonths, MOST_MONTHS, Tier } from '../../retention.ts'

/** What lies before this instant goes: the first of a month in UTC, since ClickHouse keeps months apart. Null: nothing goes. */
export function cutoffOf(nowMs: number, months: number | null): number | null {
  if (months === null) return null
  const now = new Date(nowMs)
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months, 1)
}

/** Sums outlive what they are made of: an hour whose minutes are gone could not be corrected, a minute without its samples neither. */
export function inOrder({ raw, minute, hour }: KeptMonths): boolean {
  const length = (months: number | null) => months ?? Number.POSITIVE_INFINITY
  return length(raw) <= length(minute) && length(minute) <= length(hour)
}

/** The operator's setting, as the environment has it; throws where it makes no sense. */
export function defaultsOf(months: Partial<Record<Tier, number | undefined>>): KeptMonths {
  const kept = { raw: months.raw ?? null, minute: months.minute ?? null, hour: months.hour ?? null }
  for (const tier of Tier.options) {
    const n = kept[tier]
    if (n !== null && (n < fewestMonths[tier] || n > MOST_MONTHS))
      throw new Error(`Retention of ${tier} values: at least ${fewestMonths[tier]} months, at most ${MOST_MONTHS}.`)
  }
  if (!inOrder(kept)) throw new Error('Retention: minutes are kept at least as long as raw values, hours at least as long as minutes.')
  return kept
}
