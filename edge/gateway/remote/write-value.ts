import type { Settings, WriteCommand, WriteResult } from '#modules/shopfloor/gateways/contract.ts'
import type { Clock } from '../../clock.ts'
import { type CallOutcome, type Driver, LinkLost, type Sample, type WriteItem, type WriteOutcome } from '../../drivers/driver.ts'
import { protocols } from '../../drivers/protocols.ts'
import type { Link } from '../link/link.ts'
import type { WireValue } from '../rules/report-rules.ts'
import { makeScaling, scaled } from '../rules/scaling.ts'
import { differs, givenBack, holds, rawOf } from '../rules/write-rules.ts'
import type { PlatformTime } from './platform-time.ts'
import type { WriteJournal } from './write-journal.ts'

export interface WriteParts {
  links: ReadonlyMap<string, Link>
  journal: WriteJournal
  time: PlatformTime
  clock: Clock
}

/** A driver has time-outs of its own; this one is for what it forgot. */
const WRITE_MS = 30_000

type Refusal = { reason: string; details?: Record<string, string> }
/** Nothing was sent. */
class Refused extends Error {
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super(refusal.reason)
    this.refusal = refusal
  }
}

/**
 * Writes one value in the link's turn, ahead of all reading: reads what stands there and what must hold, notes that it is about to send, sends
 * once, notes what came of it. `stopping` keeps it from beginning; what has begun goes on to its outcome.
 */
export async function writeValue(command: WriteCommand, parts: WriteParts, stopping: AbortSignal): Promise<WriteResult> {
  const { links, clock } = parts
  const known: { before: WriteResult['before'] } = { before: null }
  const refused = ({ reason, details }: Refusal): WriteResult => ({
    outcome: 'refused',
    reason,
    ...(details && Object.keys(details).length > 0 ? { details } : {}),
    before: known.before,
    atMs: clock.nowMs(),
  })
  try {
    const link = links.get(command.linkId)
    if (!link) return refused({ reason: 'gateways.linkFailed' })
    const work = (driver: Driver) =>
      writeInTurn(driver, command, parts, known).catch((error: unknown) => {
        // The link is as good as before.
        if (error instanceof Refused) return refused(error.refusal)
        throw error
      })
    return await link.write(work, stopping)
  } catch (error) {
    // Of what was sent nothing is thrown: whatever arrives here was not.
    if (error instanceof LinkLost) return refused({ reason: error.reason, details: { ...error.details } })
    return refused({ reason: 'gateways.linkFailed' })
  }
}

async function writeInTurn(
  driver: Driver,
  command: WriteCommand,
  { journal, time, clock }: WriteParts,
  known: { before: WriteResult['before'] },
): Promise<WriteResult> {
  const { call } = command
  if (!(call ? driver.call : driver.write)) throw new Refused({ reason: 'gateways.cannotWrite' })
  const inTime = () => {
    const nowMs = time.latestMs()
    if (nowMs === undefined) throw new Refused({ reason: 'gateways.clockUnknown' })
    if (nowMs > command.expiresAtMs) throw new Refused({ reason: 'gateways.commandLate' })
  }
  inTime()
  const signal = AbortSignal.timeout(WRITE_MS)
  const { unit, places } = placesOf(command)
  // A method has no value that could be read before.
  const points = places.map((place, id) => ({ id, place })).slice(call ? 1 : 0)
  const read = points.length === 0 ? [] : await driver.read({ unit, points }, signal)
  const samples = new Map(read.map((sample) => [sample.point, sample]))
  const now = call ? undefined : goodOf(command.point, samples.get(0))
  known.before = now?.value ?? null
  for (const [i, condition] of command.interlocks.entries()) {
    const { value } = goodOf(condition, samples.get(i + 1))
    if (!holds(value, condition.is, condition.than))
      throw new Refused({ reason: 'gateways.interlocked', details: { point: condition.name, value: String(value) } })
  }
  const sent = now && rawOf(command.value, makeScaling(command.point.scale, command.point.offset), now.raw)
  if (sent?.kind === 'refused') throw new Refused({ reason: sent.reason })
  await journal.about(command.id, known.before).catch(() => {
    throw new Refused({ reason: 'gateways.journalFailed' })
  })
  // The disk may have been slow.
  inTime()
  if (call) return callResult(await callOnce(driver, { unit, place: places[0], arguments: call.arguments }, signal), clock.nowMs())
  const item: WriteItem = { unit, point: { id: 0, place: places[0] }, value: (sent as { value: WriteItem['value'] }).value }
  return resultOf(command, await writeOnce(driver, item, signal), known.before, clock.nowMs())
}

async function callOnce(driver: Driver, item: Parameters<NonNullable<Driver['call']>>[0], signal: AbortSignal): Promise<CallOutcome> {
  const nobodyKnows: CallOutcome = { kind: 'unknown', reason: 'gateways.linkFailed' }
  try {
    return (await driver.call?.(item, signal)) ?? nobodyKnows
  } catch (error) {
    return error instanceof LinkLost ? { kind: 'unknown', reason: error.reason } : nobodyKnows
  }
}

function callResult(outcome: CallOutcome, atMs: number): WriteResult {
  if (outcome.kind === 'done') return { outcome: 'done', before: null, readBack: givenBack(outcome.results), differs: false, atMs }
  const { kind, reason, details } = outcome
  return { outcome: kind, reason, ...(details && { details }), before: null, atMs }
}

async function writeOnce(driver: Driver, item: WriteItem, signal: AbortSignal): Promise<WriteOutcome> {
  const nobodyKnows: WriteOutcome = { kind: 'unknown', reason: 'gateways.linkFailed' }
  try {
    return (await driver.write?.([item], signal))?.[0] ?? nobodyKnows
  } catch (error) {
    return error instanceof LinkLost ? { kind: 'unknown', reason: error.reason } : nobodyKnows
  }
}

function resultOf(command: WriteCommand, outcome: WriteOutcome, before: WriteResult['before'], atMs: number): WriteResult {
  if (outcome.kind !== 'done') return { outcome: outcome.kind, reason: outcome.reason, before, atMs }
  const readBack = outcome.readBack === null ? null : engineering(command.point, outcome.readBack)
  return {
    outcome: 'done',
    before,
    readBack,
    differs: differs(command.value, readBack),
    ...(outcome.note === undefined ? {} : { note: outcome.note }),
    atMs,
  }
}

type ReadPoint = WriteCommand['point']

function placesOf({ protocol, unit, point, interlocks }: WriteCommand): { unit: Settings; places: Settings[] } {
  const { unit: unitSchema, place: placeSchema } = protocols[protocol] ?? {}
  const parsedUnit = unitSchema?.safeParse(unit)
  const places = [point, ...interlocks].map(({ place }) => placeSchema?.safeParse(place))
  if (!parsedUnit?.success || !places.every((place) => place?.success)) throw new Refused({ reason: 'gateways.settingsWrong' })
  return { unit: parsedUnit.data as Settings, places: places.map((place) => place?.data as Settings) }
}

/** What stands there now, good and read this moment. */
function goodOf(point: ReadPoint, sample: Sample | undefined): { raw: NonNullable<Sample['value']>; value: WireValue } {
  if (sample?.value === undefined || sample.value === null || sample.quality !== 'good') {
    const why = sample?.reason
    throw new Refused({ reason: 'gateways.notReadBefore', details: { point: point.name, ...(why ? { why } : {}) } })
  }
  return { raw: sample.value, value: engineering(point, sample.value) }
}

const engineering = ({ valueType, scale, offset }: ReadPoint, raw: NonNullable<Sample['value']>): WireValue =>
  valueType === 'boolean' && typeof raw === 'number' ? raw !== 0 : scaled(raw, makeScaling(scale, offset))
