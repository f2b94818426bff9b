import { type Address, type Area, isCounted } from './address.ts'

// Protocol data units of the classic S7 protocol, as RFC 1006 (TPKT), ISO 8073 class 0 (COTP) and the dissector of Wireshark describe them:
// Siemens has published none of it.

const TPKT_VERSION = 3
const TPKT_HEAD = 4
const LONGEST_TPKT = 8_192
const COTP_CONNECT = 0xe0
export const COTP_CONFIRM = 0xd0
const COTP_DATA = 0xf0
const LAST_UNIT = 0x80
const S7_ID = 0x32

export const JOB_HEAD = 10
export const ANSWER_HEAD = 12

export const itemCodes = {
  done: 0xff,
  hardware: 0x01,
  accessDenied: 0x03,
  outOfRange: 0x05,
  typeUnsupported: 0x06,
  typeDiffers: 0x07,
  missing: 0x0a,
} as const

const areaCodes: Record<Area, number> = { I: 0x81, Q: 0x82, M: 0x83, DB: 0x84, C: 0x1c, T: 0x1d }
const transport = { bit: 0x01, byte: 0x02, counter: 0x1c, timer: 0x1d } as const
/** Of data in a PDU: the length counts bits for 3, 4 and 5, bytes for the others. */
const dataForm = { bit: 0x03, bits: 0x04, integer: 0x05, octets: 0x09 } as const

/** A TPKT with what ISO transport carries. */
export interface Unit {
  /** COTP type: `COTP_CONFIRM`, or data. */
  type: number
  payload: Buffer
}

/** The number by which the confirmation of the transport connection is known; PDU references are 16 bits. */
export const CONFIRM_ID = -1

/**
 * Whole S7 PDUs by their reference, and the confirmation of the transport connection. Returns where the first incomplete TPKT begins, undefined
 * where this is none. A PDU may come in several units; `kept` holds those so far, and its bytes are then those of the last one.
 */
export function takeUnits(data: Buffer, kept: Buffer[], take: (id: number, unit: Unit, bytes: Buffer) => void): number | undefined {
  let at = 0
  while (data.length - at >= TPKT_HEAD) {
    const length = data.readUInt16BE(at + 2)
    if (data[at] !== TPKT_VERSION || length < TPKT_HEAD + 3 || length > LONGEST_TPKT) return undefined
    if (at + length > data.length) break
    const bytes = data.subarray(at, at + length)
    const cotp = bytes.subarray(TPKT_HEAD)
    const head = 1 + cotp[0]!
    if (head > cotp.length) return undefined
    const type = cotp[1]! & 0xf0
    if (type === COTP_DATA) {
      kept.push(cotp.subarray(head))
      if (kept.reduce((sum, part) => sum + part.length, 0) > LONGEST_TPKT) return undefined
      if ((cotp[2]! & LAST_UNIT) !== 0) {
        const payload = kept.length === 1 ? kept[0]! : Buffer.concat(kept)
        kept.length = 0
        // What the CPU says of its own accord (protocol id 0x72 among it) is nobody's answer.
        if (payload.length >= JOB_HEAD && payload[0] === S7_ID) take(payload.readUInt16BE(4), { type, payload }, bytes)
      }
    } else take(CONFIRM_ID, { type, payload: cotp }, bytes)
    at += length
  }
  // The kept parts outlive this buffer.
  for (let i = 0; i < kept.length; i++) kept[i] = Buffer.from(kept[i]!)
  return at
}

const inTpkt = (cotp: Buffer): Buffer => {
  const head = Buffer.alloc(TPKT_HEAD)
  head[0] = TPKT_VERSION
  head.writeUInt16BE(TPKT_HEAD + cotp.length, 2)
  return Buffer.concat([head, cotp])
}

export const dataUnit = (payload: Buffer): Buffer => inTpkt(Buffer.concat([Buffer.of(2, COTP_DATA, LAST_UNIT), payload]))

/** COTP CR: TPDU size 2^10, calling and called TSAP. */
export function connectRequest(localTsap: number, remoteTsap: number): Buffer {
  const body = Buffer.from('11e00000000100c0010ac1020000c2020000', 'hex')
  body[1] = COTP_CONNECT
  body.writeUInt16BE(localTsap, 12)
  body.writeUInt16BE(remoteTsap, 16)
  return inTpkt(body)
}

function job(reference: number, parameters: Buffer, data: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(JOB_HEAD)
  head[0] = S7_ID
  head[1] = 0x01
  head.writeUInt16BE(reference, 4)
  head.writeUInt16BE(parameters.length, 6)
  head.writeUInt16BE(data.length, 8)
  return dataUnit(Buffer.concat([head, parameters, data]))
}

/** “Setup communication”: jobs at once in each direction, and the longest PDU. */
export function setupRequest(reference: number, jobs: number, pduBytes: number): Buffer {
  const parameters = Buffer.from('f000000000000000', 'hex')
  parameters.writeUInt16BE(jobs, 2)
  parameters.writeUInt16BE(jobs, 4)
  parameters.writeUInt16BE(pduBytes, 6)
  return job(reference, parameters)
}

/** Of one table: bytes, or so many timers or counters. */
export interface Variable {
  area: Area
  db: number
  offset: number
  count: number
}

function addressItem(kind: number, { area, db }: Pick<Variable, 'area' | 'db'>, count: number, at: number): Buffer {
  const item = Buffer.from('120a10000000000000000000', 'hex')
  item[3] = kind
  item.writeUInt16BE(count, 4)
  item.writeUInt16BE(db, 6)
  item[8] = areaCodes[area]
  item.writeUIntBE(at, 9, 3)
  return item
}

function itemOf(variable: Variable): Buffer {
  if (variable.area === 'T') return addressItem(transport.timer, variable, variable.count, variable.offset)
  if (variable.area === 'C') return addressItem(transport.counter, variable, variable.count, variable.offset)
  return addressItem(transport.byte, variable, variable.count, variable.offset * 8)
}

export const readRequest = (reference: number, variables: readonly Variable[]): Buffer =>
  job(reference, Buffer.concat([Buffer.of(0x04, variables.length), ...variables.map(itemOf)]))

export function writeBytes(reference: number, variable: Omit<Variable, 'count'>, bytes: Buffer): Buffer {
  const head = Buffer.alloc(4)
  head[1] = dataForm.bits
  head.writeUInt16BE(bytes.length * 8, 2)
  return job(reference, Buffer.concat([Buffer.of(0x05, 1), itemOf({ ...variable, count: bytes.length })]), Buffer.concat([head, bytes]))
}

export const writeBit = (reference: number, variable: Omit<Variable, 'count'>, bit: number, on: boolean): Buffer =>
  job(
    reference,
    Buffer.concat([Buffer.of(0x05, 1), addressItem(transport.bit, variable, 1, variable.offset * 8 + bit)]),
    Buffer.of(0, dataForm.bit, 0, 1, on ? 1 : 0),
  )

export type PduAnswer =
  | { kind: 'answer'; parameters: Buffer; data: Buffer }
  /** Class and code of the head: the whole request was refused. */
  | { kind: 'error'; code: number }
  | { kind: 'wrong' }

/** The parts of an answer to the function `of`. */
export function answerParts(payload: Buffer, of: number): PduAnswer {
  const isAnswer = payload[1] === 0x03 || payload[1] === 0x02
  if (!isAnswer || payload.length < ANSWER_HEAD) return { kind: 'wrong' }
  const code = payload.readUInt16BE(10)
  if (code !== 0) return { kind: 'error', code }
  const parametersEnd = ANSWER_HEAD + payload.readUInt16BE(6)
  const dataEnd = parametersEnd + payload.readUInt16BE(8)
  if (dataEnd !== payload.length || payload[ANSWER_HEAD] !== of) return { kind: 'wrong' }
  return { kind: 'answer', parameters: payload.subarray(ANSWER_HEAD, parametersEnd), data: payload.subarray(parametersEnd, dataEnd) }
}

/** One of the results of a read: its bytes, or the code by which it was refused. */
export type Result = { kind: 'bytes'; bytes: Buffer } | { kind: 'refused'; code: number }

/** Undefined where the answer does not hold what was asked for. */
export function readResults(
  variables: readonly Variable[],
  { parameters, data }: { parameters: Buffer; data: Buffer },
): Result[] | undefined {
  if (parameters.length !== 2 || parameters[1] !== variables.length) return undefined
  const results: Result[] = []
  let at = 0
  for (const [index, variable] of variables.entries()) {
    if (at >= data.length) return undefined
    const code = data[at]!
    if (code !== itemCodes.done) {
      // A refused item has a head of four bytes without data; some CPUs end the PDU after its code.
      results.push({ kind: 'refused', code })
      at += 4
      continue
    }
    if (at + 4 > data.length) return undefined
    const form = data[at + 1]!
    const counted = data.readUInt16BE(at + 2)
    const inBits = form === dataForm.bit || form === dataForm.bits || form === dataForm.integer
    const length = inBits ? Math.ceil(counted / 8) : counted
    const wanted = variable.count * (isCounted(variable.area) ? 2 : 1)
    const from = at + 4
    if (length !== wanted || from + length > data.length) return undefined
    results.push({ kind: 'bytes', bytes: data.subarray(from, from + length) })
    at = from + length + (index < variables.length - 1 ? length % 2 : 0)
  }
  return results
}

export const variableOf = ({ area, db }: Pick<Address, 'area' | 'db'>, offset: number, count: number): Variable => ({
  area,
  db,
  offset,
  count,
})
