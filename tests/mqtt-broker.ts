import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { Aedes } from 'aedes'

export interface Received {
  user: string
  topic: string
  payload: unknown
}

/** A broker of its own for tests of what publishes: it keeps every message and says what to do with it. */
export async function testBroker({ port = 0, accept }: { port?: number; accept?: (message: Received) => Promise<void> } = {}) {
  const received: Received[] = []
  const users = new WeakMap<object, string>()
  const broker = await Aedes.createBroker({
    authenticate: (client, user, _password, done) => {
      users.set(client, user ?? '')
      done(null, true)
    },
    authorizePublish: (client, packet, done) => {
      const message = {
        user: client ? (users.get(client) ?? '') : '',
        topic: packet.topic,
        payload: JSON.parse(packet.payload.toString()) as unknown,
      }
      // The acknowledgement leaves when this is done.
      Promise.resolve(accept?.(message)).then(
        () => {
          received.push(message)
          done(null)
        },
        (error: Error) => done(error),
      )
    },
  })
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    broker.handle(socket)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    received,
    /** As if the broker's machine lost its network. */
    cut: () => {
      for (const socket of sockets) socket.destroy()
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await new Promise<void>((resolve) => broker.close(resolve))
    },
  }
}
