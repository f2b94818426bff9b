import {
  type DataValue,
  type HistoryData,
  HistoryReadRequest,
  type HistoryReadResult,
  ReadRawModifiedDetails,
  TimestampsToReturn,
} from 'node-opcua-client'
import type { HistoryPage, HistoryRequest } from '../driver.ts'
import type { OpcuaPlace } from './config.ts'
import { inBatches } from './in-batches.ts'
import { whileWanted } from './open-client.ts'
import type { OpcuaSession, OpcuaUnit, Resolved } from './session.ts'

/** In one answer, of a node and of all: a few hundred kB, whatever the server would give. */
const VALUES_A_NODE = 1_000
const VALUES_AN_ANSWER = 20_000
/** A server that goes on with nothing new is left. */
const EMPTY_PAGES = 10

const code = { absent: [0x8071, 0x8072, 0x800b], denied: [0x801f, 0x803a], noMorePoints: 0x804b } as const

interface Window {
  afterMs: number
  beforeMs: number
}
interface Open {
  item: Resolved
  /** Stamp of its newest value so far. */
  lastMs: number
  continuation: Buffer | undefined
}

/** ReadRaw (OPC 10000-11 §6.5.3), a request for each page; points that lack the same stretch of time are asked for together. */
export async function* readHistory(
  session: OpcuaSession,
  { unit, points }: HistoryRequest<OpcuaUnit, OpcuaPlace>,
  signal: AbortSignal,
): AsyncGenerator<HistoryPage, void> {
  for (const alike of Map.groupBy(points, ({ afterMs, beforeMs }) => `${afterMs} ${beforeMs}`).values()) {
    const [window] = alike
    if (!window) continue
    const { resolved, wrong } = await session.planFor(unit, alike, signal)
    if (wrong.length > 0) yield { samples: [], refused: wrong }
    for (const batch of inBatches(resolved, session.limits.history)) {
      const crowded = yield* readWindow(session, batch, window, signal)
      // It keeps few places to go on from: one node at a time needs one.
      for (const item of crowded) {
        const left = yield* readWindow(session, [item], window, signal)
        if (left.length > 0) yield { samples: [], refused: left.map(({ point }) => ({ point, reason: 'opcua.historyFailed' })) }
      }
    }
  }
}

/** Returns the nodes that the server could not begin with beside the others. */
async function* readWindow(
  session: OpcuaSession,
  items: readonly Resolved[],
  window: Window,
  signal: AbortSignal,
): AsyncGenerator<HistoryPage, Resolved[]> {
  const crowded: Resolved[] = []
  let open: Open[] = items.map((item) => ({ item, lastMs: window.afterMs, continuation: undefined }))
  let empty = 0
  try {
    while (open.length > 0 && empty < EMPTY_PAGES) {
      const asked = open
      const answer = await ask(session, asked, window, signal)
      if (typeof answer === 'string') {
        open = []
        yield { samples: [], refused: asked.map(({ item }) => ({ point: item.point, reason: answer })) }
        break
      }
      const page: HistoryPage = { samples: [], refused: [] }
      open = asked.filter((one, i) => {
        const result = answer[i]
        if ((result?.statusCode.value ?? 0) >>> 16 === code.noMorePoints && items.length > 1) crowded.push(one.item)
        else return takeResult(session, one, result, window, page)
        return false
      })
      empty = page.samples.length > 0 ? 0 : empty + 1
      yield page
    }
  } finally {
    await release(session, open, signal)
  }
  return crowded
}

/** True where there is more of it. */
function takeResult(session: OpcuaSession, one: Open, result: HistoryReadResult | undefined, window: Window, page: HistoryPage): boolean {
  const { point } = one.item
  const status = result?.statusCode.value ?? 0x8000_0000
  if (!result || status >>> 30 === 2) {
    page.refused.push({ point, reason: refusal(status) })
    return false
  }
  for (const value of valuesOf(result)) {
    const sample = session.sampleOf(one.item, value)
    const { sourceMs } = sample
    // Bounds that were not asked for, stamps finer than ours, what comes twice.
    if (sourceMs === undefined || sourceMs <= one.lastMs || sourceMs >= window.beforeMs) continue
    one.lastMs = sourceMs
    page.samples.push({ ...sample, sourceMs })
  }
  one.continuation = result.continuationPoint?.length > 0 ? result.continuationPoint : undefined
  return one.continuation !== undefined
}

const valuesOf = ({ historyData }: HistoryReadResult): readonly DataValue[] => (historyData as HistoryData | null)?.dataValues ?? []

function refusal(status: number): string {
  const half = status >>> 16
  if (code.absent.some((one) => one === half)) return 'opcua.historyAbsent'
  return code.denied.some((one) => one === half) ? 'opcua.historyDenied' : 'opcua.historyFailed'
}

/** A server that is slow with its history, or has none, is read all the same: no lost link, unless that is lost too. Else the reason. */
async function ask(
  session: OpcuaSession,
  open: readonly Open[],
  window: Window,
  signal: AbortSignal,
): Promise<HistoryReadResult[] | string> {
  session.throwIfLost()
  try {
    return await whileWanted(session.transact<HistoryReadResult>(request(open, window, false)), session.settings.requestTimeoutMs, signal)
  } catch (error) {
    signal.throwIfAborted()
    session.throwIfLost()
    return /BadServiceUnsupported|BadNotImplemented|BadHistoryOperationUnsupported/.test(String(error))
      ? 'opcua.historyAbsent'
      : 'opcua.historyFailed'
  }
}

const request = (open: readonly Open[], { afterMs, beforeMs }: Window, releaseContinuationPoints: boolean) =>
  new HistoryReadRequest({
    historyReadDetails: new ReadRawModifiedDetails({
      isReadModified: false,
      startTime: new Date(afterMs),
      endTime: new Date(beforeMs),
      numValuesPerNode: Math.min(VALUES_A_NODE, Math.max(10, Math.floor(VALUES_AN_ANSWER / open.length))),
      returnBounds: false,
    }),
    timestampsToReturn: TimestampsToReturn.Both,
    releaseContinuationPoints,
    nodesToRead: open.map(({ item: { node }, continuation }) => ({
      nodeId: node.nodeId as never,
      ...(node.indexRange ? { indexRange: node.indexRange } : {}),
      ...(continuation ? { continuationPoint: continuation } : {}),
    })),
  })

/** What the server keeps for us; where that fails, or nobody waits any more, it goes with the session. */
async function release(session: OpcuaSession, open: readonly Open[], signal: AbortSignal): Promise<void> {
  const kept = open.filter(({ continuation }) => continuation !== undefined)
  if (kept.length === 0 || signal.aborted || session.ending.aborted) return
  const released = session.transact(request(kept, { afterMs: 0, beforeMs: 0 }, true))
  await whileWanted(released, session.settings.requestTimeoutMs, session.ending).catch(() => undefined)
}
