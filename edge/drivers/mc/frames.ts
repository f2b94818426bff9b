import { type DeviceName, devices } from './address.ts'
import type { McUnit } from './config.ts'

// 3E frames, MELSEC Communication Protocol Reference Manual: “Message formats”, “Batch read/write”, “Multiple block batch read”.

export type Code = 'binary' | 'ascii'

export interface Frame {
  endCode: number
  /** Words with the low byte first, whatever the code was. */
  data: Buffer
}

const OWN_CPU = 0x03ff
const ANSWER = 0xd000
const BINARY_HEAD = 9
const ASCII_HEAD = 18
/** 960 words in ASCII, and the end code. */
const LONGEST = 960 * 4 + 4
/** What an error’s answer tells after its code is passed over. */
const isHex = /^[0-9A-F]*$/

/** Hands over every whole answer and returns where the first incomplete one begins; undefined when this is no answer of 3E in this code. */
export const takeFrames = (code: Code, data: Buffer, take: (frame: Frame, bytes: Buffer) => void): number | undefined =>
  code === 'binary' ? takeBinary(data, take) : takeAscii(data, take)

function takeBinary(data: Buffer, take: (frame: Frame, bytes: Buffer) => void): number | undefined {
  let at = 0
  while (data.length - at >= BINARY_HEAD) {
    const length = data.readUInt16LE(at + 7)
    if (data.readUInt16BE(at) !== ANSWER || length < 2 || length > LONGEST) return undefined
    const end = at + BINARY_HEAD + length
    if (end > data.length) break
    take({ endCode: data.readUInt16LE(at + BINARY_HEAD), data: data.subarray(at + BINARY_HEAD + 2, end) }, data.subarray(at, end))
    at = end
  }
  return at
}

function takeAscii(data: Buffer, take: (frame: Frame, bytes: Buffer) => void): number | undefined {
  let at = 0
  while (data.length - at >= ASCII_HEAD) {
    const head = data.toString('latin1', at, at + ASCII_HEAD)
    const length = Number.parseInt(head.slice(14), 16)
    if (!head.startsWith('D000') || !isHex.test(head) || length < 4 || length > LONGEST) return undefined
    const end = at + ASCII_HEAD + length
    if (end > data.length) break
    const text = data.toString('latin1', at + ASCII_HEAD, end)
    if (!isHex.test(text)) return undefined
    const words = Buffer.from(text.slice(4), 'hex')
    const endCode = Number.parseInt(text.slice(0, 4), 16)
    take({ endCode, data: words.length % 2 === 0 ? words.swap16() : words }, data.subarray(at, end))
    at = end
  }
  return at
}

/** A command as what it consists of, so that both codes come from one. */
export type Field =
  | { kind: 'byte' | 'word'; value: number }
  | { kind: 'device'; device: DeviceName; number: number }
  /** Words with the low byte first. */
  | { kind: 'words'; bytes: Buffer }
  | { kind: 'bit'; on: boolean }

export interface Command {
  command: number
  subcommand: number
  fields: readonly Field[]
}

/** Units of the monitoring timer. */
const TIMER_MS = 250

export function frameOf(code: Code, { network, station }: McUnit, waitMs: number, { command, subcommand, fields }: Command): Buffer {
  const timer = Math.max(1, Math.floor(waitMs / TIMER_MS))
  const whole: Field[] = [word(timer), word(command), word(subcommand), ...fields]
  if (code === 'ascii') {
    const body = whole.map(inAscii).join('')
    return Buffer.from(`5000${hex(network, 2)}${hex(station, 2)}${hex(OWN_CPU, 4)}00${hex(body.length, 4)}${body}`, 'latin1')
  }
  const body = Buffer.concat(whole.map(inBinary))
  const head = Buffer.from([0x50, 0x00, network, station, 0, 0, 0x00, 0, 0])
  head.writeUInt16LE(OWN_CPU, 4)
  head.writeUInt16LE(body.length, 7)
  return Buffer.concat([head, body])
}

const word = (value: number): Field => ({ kind: 'word', value })
const byte = (value: number): Field => ({ kind: 'byte', value })

const hex = (value: number, digits: number): string => value.toString(16).toUpperCase().padStart(digits, '0')

function inAscii(field: Field): string {
  switch (field.kind) {
    case 'byte':
      return hex(field.value, 2)
    case 'word':
      return hex(field.value, 4)
    case 'device': {
      const { hex: inHex } = devices[field.device]
      return field.device.padEnd(2, '*') + (inHex ? hex(field.number, 6) : String(field.number).padStart(6, '0'))
    }
    case 'words':
      return Buffer.from(field.bytes).swap16().toString('hex').toUpperCase()
    case 'bit':
      return field.on ? '1' : '0'
    default:
      return field satisfies never
  }
}

function inBinary(field: Field): Buffer {
  switch (field.kind) {
    case 'byte':
      return Buffer.of(field.value)
    case 'word':
      return Buffer.of(field.value & 0xff, field.value >> 8)
    case 'device': {
      const bytes = Buffer.alloc(4)
      bytes.writeUIntLE(field.number, 0, 3)
      bytes[3] = devices[field.device].code
      return bytes
    }
    case 'words':
      return field.bytes
    case 'bit':
      // Two points to a byte, the first one high.
      return Buffer.of(field.on ? 0x10 : 0x00)
    default:
      return field satisfies never
  }
}

/** A stretch of words; of a bit device sixteen points each. `offset` in words. */
export interface Block {
  device: DeviceName
  offset: number
  count: number
}

const deviceOf = ({ device, offset }: Block): Field => ({ kind: 'device', device, number: devices[device].bits ? offset * 16 : offset })

export const batchRead = (block: Block): Command => ({ command: 0x0401, subcommand: 0x0000, fields: [deviceOf(block), word(block.count)] })

/** Word devices come first, then bit devices: `inOrder` is the order of the blocks in the answer. */
export function blockRead(blocks: readonly Block[]): { command: Command; inOrder: Block[] } {
  const isBits = ({ device }: Block) => devices[device].bits
  const [ofWords, ofBits] = [blocks.filter((block) => !isBits(block)), blocks.filter(isBits)]
  const inOrder = [...ofWords, ...ofBits]
  const fields = [byte(ofWords.length), byte(ofBits.length), ...inOrder.flatMap((block) => [deviceOf(block), word(block.count)])]
  return { command: { command: 0x0406, subcommand: 0x0000, fields }, inOrder }
}

export const writeWords = (device: DeviceName, number: number, bytes: Buffer): Command => ({
  command: 0x1401,
  subcommand: 0x0000,
  fields: [{ kind: 'device', device, number }, word(bytes.length / 2), { kind: 'words', bytes }],
})

export const writeBit = (device: DeviceName, number: number, on: boolean): Command => ({
  command: 0x1401,
  subcommand: 0x0001,
  fields: [{ kind: 'device', device, number }, word(1), { kind: 'bit', on }],
})
