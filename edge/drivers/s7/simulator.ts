import type { Socket } from 'node:net'
import type { WriteItem } from '../driver.ts'
import { SimulatorServer } from '../simulator-server.ts'
import { encode } from './codec.ts'
import { locate, type S7Place, s7 } from './config.ts'
import { dataUnit, takeUnits } from './pdu.ts'
import { SimulatedCpu } from './simulated-cpu.ts'

/** One CPU with its memory, for the demo and for tests. */
export class S7Simulator extends SimulatorServer {
  readonly cpu = new SimulatedCpu()
  silent = false

  /** Puts a value where a point with this place finds it; a text with the length that it is declared with. */
  set(place: Pick<S7Place, 'address' | 'dataType'> & Partial<S7Place>, value: WriteItem['value']): void {
    const parsed = s7.place.parse(place)
    const where = locate(parsed, { block: 1 })
    if (!where) throw new Error(`no such place: ${place.address}`)
    const { area, db, offset, bit = 0 } = where
    const memory = this.cpu.memory(area, db)
    if (parsed.dataType === 'bool') {
      memory[offset] = value === true ? memory[offset]! | (1 << bit) : memory[offset]! & ~(1 << bit)
      return
    }
    const encoded = encode(parsed.dataType === 'timer' ? { ...parsed, dataType: 's5time' } : parsed, value)
    if (encoded.kind === 'refused') throw new Error(`${encoded.reason}: ${String(value)} as ${parsed.dataType}`)
    const at = area === 'T' || area === 'C' ? offset * 2 : offset
    if (encoded.skip === 1) memory[at] = parsed.length!
    if (encoded.skip === 2) memory.writeUInt16BE(parsed.length!, at)
    encoded.bytes.copy(memory, at + encoded.skip)
  }

  protected serve(socket: Socket): void {
    let rest: Buffer = Buffer.alloc(0)
    const kept: Buffer[] = []
    socket.on('data', (chunk) => {
      const data = Buffer.concat([rest, chunk])
      const end = takeUnits(data, kept, (_, { type, payload }) => {
        if (this.silent) return
        if (type === 0xe0) socket.write(confirmOf(payload))
        else socket.write(dataUnit(this.cpu.respond(payload)))
      })
      if (end === undefined) socket.destroy()
      else rest = data.subarray(end)
    })
  }
}

/** The request comes back as CC with the references exchanged. */
function confirmOf(request: Buffer): Buffer {
  const confirm = Buffer.concat([Buffer.from([3, 0, 0, request.length + 4]), request])
  confirm[5] = 0xd0
  request.copy(confirm, 6, 4, 6)
  confirm.writeUInt16BE(0x0001, 8)
  return confirm
}

export async function startS7Simulator(port = 0): Promise<S7Simulator> {
  const simulator = new S7Simulator()
  await simulator.listen(port)
  return simulator
}
