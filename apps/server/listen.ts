import { once } from 'node:events'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { ServedCertificate } from '#kernel/certificate.ts'
import { httpLimits } from './http-limits.ts'

/** HTTPS beside the plain port, over the same routes. */
export interface Secure {
  certificate: ServedCertificate
  host: string
  port: number
}

export interface Listening {
  facts: { httpPort: number; httpsPort?: number }
  stop(): Promise<void>
}

export async function listen(app: FastifyInstance, at: { host: string; port: number }, secure: Secure | undefined): Promise<Listening> {
  await app.listen(at)
  const httpPort = (app.server.address() as AddressInfo).port
  if (!secure) return { facts: { httpPort }, stop: () => app.close() }
  const { certificate } = secure
  const server = createHttpsServer({ ...certificate.options, ...httpLimits }, (request, response) => app.routing(request, response))
  server.keepAliveTimeout = app.server.keepAliveTimeout
  server.maxConnections = app.server.maxConnections
  certificate.follow(server)
  server.listen(secure.port, secure.host)
  await once(server, 'listening').catch(async (error: Error) => {
    await app.close()
    throw error
  })
  return {
    facts: { httpPort, httpsPort: (server.address() as AddressInfo).port },
    stop: async () => {
      const closed = once(server, 'close')
      server.close()
      // An SSE stream would hold a closing server for ever.
      server.closeAllConnections()
      await Promise.all([closed, app.close()])
    },
  }
}
