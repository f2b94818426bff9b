const HOUR_MS = 3_600_000
const hours = { day: 24, week: 7 * 24, month: 30 * 24 } as const
export type Span = keyof typeof hours
export const spans = Object.keys(hours) as Span[]

/** The instant so long before `nowMs`. */
export const since = (span: Span, nowMs: number): string => new Date(nowMs - hours[span] * HOUR_MS).toISOString()
