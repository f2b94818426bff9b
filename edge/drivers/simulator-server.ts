import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'

/** The TCP side of a simulated device: what each protocol's simulator and its contract test need. */
export abstract class SimulatorServer {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  /** So many were taken. */
  connections = 0

  constructor() {
    this.#server = createServer((socket) => {
      this.connections++
      this.#sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => undefined)
      socket.on('close', () => this.#sockets.delete(socket))
      this.serve(socket)
    })
  }

  /** Hears a new connection's data and answers it. */
  protected abstract serve(socket: Socket): void

  get openConnections(): number {
    return this.#sockets.size
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  listen(port = 0, host = '127.0.0.1'): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, host, resolve)
    })
  }

  /** Every connection ends as if a cable were pulled and a reset came; new ones are taken. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve))
  }
}
