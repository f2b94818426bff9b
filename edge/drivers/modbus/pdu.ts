import type { Table } from './address.ts'

// Protocol data units: function code and data, V1.1b3 §6.

const readFunction: Record<Table, number> = { coil: 0x01, discrete: 0x02, holding: 0x03, input: 0x04 }

export const isBits = (table: Table): boolean => table === 'coil' || table === 'discrete'

export function readRequest(table: Table, offset: number, count: number): Buffer {
  return words(readFunction[table], offset, count)
}

/** The bytes of the values in the answer to a read of `count`; undefined when the answer has another length. */
export function readData(table: Table, count: number, answer: Buffer): Buffer | undefined {
  const bytes = isBits(table) ? Math.ceil(count / 8) : count * 2
  return answer[1] === bytes && answer.length === bytes + 2 ? answer.subarray(2) : undefined
}

export const coilOf = (data: Buffer, index: number): boolean => ((data[index >> 3]! >> (index & 7)) & 1) === 1

/** §6.5: FF00 is on, 0000 is off. */
export const writeCoil = (offset: number, on: boolean): Buffer => words(0x05, offset, on ? 0xff00 : 0)

/** §6.6 */
export const writeRegister = (offset: number, bytes: Buffer): Buffer => words(0x06, offset, bytes.readUInt16BE(0))

/** §6.11, for one coil. */
export const writeOneOfCoils = (offset: number, on: boolean): Buffer => Buffer.concat([words(0x0f, offset, 1), Buffer.of(1, on ? 1 : 0)])

/** §6.12 */
export const writeRegisters = (offset: number, bytes: Buffer): Buffer =>
  Buffer.concat([words(0x10, offset, bytes.length / 2), Buffer.of(bytes.length), bytes])

/** §6.16: the register becomes (content and andMask) or (orMask and not andMask). */
export function maskBit(offset: number, bit: number, on: boolean): Buffer {
  const mask = 1 << bit
  return words(0x16, offset, 0xffff & ~mask, on ? mask : 0)
}

/** The answer to a write repeats the request: as a whole, or its first five bytes where the values follow. */
export function confirms(request: Buffer, answer: Buffer): boolean {
  const repeated = request[0] === 0x0f || request[0] === 0x10 ? request.subarray(0, 5) : request
  return answer.equals(repeated)
}

function words(code: number, ...values: number[]): Buffer {
  const pdu = Buffer.allocUnsafe(1 + values.length * 2)
  pdu[0] = code
  let at = 1
  for (const value of values) at = pdu.writeUInt16BE(value, at)
  return pdu
}
