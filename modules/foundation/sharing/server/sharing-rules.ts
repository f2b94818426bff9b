import type { AgreementState, Granularity } from '../contract.ts'

/** What is opened: every item × every field × every instant of [fromMs, untilMs), as fine and as fresh as said. */
export interface Opening {
  items: readonly string[] | 'all'
  fields: readonly string[] | 'all'
  granularity: Granularity
  delayMinutes: number
  fromMs: number
  untilMs: number
}

export interface Period {
  from: Date
  until: Date
}

export function agreementState({ from, until, revokedAt }: Period & { revokedAt: Date | null }, now: Date): AgreementState {
  if (revokedAt) return 'revoked'
  if (now < from) return 'upcoming'
  return now < until ? 'inForce' : 'expired'
}

/** An agreement that could never open anything is not made. */
export const isPeriodValid = ({ from, until }: Period, now: Date): boolean => from < until && now < until

type Names = readonly string[] | 'all'

const coversNames = (a: Names, b: Names): boolean => {
  if (a === 'all') return true
  if (b === 'all') return false
  const names = new Set(a)
  return b.every((name) => names.has(name))
}
const uniteNames = (a: Names, b: Names): Names => (a === 'all' || b === 'all' ? 'all' : [...new Set([...a, ...b])])
const meetNames = (a: Names, b: Names): Names => {
  if (a === 'all') return b
  if (b === 'all') return a
  const names = new Set(b)
  return a.filter((name) => names.has(name))
}

interface Dimension {
  covers(a: Opening, b: Opening): boolean
  /** Both together where that is one stretch, else undefined. */
  unite(a: Opening, b: Opening): Partial<Opening> | undefined
  meet(a: Opening, b: Opening): Partial<Opening>
}

const dimensions = {
  items: {
    covers: (a, b) => coversNames(a.items, b.items),
    unite: (a, b) => ({ items: uniteNames(a.items, b.items) }),
    meet: (a, b) => ({ items: meetNames(a.items, b.items) }),
  },
  fields: {
    covers: (a, b) => coversNames(a.fields, b.fields),
    unite: (a, b) => ({ fields: uniteNames(a.fields, b.fields) }),
    meet: (a, b) => ({ fields: meetNames(a.fields, b.fields) }),
  },
  granularity: {
    covers: (a, b) => a.granularity === 'raw' || b.granularity === 'kpi',
    unite: (a, b) => ({ granularity: a.granularity === 'raw' ? 'raw' : b.granularity }),
    meet: (a, b) => ({ granularity: a.granularity === 'kpi' ? 'kpi' : b.granularity }),
  },
  delay: {
    covers: (a, b) => a.delayMinutes <= b.delayMinutes,
    unite: (a, b) => ({ delayMinutes: Math.min(a.delayMinutes, b.delayMinutes) }),
    meet: (a, b) => ({ delayMinutes: Math.max(a.delayMinutes, b.delayMinutes) }),
  },
  period: {
    covers: (a, b) => a.fromMs <= b.fromMs && a.untilMs >= b.untilMs,
    unite: (a, b) =>
      Math.max(a.fromMs, b.fromMs) <= Math.min(a.untilMs, b.untilMs)
        ? { fromMs: Math.min(a.fromMs, b.fromMs), untilMs: Math.max(a.untilMs, b.untilMs) }
        : undefined,
    meet: (a, b) => ({ fromMs: Math.max(a.fromMs, b.fromMs), untilMs: Math.min(a.untilMs, b.untilMs) }),
  },
} satisfies Record<string, Dimension>
type DimensionName = keyof typeof dimensions
const dimensionNames = Object.keys(dimensions) as DimensionName[]

/** Many single agreements with one partner are common, hundreds that differ in every respect are not: as many starts are tried. */
const MAX_STARTS = 8

/**
 * Several agreements as one opening that never shows more than they do together. The union of all would: temperature by the minute of last
 * year and all values of today would make all values of last year. So openings are joined along one dimension at a time, the others being
 * at least as wide; of what can be made so, the widest is taken: raw before key figures, then more items, more fields, fresher, longer.
 */
export function mergeOpenings(openings: readonly [Opening, ...Opening[]]): Opening {
  const [first, ...more] = openings
  if (more.length === 0) return first
  const ordered = [...openings].sort(widestFirst)
  const raw = openings.filter((opening) => opening.granularity === 'raw')
  const joined = [openings, raw].flatMap((set) => [joinAlong('fields', set), joinAlong('items', set)])
  const starts = [...ordered.slice(0, MAX_STARTS), ...joined.filter((opening) => opening !== undefined)]
  const [widest = first] = starts.map((start) => widen(start, ordered)).sort(widestFirst)
  return widest
}

/** All of one dimension, of the others what every opening has; undefined when that is nothing. */
function joinAlong(along: DimensionName, openings: readonly Opening[]): Opening | undefined {
  const [first, ...more] = openings
  if (!first) return undefined
  let joined = first
  for (const opening of more) {
    const parts = dimensionNames.map((name) => dimensions[name][name === along ? 'unite' : 'meet'](joined, opening))
    joined = Object.assign({}, joined, ...parts) as Opening
  }
  return joined.items.length > 0 && joined.fields.length > 0 && joined.fromMs < joined.untilMs ? joined : undefined
}

/** Lets an opening grow along a dimension wherever another one is at least as wide in all others. */
function widen(start: Opening, openings: readonly Opening[]): Opening {
  let opening = start
  for (let grown = true; grown; ) {
    grown = false
    for (const other of openings) {
      const lacking = dimensionNames.filter((name) => !dimensions[name].covers(other, opening))
      for (const name of dimensionNames) {
        if (lacking.some((other) => other !== name) || dimensions[name].covers(opening, other)) continue
        const wider = dimensions[name].unite(opening, other)
        if (!wider) continue
        opening = { ...opening, ...wider }
        grown = true
        break
      }
    }
  }
  return opening
}

const size = (names: Names): number => (names === 'all' ? Number.POSITIVE_INFINITY : names.length)
const compare = (a: number, b: number): number => (a === b ? 0 : a > b ? -1 : 1)

function widestFirst(a: Opening, b: Opening): number {
  return (
    compare(a.granularity === 'raw' ? 1 : 0, b.granularity === 'raw' ? 1 : 0) ||
    compare(size(a.items), size(b.items)) ||
    compare(size(a.fields), size(b.fields)) ||
    compare(-a.delayMinutes, -b.delayMinutes) ||
    compare(a.untilMs - a.fromMs, b.untilMs - b.fromMs)
  )
}
