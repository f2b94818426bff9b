import type { Certificate, Connection, ConnectionWay, PartnerState } from '../contract.ts'

export const DEFAULT_MIN_DAYS = 15
const WINDOW_DAYS = 30
const DAY_MS = 86_400_000

const daysFrom = (day: string, days: number): string => new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)

/** The last 30 whole days, both ends included: today is not over. */
export const windowBefore = (today: string) => ({ from: daysFrom(today, -WINDOW_DAYS), until: daysFrom(today, -1) })

export const daysBetween = (from: string, until: string): string[] => {
  const days: string[] = []
  for (let day = from; day <= until; day = daysFrom(day, 1)) days.push(day)
  return days
}

const SATURDAY = 6
/** Monday to Friday, where the supplier's plant has no calendar of its own. */
export const fiveDayWeek = (from: string, until: string): string[] =>
  daysBetween(from, until).filter((day) => new Date(`${day}T00:00:00Z`).getUTCDay() % SATURDAY !== 0)

export interface CountedDays {
  way: ConnectionWay
  firstDay: string | null
  days: readonly string[]
  workdays: readonly string[]
}

/** Where a long holiday leaves fewer working days than the rule asks, all of them: no holiday empties the count, nor does a plant at rest fill it. */
export const neededDays = (minDays: number, workdays: number): number => Math.max(1, Math.min(minDays, workdays))

export function connectionOf({ way, firstDay, days, workdays }: CountedDays, minDays: number): Connection {
  const own = new Set(workdays)
  const validDays = new Set(days.filter((day) => own.has(day))).size
  const needed = neededDays(minDays, own.size)
  return { way, firstDay, validDays, neededDays: needed, enough: firstDay !== null && validDays >= needed }
}

interface Standing {
  state: PartnerState
  contractNo: string | null
  contractFrom: string | null
  contractUntil: string | null
}

export const contractInForce = ({ contractNo, contractFrom, contractUntil }: Omit<Standing, 'state'>, today: string): boolean =>
  Boolean(contractNo) && (contractFrom === null || contractFrom <= today) && (contractUntil === null || contractUntil >= today)

/** An enterprise counts once, however many ways it is connected by. */
export const isCounted = (standing: Standing, connections: readonly Connection[], today: string): boolean =>
  standing.state === 'admitted' && contractInForce(standing, today) && connections.some((one) => one.enough)

const WARNINGS = [
  [7, 'within7'],
  [30, 'within30'],
  [60, 'within60'],
] as const

export function validityOf(validUntil: string | null, today: string): Pick<Certificate, 'validity' | 'daysLeft'> {
  if (validUntil === null) return { validity: 'unlimited', daysLeft: null }
  const daysLeft = Math.round((Date.parse(`${validUntil}T00:00:00Z`) - Date.parse(`${today}T00:00:00Z`)) / DAY_MS)
  if (daysLeft < 0) return { validity: 'over', daysLeft }
  return { validity: WARNINGS.find(([days]) => daysLeft <= days)?.[1] ?? 'valid', daysLeft }
}

export type CertificateWarning = (typeof WARNING_DAYS)[number]
const WARNING_DAYS = [-1, 7, 30, 60] as const
/** Which of its warnings a certificate has come to; -1: it has ended. */
export const toldDaysOf = (daysLeft: number): CertificateWarning | undefined => WARNING_DAYS.find((days) => daysLeft <= days)

export interface OnboardingFacts {
  connections: readonly Connection[]
  certificates: readonly Pick<Certificate, 'validity'>[]
  contract: boolean
}

/** Each step is read from facts, none is ticked by hand. */
export function checklistOf({ connections, certificates, contract }: OnboardingFacts) {
  const first = (...ways: ConnectionWay[]) => connections.some((one) => ways.includes(one.way) && one.firstDay !== null)
  return [
    { step: 'signedIn' as const, done: first('portal') },
    { step: 'certificate' as const, done: certificates.some((one) => one.validity !== 'over') },
    { step: 'contract' as const, done: contract },
    { step: 'firstData' as const, done: first('device', 'system') },
    { step: 'enoughDays' as const, done: connections.some((one) => one.enough) },
  ]
}
