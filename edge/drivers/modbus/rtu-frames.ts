// Modbus over Serial Line V1.02 §2.5.1: unit, protocol data unit, CRC with its low byte first. Behind a transparent serial server the same bytes come by TCP.

const SHORTEST = 4
const LONGEST = 256

/** CRC-16 of §2.5.1.2 and appendix B: polynomial A001, from FFFF on. */
export function crc16(data: Uint8Array): number {
  let crc = 0xffff
  for (const byte of data) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1
  }
  return crc
}

export function rtuFrameOf(unitId: number, pdu: Uint8Array): Buffer {
  const frame = Buffer.alloc(pdu.length + 3)
  frame[0] = unitId
  frame.set(pdu, 1)
  frame.writeUInt16LE(crc16(frame.subarray(0, -2)), frame.length - 2)
  return frame
}

/** Of the whole frame; undefined while too little of it is there, 0 for a function whose answers have no known length. */
function answerLength(data: Buffer, at: number): number | undefined {
  const code = data[at + 1]
  if (code === undefined) return undefined
  if (code & 0x80) return 5
  if (code >= 1 && code <= 4) return data[at + 2] === undefined ? undefined : 5 + data[at + 2]!
  if (code === 5 || code === 6 || code === 15 || code === 16) return 8
  return code === 22 ? 10 : 0
}

/** Of a request of the functions that the driver knows. */
export function requestLength(data: Buffer, at: number): number | undefined {
  const code = data[at + 1]
  if (code === undefined) return undefined
  if (code >= 1 && code <= 6) return 8
  if (code === 15 || code === 16) return data[at + 6] === undefined ? undefined : 9 + data[at + 6]!
  return code === 22 ? 10 : 0
}

/**
 * Hands over every whole frame and returns where the first incomplete one begins. A serial line has noise: what is no frame is thrown away up to the
 * end, `garbled` is told, and the next answer begins anew.
 */
export function takeRtuFrames(
  data: Buffer,
  take: (unitId: number, pdu: Buffer, bytes: Buffer) => void,
  garbled: (bytes: Buffer) => void,
  lengthOf: (data: Buffer, at: number) => number | undefined = answerLength,
): number {
  let at = 0
  while (data.length - at >= SHORTEST) {
    const length = lengthOf(data, at)
    if (length === undefined) break
    if (length < SHORTEST || length > LONGEST) {
      garbled(data.subarray(at))
      return data.length
    }
    if (at + length > data.length) break
    const frame = data.subarray(at, at + length)
    if (crc16(frame.subarray(0, -2)) !== frame.readUInt16LE(length - 2)) {
      garbled(data.subarray(at))
      return data.length
    }
    take(frame[0]!, frame.subarray(1, -2), frame)
    at += length
  }
  return at
}
