import { setTimeout as sleep } from 'node:timers/promises'
import type { WireLink } from '#modules/shopfloor/gateways/contract.ts'
import { type Driver, type HistoryPage, LinkLost } from '../../drivers/driver.ts'
import type { EventLog } from '../event-log.ts'
import type { LinkPlan, PlannedPoint, ScanGroup } from './link-plan.ts'
import { reportHistory, type Sink } from './report.ts'

export interface GapParts {
  plan: LinkPlan
  sink: Sink
  log: EventLog
  link: WireLink
  /** One page in its turn, behind all reading. Errors: LinkLost. */
  inTurn<T>(work: (driver: Driver) => Promise<T>): Promise<T>
  /** Of the connection. */
  signal: AbortSignal
}

/** Of one group's gaps in one go; what is beyond is given up, and said. */
const MOST_VALUES = 2_000_000
/** Asked of the device, whatever it could give: it has its own work, and the backlog leaves no faster. */
const VALUES_PER_SECOND = 5_000

export const hasGaps = ({ units }: LinkPlan): boolean => units.some(({ groups }) => groups.some(({ points }) => points.some(isLacking)))
const isLacking = ({ heard }: PlannedPoint): boolean => heard.gaps.length > 0

/** Asks the device for what it kept while nobody listened. What was filled is filled for good, also where the connection breaks under it. */
export async function fillGaps(parts: GapParts): Promise<void> {
  for (const { groups } of parts.plan.units)
    for (const group of groups) while (!parts.signal.aborted && group.points.some(isLacking)) await fillGroup(parts, group)
}

/** The oldest gap of each of its points. */
async function fillGroup(parts: GapParts, group: ScanGroup): Promise<void> {
  const { sink, log, link, inTurn, signal } = parts
  const lacking = group.points.filter(isLacking)
  const gaps = new Map(lacking.flatMap(({ id, heard }) => (heard.gaps[0] ? [[id, heard.gaps[0]] as const] : [])))
  const points = group.request.points.flatMap((point) => {
    const gap = gaps.get(point.id)
    return gap ? [{ ...point, ...gap }] : []
  })
  let pages: AsyncGenerator<HistoryPage, void> | undefined
  let values = 0
  let refusal: string | undefined
  for (;;) {
    const page = await inTurn(async (driver) => {
      pages ??= driver.history?.({ unit: group.request.unit, points }, signal)
      return nextOf(pages, signal, (error) => log.add('error', 'gateways.linkFailed', { error: String(error) }, { link: link.id }))
    })
    if (!page) break
    values += page.samples.length
    reportHistory(group, page.samples, sink)
    for (const { point, sourceMs } of page.samples) {
      const gap = gaps.get(point)
      if (gap) gap.afterMs = sourceMs
    }
    refusal ??= page.refused[0]?.reason
    if (values >= MOST_VALUES) {
      log.add('warning', 'gateways.historyCut', { link: link.name, values }, { link: link.id, device: group.unit.code })
      await inTurn(async () => pages?.return())
      break
    }
    await sleep((page.samples.length / VALUES_PER_SECOND) * 1_000, undefined, { signal }).catch(() => undefined)
  }
  for (const { id, heard } of lacking) heard.gaps = heard.gaps.filter((gap) => gap !== gaps.get(id))
  const about = { link: link.id, device: group.unit.code }
  if (values > 0) log.add('info', 'gateways.historyFilled', { device: group.unit.code, values }, about)
  if (refusal !== undefined && !group.historyRefused.has(refusal)) {
    group.historyRefused.add(refusal)
    log.add('info', refusal, { device: group.unit.code }, about)
  }
}

/** A driver’s own fault ends the history and not the link: else it would end each next one too. Errors: LinkLost. */
async function nextOf(
  pages: AsyncGenerator<HistoryPage, void> | undefined,
  signal: AbortSignal,
  failed: (error: unknown) => void,
): Promise<HistoryPage | undefined> {
  try {
    return (await pages?.next())?.value ?? undefined
  } catch (error) {
    if (error instanceof LinkLost || signal.aborted) throw error
    failed(error)
    return undefined
  }
}
