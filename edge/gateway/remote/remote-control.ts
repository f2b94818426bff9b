import { setTimeout as sleep } from 'node:timers/promises'
import {
  type CommandAnswer,
  gatewaysApi,
  type WireCommand,
  type WireConfig,
  type WriteCommand,
} from '#modules/shopfloor/gateways/contract.ts'
import type { EventLog } from '../event-log.ts'
import { mustNotFail } from '../must-not-fail.ts'
import { backOffMs } from '../rules/back-off.ts'
import { LONG_POLL_MS, Refused, type WireClient } from '../wire-client.ts'

export interface RemoteParts {
  wire: WireClient
  log: EventLog
  /** Of the configuration that runs; -1 before the first. */
  revision(): number
  apply(config: WireConfig): Promise<void>
  execute(command: Question, signal: AbortSignal): Promise<CommandAnswer>
  /** Never fails: what came of it is told apart, until the platform has heard it. */
  write(command: WriteCommand, signal: AbortSignal): Promise<void>
}

export type Question = Exclude<WireCommand, WriteCommand>

const BACK_OFF = { firstMs: 1_000, longestMs: 30_000 }
const COMMANDS_AT_ONCE = 8

/** Asks the platform for configuration and commands, for ever; without it everything goes on as it was. */
export class RemoteControl {
  readonly #parts: RemoteParts
  readonly #stopping = new AbortController()
  readonly #running: Promise<void>
  readonly #executing = new Map<string, Promise<void>>()
  #told = ''

  constructor(parts: RemoteParts) {
    this.#parts = parts
    this.#running = mustNotFail(this.#run())
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
    await Promise.all(this.#executing.values())
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    // What runs may be of another time: it is fetched once whatever its revision.
    let fetched = false
    for (let failures = 0; !signal.aborted; ) {
      try {
        if (!fetched) await this.#fetch()
        fetched = true
        const { revision, commands } = await this.#parts.wire.call(gatewaysApi.wireNext, {
          query: { revision: this.#parts.revision() },
          timeoutMs: LONG_POLL_MS,
          signal,
        })
        failures = 0
        this.#told = ''
        for (const command of commands) this.#start(command)
        if (revision !== this.#parts.revision()) await this.#fetch()
        // Commands under way are handed out again until they are answered: no hot loop over them.
        else if (commands.length > 0) await sleep(100, undefined, { signal })
      } catch (error) {
        if (signal.aborted) return
        this.#tell(error)
        await sleep(backOffMs(BACK_OFF, ++failures, Math.random), undefined, { signal }).catch(() => undefined)
      }
    }
  }

  async #fetch(): Promise<void> {
    const config = await this.#parts.wire.call(gatewaysApi.wireConfig, { signal: this.#stopping.signal })
    await this.#parts.apply(config)
  }

  #start(command: WireCommand): void {
    if (this.#executing.has(command.id)) return
    // A write is handed out once: it is never left lying. The platform has one open per point at most.
    if (command.kind !== 'write' && this.#executing.size >= COMMANDS_AT_ONCE) return
    const { signal } = this.#stopping
    const work = (command.kind === 'write' ? this.#parts.write(command, signal) : this.#answer(command))
      .catch((error) => {
        if (!this.#stopping.signal.aborted) this.#tell(error)
      })
      .finally(() => this.#executing.delete(command.id))
    this.#executing.set(command.id, work)
  }

  async #answer(command: Question): Promise<void> {
    const { signal } = this.#stopping
    const body = await this.#parts.execute(command, signal)
    await this.#parts.wire.call(gatewaysApi.wireAnswer, { params: { id: command.id }, body, signal })
  }

  /** The same failure is told once. */
  #tell(error: unknown): void {
    const code = error instanceof Refused && error.status < 500 ? error.code : 'gateways.platformUnreachable'
    if (code === this.#told) return
    this.#told = code
    this.#parts.log.add('warning', code === '' ? 'gateways.platformUnreachable' : code, { error: String(error).slice(0, 300) })
  }
}
