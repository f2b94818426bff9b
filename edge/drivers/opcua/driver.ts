import type { Clock } from '../../clock.ts'
import {
  type Browsed,
  type CallItem,
  type CallOutcome,
  type Driver,
  type HistoryPage,
  type HistoryRequest,
  LinkLost,
  type Sample,
  type SubscribeRequest,
  type Subscriber,
  type WriteItem,
  type WriteOutcome,
} from '../driver.ts'
import type { MakeDriver } from '../protocol.ts'
import type { OpcuaConnection, OpcuaPlace, opcua } from './config.ts'
import type { OpcuaRequest, OpcuaSession, OpcuaUnit } from './session.ts'

export const makeOpcuaDriver: MakeDriver<typeof opcua> = (connection, clock, folder) => new OpcuaDriver(connection, clock, folder)

/** What stands on the library. */
async function load() {
  const [{ OpcuaSession }, { browseNode }, { callMethod }, { readHistory }, { subscribePoints }, { writeItems }] = await Promise.all([
    import('./session.ts'),
    import('./browse.ts'),
    import('./call.ts'),
    import('./history.ts'),
    import('./subscription.ts'),
    import('./write.ts'),
  ])
  return { OpcuaSession, browseNode, callMethod, readHistory, subscribePoints, writeItems }
}
type Spoken = Awaited<ReturnType<typeof load>>

/** The library is loaded with the first connection: a gateway without OPC UA does not pay for it (README). */
class OpcuaDriver implements Driver<OpcuaUnit, OpcuaPlace> {
  readonly #settings: OpcuaConnection
  readonly #clock: Clock
  readonly #folder: string
  #spoken: Spoken | undefined
  #session: OpcuaSession | undefined

  constructor(settings: OpcuaConnection, clock: Clock, folder: string) {
    this.#settings = settings
    this.#clock = clock
    this.#folder = folder
  }

  async connect(signal: AbortSignal): Promise<void> {
    await this.close()
    signal.throwIfAborted()
    this.#spoken ??= await load()
    this.#session = await this.#spoken.OpcuaSession.open(this.#settings, this.#clock, this.#folder, signal)
  }

  async read(request: OpcuaRequest, signal: AbortSignal): Promise<Sample[]> {
    return this.#opened(signal).session.read(request, signal)
  }

  async write(items: readonly WriteItem<OpcuaUnit, OpcuaPlace>[], signal: AbortSignal): Promise<WriteOutcome[]> {
    const { spoken, session } = this.#opened(signal)
    return spoken.writeItems(session, items, signal)
  }

  async call(item: CallItem<OpcuaUnit, OpcuaPlace>, signal: AbortSignal): Promise<CallOutcome> {
    const { spoken, session } = this.#opened(signal)
    return spoken.callMethod(session, item, signal)
  }

  async subscribe(request: SubscribeRequest<OpcuaUnit, OpcuaPlace>, subscriber: Subscriber, signal: AbortSignal): Promise<number[]> {
    const { spoken, session } = this.#opened(signal)
    return spoken.subscribePoints(session, request, subscriber, signal)
  }

  async browse(at: string | null, cursor: string | undefined, signal: AbortSignal): Promise<Browsed<OpcuaPlace>> {
    const { spoken, session } = this.#opened(signal)
    return spoken.browseNode(session, at, cursor, signal)
  }

  async *history(request: HistoryRequest<OpcuaUnit, OpcuaPlace>, signal: AbortSignal): AsyncGenerator<HistoryPage, void> {
    const { spoken, session } = this.#opened(signal)
    yield* spoken.readHistory(session, request, signal)
  }

  async close(): Promise<void> {
    this.#session?.close()
    this.#session = undefined
  }

  #opened(signal: AbortSignal): { spoken: Spoken; session: OpcuaSession } {
    signal.throwIfAborted()
    const [spoken, session] = [this.#spoken, this.#session]
    if (!spoken || !session) throw new LinkLost('opcua.connectionLost')
    session.throwIfLost()
    return { spoken, session }
  }
}
