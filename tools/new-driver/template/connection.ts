import type { z } from 'zod'
import { Exchange } from '#edge/wire/exchange.ts'
import { openTcp } from '#edge/wire/open-tcp.ts'
import type { Seen } from '#edge/wire/seen.ts'
import type { Traffic } from '#edge/wire/traffic.ts'
import type { exampleProtocol } from './config.ts'

export type ConnectionSettings = z.output<typeof exampleProtocol.connection>

const reasons = {
  connectionRefused: 'example-protocol.connectionRefused',
  connectTimeout: 'example-protocol.connectTimeout',
  hostUnknown: 'example-protocol.hostUnknown',
  hostUnreachable: 'example-protocol.hostUnreachable',
  connectionLost: 'example-protocol.connectionLost',
  garbage: 'example-protocol.garbage',
}

const LONGEST_LINE = 1_000
const MAX_IN_FLIGHT = 8

/** One TCP connection. Every answer finds its request by its number: `7 1.5` answers `7 1 D1`. */
export class ExampleProtocolConnection {
  readonly #exchange: Exchange<string>
  #last = 0

  constructor(settings: ConnectionSettings, traffic: Traffic) {
    const open = openTcp(settings, reasons)
    this.#exchange = new Exchange({ ...settings, open, traffic, maxInFlight: MAX_IN_FLIGHT, pauseMs: 0, reasons, take: takeLines })
  }

  open(signal: AbortSignal): Promise<void> {
    return this.#exchange.open(signal)
  }

  /** Undefined when no answer came in time. `onSent` is called when the request has been handed to the network. */
  request(text: string, signal: AbortSignal, onSent?: () => void, seen?: Seen): Promise<string | undefined> {
    const id = ++this.#last
    return this.#exchange.request(id, Buffer.from(`${id} ${text}\n`), signal, onSent, seen)
  }

  close(): void {
    this.#exchange.close()
  }
}

function takeLines(data: Buffer, take: (id: number, text: string, bytes: Buffer) => void): number | undefined {
  let at = 0
  for (let end = data.indexOf('\n'); end !== -1; end = data.indexOf('\n', at)) {
    const [, id, text = ''] = /^(\d+) (.*)$/.exec(data.toString('utf8', at, end)) ?? []
    if (id !== undefined) take(Number(id), text, data.subarray(at, end + 1))
    at = end + 1
  }
  return data.length - at > LONGEST_LINE ? undefined : at
}
