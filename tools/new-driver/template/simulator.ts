import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'

/** One device that speaks the protocol, for the demo and for tests. */
export class ExampleProtocolSimulator {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly values = new Map<string, string>()
  silent = false
  connections = 0

  constructor() {
    this.#server = createServer((socket) => this.#serve(socket))
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, '127.0.0.1', resolve)
    })
  }

  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve))
  }

  #serve(socket: Socket): void {
    this.connections++
    this.#sockets.add(socket)
    let rest = ''
    socket.on('error', () => undefined)
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('data', (chunk) => {
      const lines = (rest + String(chunk)).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) if (!this.silent) socket.write(`${this.#answer(line)}\n`)
    })
  }

  #answer(line: string): string {
    const [, id, unit, address = '', , written] = /^(\d+) (\d+) (D\d+)(=(.*))?$/.exec(line) ?? []
    if (unit !== '1') return `${id} !11`
    if (!this.values.has(address)) return `${id} !2`
    if (written !== undefined) this.values.set(address, written)
    return `${id} ${this.values.get(address)}`
  }
}

export async function startExampleProtocolSimulator(port = 0): Promise<ExampleProtocolSimulator> {
  const simulator = new ExampleProtocolSimulator()
  await simulator.listen(port)
  return simulator
}
