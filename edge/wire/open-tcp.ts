import { connect } from 'node:net'
import { LinkLost } from '../drivers/driver.ts'
import type { Opener } from './exchange.ts'

/** As a protocol's schema has them, which refuses a link without its host. */
interface TcpSettings {
  host?: string | undefined
  port?: number | undefined
  connectTimeoutMs: number
}

type TcpReason = 'connectionRefused' | 'connectTimeout' | 'hostUnknown' | 'hostUnreachable' | 'connectionLost'

const KEEP_ALIVE_MS = 10_000

/** `reasons`: the protocol’s own codes, each with words: `modbus.connectionRefused`. */
export const openTcp =
  ({ host, port, connectTimeoutMs }: TcpSettings, reasons: Record<TcpReason, string>): Opener =>
  (signal) =>
    new Promise((resolve, reject) => {
      // Without a host Node would take this machine itself.
      if (host === undefined || port === undefined) return reject(new LinkLost(reasons.hostUnknown))
      const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS })
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
      const timer = setTimeout(() => fail(new LinkLost(reasons.connectTimeout)), connectTimeoutMs)
      signal.addEventListener('abort', stop, { once: true })
      socket.on('error', (error: NodeJS.ErrnoException) =>
        fail(new LinkLost(reasons[reasonOf[error.code ?? ''] ?? 'connectionLost'], error)),
      )
      socket.once('connect', () => {
        settled()
        resolve(socket)
      })
    })

const reasonOf: Record<string, TcpReason> = {
  ECONNREFUSED: 'connectionRefused',
  ETIMEDOUT: 'connectTimeout',
  ENOTFOUND: 'hostUnknown',
  EAI_AGAIN: 'hostUnknown',
  EHOSTUNREACH: 'hostUnreachable',
  ENETUNREACH: 'hostUnreachable',
}
