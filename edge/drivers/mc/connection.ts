import type { z } from 'zod'
import { Exchange } from '../../wire/exchange.ts'
import { openTcp } from '../../wire/open-tcp.ts'
import type { Seen } from '../../wire/seen.ts'
import type { Traffic } from '../../wire/traffic.ts'
import type { McUnit, mc } from './config.ts'
import { type Command, type Frame, frameOf, takeFrames } from './frames.ts'

export type ConnectionSettings = z.output<typeof mc.connection>

const linkReasons = {
  connectionRefused: 'mc.connectionRefused',
  connectTimeout: 'mc.connectTimeout',
  hostUnknown: 'mc.hostUnknown',
  hostUnreachable: 'mc.hostUnreachable',
  connectionLost: 'mc.connectionLost',
  garbage: 'mc.garbage',
}

/** 3E answers carry no number: there is one request at a time, and this is its name. */
const ONLY = 0

/**
 * One TCP connection. A request that is never answered ends the link, and one that was given up leaves it `owing`: nothing could be told apart after
 * it, so the driver opens another.
 */
export class McConnection {
  readonly #settings: ConnectionSettings
  readonly #exchange: Exchange<Frame>
  owing = false

  constructor(settings: ConnectionSettings, traffic?: Traffic) {
    this.#settings = settings
    this.#exchange = new Exchange({
      ...settings,
      open: openTcp(settings, linkReasons),
      traffic,
      maxInFlight: 1,
      pauseMs: 0,
      reasons: linkReasons,
      take: (data, take) => takeFrames(settings.code, data, (frame, bytes) => take(ONLY, frame, bytes)),
    })
  }

  open(signal: AbortSignal): Promise<void> {
    return this.#exchange.open(signal)
  }

  /** Rejects with `LinkLost` where no answer comes. `onSent` is called when the request has been handed to the network. */
  async request(unit: McUnit, command: Command, signal: AbortSignal, onSent?: () => void, seen?: Seen): Promise<Frame> {
    const bytes = frameOf(this.#settings.code, unit, this.#settings.requestTimeoutMs, command)
    let sent = false
    try {
      const out = () => {
        sent = true
        onSent?.()
      }
      const frame = await this.#exchange.request(ONLY, bytes, signal, out, seen)
      if (!frame) this.#exchange.lose('mc.linkSilent')
      this.#exchange.throwIfLost()
      return frame!
    } catch (error) {
      this.owing ||= sent
      throw error
    }
  }

  throwIfLost(): void {
    this.#exchange.throwIfLost()
  }

  close(): void {
    this.#exchange.close()
  }
}
