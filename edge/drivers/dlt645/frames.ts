// DL/T 645-2007 §5.2: 68, address of six bytes (BCD, the lowest first), 68, control, length, data (each byte plus 33), sum, 16.

export interface Frame {
  /** Twelve digits. */
  meter: string
  control: number
  /** Without the 33 of each byte. */
  data: Buffer
}

const START = 0x68
const END = 0x16
const WAKE = 0xfe
const SHIFT = 0x33
const HEAD = 10
/** §5.2.5: of a read at most. */
const LONGEST_DATA = 200

export const READ = 0x11
export const READ_MORE = 0x12
const ANSWER = 0x80
const REFUSED = 0x40
const MORE = 0x20

export const isAnswerTo = (control: number, frame: Frame): boolean => (frame.control & ~(REFUSED | MORE)) === (control | ANSWER)
export const isRefused = ({ control }: Frame): boolean => (control & REFUSED) !== 0
export const hasMore = ({ control }: Frame): boolean => (control & MORE) !== 0

export function frameOf(meter: string, control: number, data: Buffer, preamble = 0): Buffer {
  const digits = meter.padStart(12, '0')
  const address = Buffer.from(digits, 'hex').reverse()
  const body = Buffer.concat([Buffer.of(START), address, Buffer.of(START, control, data.length), data.map((byte) => (byte + SHIFT) & 0xff)])
  return Buffer.concat([Buffer.alloc(preamble, WAKE), body, Buffer.of(sumOf(body), END)])
}

const sumOf = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => (sum + byte) & 0xff, 0)

/** The four bytes of an identifier, DI0 first. */
export function identifierBytes(identifier: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(identifier)
  return bytes
}

/**
 * Hands over every whole frame and returns where the first that may yet become one begins. Bytes before a 68 are wake-up bytes or noise; noise may
 * look like the beginning of a frame, so a whole one is sought behind it. `garbled`: a frame with a wrong sum or end, and no right one.
 */
export function takeFrames(data: Buffer, take: (frame: Frame, bytes: Buffer) => void, garbled: (bytes: Buffer) => void): number {
  let pending: number | undefined
  let [taken, wrong] = [0, 0]
  let at = data.indexOf(START)
  while (at !== -1) {
    const found = frameAt(data, at)
    if (typeof found === 'object') {
      take(found.frame, data.subarray(at, found.end))
      taken++
      pending = undefined
      at = data.indexOf(START, found.end)
      continue
    }
    if (found === 'unfinished') pending ??= at
    else if (found === 'wrong') wrong++
    at = data.indexOf(START, at + 1)
  }
  if (wrong > 0 && taken === 0) garbled(data)
  return pending ?? data.length
}

function frameAt(data: Buffer, at: number): { frame: Frame; end: number } | 'unfinished' | 'wrong' | 'none' {
  if (data.length - at < HEAD) return 'unfinished'
  const length = data[at + 9]!
  if (data[at + 7] !== START || length > LONGEST_DATA) return 'none'
  const end = at + HEAD + length + 2
  if (end > data.length) return 'unfinished'
  if (data[end - 1] !== END || sumOf(data.subarray(at, end - 2)) !== data[end - 2]) return 'wrong'
  const meter = Buffer.from(data.subarray(at + 1, at + 7))
    .reverse()
    .toString('hex')
  const unshifted = Buffer.from(data.subarray(at + HEAD, end - 2).map((byte) => (byte - SHIFT) & 0xff))
  return { frame: { meter, control: data[at + 8]!, data: unshifted }, end }
}
