import type { Socket } from 'node:net'
import { SimulatorServer } from '../simulator-server.ts'
import { blockOf } from './address.ts'
import { encodeNumber } from './codec.ts'
import { dlt645, locate, type MeterPlace } from './config.ts'
import { frameOf, identifierBytes, READ, READ_MORE, takeFrames } from './frames.ts'

const FRAME_DATA = 196

/** One meter: the data of its identifiers, and how it misbehaves. */
export class SimulatedMeter {
  readonly data = new Map<number, Buffer>()
  blocks = true
  silent = false
  /** Answers to what is asked meanwhile wait for it. */
  answersAfter: Promise<unknown> | undefined
  requests = 0

  /** Puts a value where a point with this place finds it. */
  set(place: Pick<MeterPlace, 'address'> & Partial<MeterPlace>, value: number): void {
    const { identifier, form } = locate(dlt645.place.parse(place))
    const bytes = encodeNumber(value, form)
    if (!bytes) throw new Error(`${value} does not fit ${place.address}`)
    this.data.set(identifier, bytes)
  }

  /** The data of an identifier, or of a block what stands in it one after the other. */
  read(identifier: number): Buffer | undefined {
    if (((identifier >> 8) & 0xff) !== 0xff) return this.data.get(identifier)
    if (!this.blocks) return undefined
    const parts: Buffer[] = []
    for (const [di, bytes] of this.data) {
      const own = blockOf(di)
      if (own?.block === identifier) parts[own.index] = bytes
    }
    return parts.length === 0
      ? undefined
      : Buffer.concat([...parts].map((bytes) => bytes ?? Buffer.alloc(parts.find(Boolean)!.length, 0xff)))
  }
}

/** A line of meters behind a serial server, for the demo and for tests. */
export class MeterSimulator extends SimulatorServer {
  readonly #meters = new Map<string, SimulatedMeter>()
  /** What stands on the line before each answer. */
  noise: Buffer | undefined

  meter(number: string): SimulatedMeter {
    const address = number.padStart(12, '0')
    let meter = this.#meters.get(address)
    if (!meter) {
      meter = new SimulatedMeter()
      this.#meters.set(address, meter)
    }
    return meter
  }

  protected serve(socket: Socket): void {
    let rest: Buffer = Buffer.alloc(0)
    let last = Promise.resolve()
    socket.on('data', (chunk) => {
      const data = Buffer.concat([rest, chunk])
      const end = takeFrames(
        data,
        ({ meter, control, data: asked }) => {
          last = last.then(() => this.#answer(socket, meter, control, asked))
        },
        () => undefined,
      )
      rest = data.subarray(end)
    })
  }

  async #answer(socket: Socket, address: string, control: number, asked: Buffer): Promise<void> {
    const meter = this.#meters.get(address)
    if (!meter) return
    meter.requests++
    if (meter.silent) return
    await meter.answersAfter
    if (socket.destroyed) return
    if (this.noise) socket.write(this.noise)
    socket.write(frameOf(address, ...answerOf(meter, control, asked), 4))
  }
}

function answerOf(meter: SimulatedMeter, control: number, asked: Buffer): [number, Buffer] {
  const identifier = asked.readUInt32LE(0)
  const data = control === READ || control === READ_MORE ? meter.read(identifier) : undefined
  const number = control === READ_MORE ? asked[4]! : 0
  const from = number * FRAME_DATA
  if (!data || from >= Math.max(1, data.length)) return [control | 0xc0, Buffer.of(0x02)]
  const part = data.subarray(from, from + FRAME_DATA)
  const more = from + part.length < data.length ? 0x20 : 0
  return [control | 0x80 | more, Buffer.concat([identifierBytes(identifier), part, ...(number > 0 ? [Buffer.of(number)] : [])])]
}

export async function startMeterSimulator(port = 0): Promise<MeterSimulator> {
  const simulator = new MeterSimulator()
  await simulator.listen(port)
  return simulator
}
