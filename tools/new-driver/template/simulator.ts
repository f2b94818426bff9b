import type { Socket } from 'node:net'
import { SimulatorServer } from '#edge/drivers/simulator-server.ts'

/** One device that speaks the protocol, for the demo and for tests. */
export class ExampleProtocolSimulator extends SimulatorServer {
  readonly values = new Map<string, string>()
  silent = false

  protected serve(socket: Socket): void {
    let rest = ''
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
