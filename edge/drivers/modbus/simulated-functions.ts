import type { Table } from './address.ts'
import type { SimulatedUnit } from './simulator.ts'

// What a device does with each function, V1.1b3 §6. Written from the device's side and apart from the driver's pdu.ts, so that the two check
// one another.

const ILLEGAL_FUNCTION = 1
const ILLEGAL_ADDRESS = 2
const ILLEGAL_VALUE = 3

class Refusal {
  readonly code: number
  constructor(code: number) {
    this.code = code
  }
}

type Handler = (unit: SimulatedUnit, pdu: Buffer) => Buffer

const handlers: Record<number, Handler> = {
  1: (unit, pdu) => readBits(unit, 'coil', pdu),
  2: (unit, pdu) => readBits(unit, 'discrete', pdu),
  3: (unit, pdu) => readWords(unit, 'holding', pdu),
  4: (unit, pdu) => readWords(unit, 'input', pdu),
  5: writeSingleCoil,
  6: writeSingleRegister,
  15: writeCoils,
  16: writeRegisters,
  22: maskWrite,
  23: readWriteRegisters,
}

export function respond(unit: SimulatedUnit, pdu: Buffer): Buffer {
  const code = pdu[0]!
  const handler = handlers[code]
  try {
    if (unit.exception !== undefined) throw new Refusal(unit.exception)
    if (!handler || unit.unsupported.has(code)) throw new Refusal(ILLEGAL_FUNCTION)
    return handler(unit, pdu)
  } catch (error) {
    if (error instanceof Refusal) return Buffer.of(code | 0x80, error.code)
    // A request that ends before its fields do.
    if (error instanceof RangeError) return Buffer.of(code | 0x80, ILLEGAL_VALUE)
    throw error
  }
}

/** First the count (03), then the addresses (02), as the specification's state diagrams do. */
function checkSpan(unit: SimulatedUnit, table: Table, from: number, count: number, most: number): void {
  if (count < 1 || count > Math.min(most, unit.maxCount)) throw new Refusal(ILLEGAL_VALUE)
  const until = from + count
  if (until > unit[table].length) throw new Refusal(ILLEGAL_ADDRESS)
  if (unit.illegal.some((part) => part.table === table && part.from < until && part.until > from)) throw new Refusal(ILLEGAL_ADDRESS)
  if (unit.refuse?.({ table, from, count })) throw new Refusal(ILLEGAL_ADDRESS)
}

const demand = (holds: boolean): void => {
  if (!holds) throw new Refusal(ILLEGAL_VALUE)
}

function readBits(unit: SimulatedUnit, table: 'coil' | 'discrete', pdu: Buffer): Buffer {
  const [from, count] = [pdu.readUInt16BE(1), pdu.readUInt16BE(3)]
  checkSpan(unit, table, from, count, 2_000)
  const bytes = Buffer.alloc(Math.ceil(count / 8))
  for (let i = 0; i < count; i++) if (unit[table][from + i]) bytes[i >> 3]! |= 1 << (i & 7)
  return Buffer.concat([Buffer.of(pdu[0]!, bytes.length), bytes])
}

function readWords(unit: SimulatedUnit, table: 'holding' | 'input', pdu: Buffer): Buffer {
  const [from, count] = [pdu.readUInt16BE(1), pdu.readUInt16BE(3)]
  checkSpan(unit, table, from, count, 125)
  return wordsAnswer(pdu[0]!, unit[table].subarray(from, from + count))
}

function wordsAnswer(code: number, words: Uint16Array): Buffer {
  const answer = Buffer.alloc(2 + words.length * 2)
  answer[0] = code
  answer[1] = words.length * 2
  words.forEach((word, i) => {
    answer.writeUInt16BE(word, 2 + i * 2)
  })
  return answer
}

function writeSingleCoil(unit: SimulatedUnit, pdu: Buffer): Buffer {
  const [at, value] = [pdu.readUInt16BE(1), pdu.readUInt16BE(3)]
  demand(value === 0 || value === 0xff00)
  checkSpan(unit, 'coil', at, 1, 1)
  unit.coil[at] = value === 0 ? 0 : 1
  return pdu
}

function writeSingleRegister(unit: SimulatedUnit, pdu: Buffer): Buffer {
  const [at, value] = [pdu.readUInt16BE(1), pdu.readUInt16BE(3)]
  checkSpan(unit, 'holding', at, 1, 1)
  unit.holding[at] = value
  return pdu
}

function writeCoils(unit: SimulatedUnit, pdu: Buffer): Buffer {
  const [from, count, bytes] = [pdu.readUInt16BE(1), pdu.readUInt16BE(3), pdu.readUInt8(5)]
  demand(bytes === Math.ceil(count / 8) && pdu.length === 6 + bytes)
  checkSpan(unit, 'coil', from, count, 1_968)
  for (let i = 0; i < count; i++) unit.coil[from + i] = (pdu[6 + (i >> 3)]! >> (i & 7)) & 1
  return pdu.subarray(0, 5)
}

function writeRegisters(unit: SimulatedUnit, pdu: Buffer): Buffer {
  const [from, count, bytes] = [pdu.readUInt16BE(1), pdu.readUInt16BE(3), pdu.readUInt8(5)]
  demand(bytes === count * 2 && pdu.length === 6 + bytes)
  checkSpan(unit, 'holding', from, count, 123)
  for (let i = 0; i < count; i++) unit.holding[from + i] = pdu.readUInt16BE(6 + i * 2)
  return pdu.subarray(0, 5)
}

function maskWrite(unit: SimulatedUnit, pdu: Buffer): Buffer {
  const [at, and, or] = [pdu.readUInt16BE(1), pdu.readUInt16BE(3), pdu.readUInt16BE(5)]
  checkSpan(unit, 'holding', at, 1, 1)
  unit.holding[at] = (unit.holding[at]! & and) | (or & ~and)
  return pdu
}

function readWriteRegisters(unit: SimulatedUnit, pdu: Buffer): Buffer {
  const [readFrom, readCount, writeFrom, writeCount] = [pdu.readUInt16BE(1), pdu.readUInt16BE(3), pdu.readUInt16BE(5), pdu.readUInt16BE(7)]
  demand(pdu.readUInt8(9) === writeCount * 2 && pdu.length === 10 + writeCount * 2)
  checkSpan(unit, 'holding', readFrom, readCount, 125)
  checkSpan(unit, 'holding', writeFrom, writeCount, 121)
  for (let i = 0; i < writeCount; i++) unit.holding[writeFrom + i] = pdu.readUInt16BE(10 + i * 2)
  return wordsAnswer(pdu[0]!, unit.holding.subarray(readFrom, readFrom + readCount))
}
