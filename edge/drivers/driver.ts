import type { QualityName } from '#values/quality.ts'
import type { Traffic, WireFrame } from '../wire/traffic.ts'
import { plainText } from './plain-text.ts'

/** One thing to read: the gateway's number for it and where it lies, already parsed by the protocol's `point` schema. */
export interface Point<Place = unknown> {
  id: number
  place: Place
}

/**
 * What was read of one point. A point that fails is a sample of bad quality with a reason, never a throw. Values are raw, in the point's
 * data type: the gateway scales. `bigint` travels as a decimal string.
 */
export interface Sample {
  point: number
  value: number | bigint | boolean | string | null
  quality: QualityName
  /** Why the quality is not good, a code with words in the folder's zh.json and en.json: `modbus.illegalAddress`. */
  reason?: string
  /** By what the reason can be checked. */
  shown?: Shown
  /** The source's own stamp, where the protocol has one. */
  sourceMs?: number
  receivedMs: number
}

/** What showed that a value is not good: the device's own number for it, and the request with its answer as they went over the wire. */
export interface Shown {
  /** `name`: words of the folder whose gap `{{code}}` the number fills: `modbus.exception` and `2`. */
  code?: { name: string; value: string }
  /** Request and answer, or the silence after it; none where the protocol's library keeps its wire to itself. */
  frames: readonly WireFrame[]
}

export interface ReadRequest<Unit = unknown, Place = unknown> {
  unit: Unit
  points: readonly Point<Place>[]
}

export interface WriteItem<Unit = unknown, Place = unknown> {
  unit: Unit
  point: Point<Place>
  /** Raw, in the point's data type. */
  value: number | bigint | boolean | string
}

/** `unknown`: the request went out and no answer came, so the machine may have taken it or not; it is never sent again by itself. */
export type WriteOutcome =
  /** `note`: done in a way that somebody should know of, a code with words as a reason has (`modbus.readModifyWrite`). */
  { kind: 'done'; readBack: Sample['value']; note?: string } | { kind: 'refused'; reason: string } | { kind: 'unknown'; reason: string }

/** A method of the device; the arguments in the method's own order. */
export interface CallItem<Unit = unknown, Place = unknown> {
  unit: Unit
  place: Place
  arguments: readonly WriteItem['value'][]
}

/** As of a write. `details` fill the gaps of the reason's words; a result that is no single value is null. */
export type CallOutcome =
  | { kind: 'done'; results: Sample['value'][] }
  | { kind: 'refused' | 'unknown'; reason: string; details?: Record<string, string> }

/** Points whose values the device shall send by itself, looked at each `periodMs`. */
export interface SubscribeRequest<Unit = unknown, Place = unknown> extends ReadRequest<Unit, Place> {
  periodMs: number
}

/** Where what the device sends goes. */
export interface Subscriber {
  /** The first ones are the values as they stand. A sample that came whole has the reason of a loss before it (`opcua.queueOverflow`). */
  take(samples: Sample[]): void
  /** The link is gone while nobody asks for anything. */
  lost(error: LinkLost): void
}

/** What the device kept of each point between two stamps, both left out: their values have arrived. */
export interface HistoryRequest<Unit = unknown, Place = unknown> {
  unit: Unit
  points: readonly (Point<Place> & { afterMs: number; beforeMs: number })[]
}

/** Of each point the oldest first, each with its stamp. `refused`: of these points there is no more to come, and why: `opcua.historyAbsent`. */
export interface HistoryPage {
  samples: (Sample & { sourceMs: number })[]
  refused: { point: number; reason: string }[]
}

export interface BrowsedNode<Place = unknown> {
  /** By which its children are asked for. */
  at: string
  name: string
  /** Null for a folder. */
  place: Place | null
  dataType?: string
  /** Why it cannot be a point though it holds a value: `opcua.arrayNotRead`. */
  reason?: string
  hasChildren: boolean
  /** Its name among its siblings, by which a path leads to it from any node above: `nsu=http://opcfoundation.org/UA/DI/;Identification`. */
  step?: string
  /** The name of its type: `nsu=http://opcfoundation.org/UA/MachineTool/;MachineToolType`. */
  type?: string
  writable?: boolean
  /** The unit that it tells of the node above. */
  unit?: string
  /** It is no value but can be called, its `place` too, with these arguments; undefined ones it did not tell. */
  method?: { inputs?: BrowsedArgument[] }
}

export interface BrowsedArgument {
  name: string
  /** Absent where it is no single value of a built-in type. */
  dataType?: string
  description?: string
}

/** A page of a directory, or why the device does not show it though its link is whole: `opcua.accessDenied`. */
export type Browsed<Place = unknown> = { nodes: BrowsedNode<Place>[]; cursor?: string } | { refused: string }

/**
 * One connection to one physical link. It reports and never decides: scheduling, retries, breakers, dead-band, scaling, buffering are the
 * gateway's. A lost connection rejects the call that notices it with a `LinkLost`; the gateway then closes and connects again. A write that
 * notices it says for each item what is known. The same array of points, given again, is planned once.
 */
export interface Driver<Unit = unknown, Place = unknown> {
  /** The constructor does no I/O: a wrong setting is not a dead PLC. */
  connect(signal: AbortSignal): Promise<void>
  /** In the fewest legal requests; one sample for each point, in any order. */
  read(request: ReadRequest<Unit, Place>, signal: AbortSignal): Promise<Sample[]>
  write?(items: readonly WriteItem<Unit, Place>[], signal: AbortSignal): Promise<WriteOutcome[]>
  /** Once; nothing is thrown of what was sent. */
  call?(item: CallItem<Unit, Place>, signal: AbortSignal): Promise<CallOutcome>
  /** Until `signal` ends it or the link is gone. Returns the points that the device does not send: they are to be read. */
  subscribe?(request: SubscribeRequest<Unit, Place>, subscriber: Subscriber, signal: AbortSignal): Promise<number[]>
  /** Children of a node, null for the root; `cursor` goes on where the last answer ended. */
  browse?(at: string | null, cursor: string | undefined, signal: AbortSignal): Promise<Browsed<Place>>
  /** A request for each page, so that others have their turn between two; whoever stops early says so by `return`. */
  history?(request: HistoryRequest<Unit, Place>, signal: AbortSignal): AsyncGenerator<HistoryPage, void>
  /** What goes over its wire; absent where a library keeps that to itself. */
  readonly traffic?: Traffic
  /** Safe to call twice. */
  close(): Promise<void>
}

/** As the platform takes it (ReasonDetails). */
const DETAIL_LENGTH = 500

/** The link itself is gone (refused, reset, silent), as opposed to one unit that does not answer. `reason`: `modbus.connectionRefused`. */
export class LinkLost extends Error {
  readonly reason: string
  /** Fill the gaps of the reason's words: a certificate's thumbprint. Some are what the other side wrote. */
  readonly details: Readonly<Record<string, string>>
  constructor(reason: string, cause?: unknown, details: Record<string, string> = {}) {
    super(reason, { cause })
    this.reason = reason
    this.details = Object.fromEntries(Object.entries(details).map(([name, text]) => [name, plainText(text, DETAIL_LENGTH)]))
  }
}
