import type { Socket } from 'node:net'
import type { WriteItem } from '../driver.ts'
import { SimulatorServer } from '../simulator-server.ts'
import { type DeviceName, devices } from './address.ts'
import { encode } from './codec.ts'
import { locate, type McPlace, mc } from './config.ts'
import type { Code } from './frames.ts'
import { SimulatedPlc } from './simulated-plc.ts'

/** One PLC, for the demo and for tests. */
export class McSimulator extends SimulatorServer {
  readonly plc = new SimulatedPlc()
  silent = false
  readonly #code: Code

  constructor(code: Code) {
    super()
    this.#code = code
  }

  /** Puts a value where a point with this place finds it. */
  set(place: Pick<McPlace, 'address' | 'dataType'> & Partial<McPlace>, value: WriteItem['value'], octal = false): void {
    const parsed = mc.place.parse(place)
    const where = locate(parsed, octal)
    if (!where) throw new Error(`no such place: ${place.address}`)
    const words = this.plc.words(where.device)
    if (parsed.dataType === 'bool') {
      const mask = 1 << (where.bit ?? 0)
      words[where.offset] = value === true ? words[where.offset]! | mask : words[where.offset]! & ~mask
      return
    }
    const encoded = encode(parsed, value)
    if (encoded.kind === 'refused') throw new Error(`${encoded.reason}: ${String(value)} as ${parsed.dataType}`)
    for (let at = 0; at < encoded.bytes.length; at += 2) words[where.offset + at / 2] = encoded.bytes.readUInt16LE(at)
  }

  protected serve(socket: Socket): void {
    let rest: Buffer = Buffer.alloc(0)
    socket.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk])
      for (;;) {
        const request = this.#code === 'binary' ? binaryRequest(rest) : asciiRequest(rest)
        if (!request) return
        rest = rest.subarray(request.length)
        if (!this.silent) this.#answer(socket, request.asked)
      }
    })
  }

  #answer(socket: Socket, asked: Asked): void {
    const { endCode, words, bits } = this.plc.respond(asked)
    socket.write(this.#code === 'binary' ? binaryAnswer(endCode, words) : asciiAnswer(endCode, words, bits))
  }
}

/** A request without its code: device, number and points of each block, and what is written. */
export interface Asked {
  network: number
  station: number
  command: number
  subcommand: number
  blocks: { device: DeviceName | undefined; number: number; count: number }[]
  written: number[]
}

const deviceByCode = new Map<number, DeviceName>(Object.entries(devices).map(([name, { code }]) => [code, name as DeviceName]))

/** Undefined while it is not whole. */
function binaryRequest(data: Buffer): { asked: Asked; length: number } | undefined {
  if (data.length < 9 || data.length < 9 + data.readUInt16LE(7)) return undefined
  const length = 9 + data.readUInt16LE(7)
  const [command, subcommand] = [data.readUInt16LE(11), data.readUInt16LE(13)]
  const blocks: Asked['blocks'] = []
  let at = 15
  const count = command === 0x0406 ? data[at++]! + data[at++]! : 1
  for (let i = 0; i < count; i++, at += 6)
    blocks.push({ device: deviceByCode.get(data[at + 3]!), number: data.readUIntLE(at, 3), count: data.readUInt16LE(at + 4) })
  const written: number[] = []
  if (command === 0x1401 && subcommand === 1)
    for (let i = 0; i < blocks[0]!.count; i++) written.push((data[at + (i >> 1)]! >> (i % 2 === 0 ? 4 : 0)) & 1)
  else for (; at + 2 <= length; at += 2) written.push(data.readUInt16LE(at))
  return { asked: { network: data[2]!, station: data[3]!, command, subcommand, blocks, written }, length }
}

function asciiRequest(data: Buffer): { asked: Asked; length: number } | undefined {
  const text = data.toString('latin1')
  const length = 18 + Number.parseInt(text.slice(14, 18), 16)
  if (!(text.length >= length)) return undefined
  let at = 22
  const taken = (digits: number) => {
    at += digits
    return text.slice(at - digits, at)
  }
  const take = (digits: number) => Number.parseInt(taken(digits), 16)
  const [command, subcommand] = [take(4), take(4)]
  const blocks: Asked['blocks'] = []
  const count = command === 0x0406 ? take(2) + take(2) : 1
  for (let i = 0; i < count; i++) {
    const name = taken(2).replace('*', '')
    const device = name in devices ? (name as DeviceName) : undefined
    const number = Number.parseInt(taken(6), device && devices[device].hex ? 16 : 10)
    blocks.push({ device, number, count: take(4) })
  }
  const written: number[] = []
  while (at < length) written.push(take(command === 0x1401 && subcommand === 1 ? 1 : 4))
  const [network, station] = [Number.parseInt(text.slice(4, 6), 16), Number.parseInt(text.slice(6, 8), 16)]
  return { asked: { network, station, command, subcommand, blocks, written }, length }
}

function binaryAnswer(endCode: number, words: readonly number[]): Buffer {
  const answer = Buffer.alloc(11 + words.length * 2)
  Buffer.from('d00000ffff0300', 'hex').copy(answer)
  answer.writeUInt16LE(2 + words.length * 2, 7)
  answer.writeUInt16LE(endCode, 9)
  for (const [i, word] of words.entries()) answer.writeUInt16LE(word, 11 + i * 2)
  return answer
}

function asciiAnswer(endCode: number, words: readonly number[], bits: boolean): Buffer {
  const hex = (value: number, digits: number) => value.toString(16).toUpperCase().padStart(digits, '0')
  const body = hex(endCode, 4) + words.map((word) => hex(word, bits ? 1 : 4)).join('')
  return Buffer.from(`D00000FF03FF00${hex(body.length, 4)}${body}`, 'latin1')
}

export async function startMcSimulator(code: Code = 'binary', port = 0): Promise<McSimulator> {
  const simulator = new McSimulator(code)
  await simulator.listen(port)
  return simulator
}
