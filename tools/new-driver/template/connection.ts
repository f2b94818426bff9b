import { connect, type Socket } from 'node:net'
import type { z } from 'zod'
import { LinkLost } from '#edge/drivers/driver.ts'
import type { exampleProtocol } from './config.ts'

export type ConnectionSettings = z.output<typeof exampleProtocol.connection>

interface Waiting {
  settle(line: string): void
  fail(error: unknown): void
}

const LONGEST_LINE = 1_000

/** One TCP connection: the only I/O of the driver. Every wait has a time-out, every answer finds its request by its number. */
export class ExampleProtocolConnection {
  readonly #settings: ConnectionSettings
  #socket: Socket | undefined
  #lost: LinkLost | undefined
  #rest = ''
  #last = 0
  readonly #waiting = new Map<number, Waiting>()

  constructor(settings: ConnectionSettings) {
    this.#settings = settings
  }

  open(signal: AbortSignal): Promise<void> {
    const { host, port, connectTimeoutMs } = this.#settings
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason)
      const socket = connect({ host, port, noDelay: true, keepAlive: true })
      this.#socket = socket
      const settled = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', stop)
      }
      const fail = (error: unknown) => {
        settled()
        socket.destroy()
        reject(error)
      }
      const stop = () => fail(signal.reason)
      const timer = setTimeout(() => fail(new LinkLost('example-protocol.connectTimeout')), connectTimeoutMs)
      signal.addEventListener('abort', stop, { once: true })
      socket.on('error', (error) => {
        const refused = (error as NodeJS.ErrnoException).code === 'ECONNREFUSED'
        this.#lose(refused ? 'example-protocol.connectionRefused' : 'example-protocol.connectionLost', error)
        fail(this.#lost)
      })
      socket.on('close', () => {
        this.#lose('example-protocol.connectionLost')
        fail(this.#lost)
      })
      socket.on('data', (chunk) => this.#receive(String(chunk)))
      socket.once('connect', () => {
        settled()
        resolve()
      })
    })
  }

  /** Undefined when no answer came in time. `onSent` is called when the request has been handed to the network. */
  request(text: string, signal: AbortSignal, onSent?: () => void): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason)
      if (this.#lost) return reject(this.#lost)
      const id = ++this.#last
      const done = () => {
        this.#waiting.delete(id)
        clearTimeout(timer)
        signal.removeEventListener('abort', stop)
      }
      const settle = (answer: string | undefined) => {
        done()
        resolve(answer)
      }
      const fail = (error: unknown) => {
        done()
        reject(error)
      }
      const stop = () => fail(signal.reason)
      const timer = setTimeout(() => settle(undefined), this.#settings.requestTimeoutMs)
      signal.addEventListener('abort', stop, { once: true })
      this.#waiting.set(id, { settle, fail })
      this.#socket?.write(`${id} ${text}\n`)
      onSent?.()
    })
  }

  close(): void {
    this.#lose('example-protocol.connectionLost')
  }

  #receive(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    if (this.#rest.length > LONGEST_LINE) this.#lose('example-protocol.garbage')
    for (const line of lines) this.#answer(line)
  }

  /** The answer to a request that was given up comes late and is nobody's. */
  #answer(line: string): void {
    const [, id, text = ''] = /^(\d+) (.*)$/.exec(line) ?? []
    this.#waiting.get(Number(id))?.settle(text)
  }

  #lose(reason: string, cause?: unknown): void {
    if (this.#lost) return
    this.#lost = new LinkLost(reason, cause)
    this.#socket?.destroy()
    for (const { fail } of [...this.#waiting.values()]) fail(this.#lost)
  }
}
