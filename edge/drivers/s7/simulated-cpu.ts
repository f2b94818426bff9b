import type { Area } from './address.ts'
import { ANSWER_HEAD, itemCodes, JOB_HEAD } from './pdu.ts'

const AREA_BYTES = 65_536
const areaOfCode: Record<number, Area> = { 129: 'I', 130: 'Q', 131: 'M', 132: 'DB', 28: 'C', 29: 'T' }

interface Asked {
  transport: number
  count: number
  db: number
  area: Area | undefined
  address: number
}

/** A CPU’s memory, what it grants, and how it misbehaves. */
export class SimulatedCpu {
  readonly #memory = new Map<string, Buffer>()
  /** As an S7-1200 grants. */
  pduBytes = 240
  jobs = 3
  maxItems = 20
  /** Answered with 05, as bytes of one area (`DB1`, `M`). */
  illegal: { table: string; from: number; until: number }[] = []
  /** Blocks that are not there, or have optimized access: answered with 0A. */
  missing = new Set<number>()
  /** Every read and write is answered with this in its head. */
  error: number | undefined
  readonly requests: { function: number; items: number }[] = []

  memory(area: Area, db = 0): Buffer {
    const table = area === 'DB' ? `DB${db}` : area
    let memory = this.#memory.get(table)
    if (!memory) {
      memory = Buffer.alloc(AREA_BYTES)
      this.#memory.set(table, memory)
    }
    return memory
  }

  respond(request: Buffer): Buffer {
    const parametersEnd = JOB_HEAD + request.readUInt16BE(6)
    const parameters = request.subarray(JOB_HEAD, parametersEnd)
    const code = parameters[0]!
    if (code === 0xf0) return this.#setup(request, parameters)
    const asked = itemsOf(parameters)
    this.requests.push({ function: code, items: asked.length })
    if (this.error !== undefined) return answer(request, Buffer.alloc(0), Buffer.alloc(0), this.error)
    if (asked.length > this.maxItems || request.length > this.pduBytes) return answer(request, Buffer.alloc(0), Buffer.alloc(0), 0x8500)
    if (code === 0x04) {
      const data = this.#read(asked)
      if (ANSWER_HEAD + 2 + data.length > this.pduBytes) return answer(request, Buffer.alloc(0), Buffer.alloc(0), 0x8500)
      return answer(request, parameters.subarray(0, 2), data)
    }
    if (code === 0x05) return answer(request, parameters.subarray(0, 2), this.#write(asked, request.subarray(parametersEnd)))
    return answer(request, Buffer.alloc(0), Buffer.alloc(0), 0x8104)
  }

  #setup(request: Buffer, parameters: Buffer): Buffer {
    const granted = Buffer.from(parameters)
    granted.writeUInt16BE(Math.min(this.jobs, parameters.readUInt16BE(2)), 2)
    granted.writeUInt16BE(Math.min(this.jobs, parameters.readUInt16BE(4)), 4)
    granted.writeUInt16BE(Math.min(this.pduBytes, parameters.readUInt16BE(6)), 6)
    return answer(request, granted, Buffer.alloc(0))
  }

  /** Where an item lies, or the code by which it is refused. */
  #place({ transport, count, db, area, address }: Asked): { memory: Buffer; at: number; length: number } | number {
    if (area === undefined) return itemCodes.typeUnsupported
    if (area === 'DB' && this.missing.has(db)) return itemCodes.missing
    const counted = area === 'T' || area === 'C'
    const at = counted ? address * 2 : address >> 3
    const length = transport === 0x01 ? 1 : counted ? count * 2 : count
    const table = area === 'DB' ? `DB${db}` : area
    const touches = this.illegal.some((part) => part.table === table && at < part.until && at + length > part.from)
    if (touches || at + length > AREA_BYTES) return itemCodes.outOfRange
    return { memory: this.memory(area, db), at, length }
  }

  #read(asked: readonly Asked[]): Buffer {
    const parts = asked.flatMap((item, index) => {
      const place = this.#place(item)
      if (typeof place === 'number') return [Buffer.of(place, 0, 0, 0)]
      const counted = item.area === 'T' || item.area === 'C'
      const bytes = Buffer.from(place.memory.subarray(place.at, place.at + place.length))
      const head = Buffer.of(itemCodes.done, counted ? 0x09 : 0x04, 0, 0)
      head.writeUInt16BE(counted ? place.length : place.length * 8, 2)
      const filled = index < asked.length - 1 && bytes.length % 2 === 1
      return [head, bytes, ...(filled ? [Buffer.of(0)] : [])]
    })
    return Buffer.concat(parts)
  }

  #write(asked: readonly Asked[], data: Buffer): Buffer {
    const codes: number[] = []
    let from = 0
    for (const item of asked) {
      const inBits = data[from + 1] === 0x04 || data[from + 1] === 0x03
      const counted = data.readUInt16BE(from + 2)
      const length = inBits ? Math.ceil(counted / 8) : counted
      const bytes = data.subarray(from + 4, from + 4 + length)
      from += 4 + length + (length % 2)
      const place = this.#place(item)
      codes.push(typeof place === 'number' ? place : itemCodes.done)
      if (typeof place === 'number') continue
      if (item.transport !== 0x01) bytes.copy(place.memory, place.at)
      else {
        const mask = 1 << (item.address & 7)
        place.memory[place.at] = bytes[0] ? place.memory[place.at]! | mask : place.memory[place.at]! & ~mask
      }
    }
    return Buffer.from(codes)
  }
}

function itemsOf(parameters: Buffer): Asked[] {
  return Array.from({ length: parameters[1] ?? 0 }, (_, i) => {
    const item = parameters.subarray(2 + i * 12, 14 + i * 12)
    return {
      transport: item[3]!,
      count: item.readUInt16BE(4),
      db: item.readUInt16BE(6),
      area: areaOfCode[item[8]!],
      address: item.readUIntBE(9, 3),
    }
  })
}

function answer(request: Buffer, parameters: Buffer, data: Buffer, error = 0): Buffer {
  const head = Buffer.alloc(ANSWER_HEAD)
  head[0] = 0x32
  head[1] = 0x03
  request.copy(head, 4, 4, 6)
  head.writeUInt16BE(parameters.length, 6)
  head.writeUInt16BE(data.length, 8)
  head.writeUInt16BE(error, 10)
  return Buffer.concat([head, parameters, data])
}
