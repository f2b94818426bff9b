/** Implementation Guide V1.0b §3.1.3: 7 bytes of header with the unit, at most 253 of the protocol data unit. */
const LENGTH_AT = 4
const BEFORE_LENGTH_COUNTS = 6
const MIN_LENGTH = 2
const MAX_LENGTH = 254

/**
 * Hands over every whole frame and returns where the first incomplete one begins; undefined when this is not Modbus TCP, from where there is
 * no way back into step.
 */
export function takeFrames(data: Buffer, take: (id: number, unitId: number, pdu: Buffer, bytes: Buffer) => void): number | undefined {
  let at = 0
  while (data.length - at >= BEFORE_LENGTH_COUNTS) {
    const length = data.readUInt16BE(at + LENGTH_AT)
    if (data.readUInt16BE(at + 2) !== 0 || length < MIN_LENGTH || length > MAX_LENGTH) return undefined
    const end = at + BEFORE_LENGTH_COUNTS + length
    if (end > data.length) break
    take(data.readUInt16BE(at), data[at + 6]!, data.subarray(at + 7, end), data.subarray(at, end))
    at = end
  }
  return at
}
