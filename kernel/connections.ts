import type { Context } from './context.ts'

/**
 * Tells on which days an organisation was connected in one way: values of its devices, writes of its own systems, people at work on its
 * pages. A module declares it; asked in the organisation's own name, days are those of China's calendar.
 */
export interface ConnectionSource {
  way: 'device' | 'system' | 'portal'
  /** Days of [from, until] on which something valid came, ascending. */
  days(ctx: Context, from: string, until: string): Promise<string[]>
  /** The first such day ever. */
  firstDay(ctx: Context): Promise<string | null>
}

/** The organisation's own working days of [from, until]; undefined where it keeps no calendar. */
export type Workdays = (ctx: Context, from: string, until: string) => Promise<string[] | undefined>
