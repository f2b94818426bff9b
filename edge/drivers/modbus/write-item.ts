import { isFailure } from '../../blocks/extent.ts'
import { LinkLost, type Sample, type WriteItem, type WriteOutcome } from '../driver.ts'
import { type Address, isRegister } from './address.ts'
import { decoderOf, encode } from './codec.ts'
import { locate, type ModbusPlace, modbus } from './config.ts'
import type { Answer, ModbusConnection } from './connection.ts'
import { failureOf, failures, isIllegalFunction, mayHaveWritten } from './exceptions.ts'
import {
  coilOf,
  confirms,
  isBits,
  maskBit,
  readData,
  readRequest,
  writeCoil,
  writeOneOfCoils,
  writeRegister,
  writeRegisters,
} from './pdu.ts'

interface Target {
  connection: ModbusConnection
  unitId: number
  signal: AbortSignal
}
type Written = { kind: 'written'; note?: string } | Exclude<WriteOutcome, { kind: 'done' }>

/** Writes one value and reads it back. It is sent once: only a function that the device says it does not have is followed by another. */
export async function writeItem(
  connection: ModbusConnection,
  withoutMaskWrite: Set<number>,
  { unit, point, value }: WriteItem<{ unitId: number }, ModbusPlace>,
  signal: AbortSignal,
): Promise<WriteOutcome> {
  const parsed = modbus.place.safeParse(point.place)
  if (!parsed.success) return { kind: 'refused', reason: failures.wrongPlace.reason }
  const place = parsed.data
  const address = locate(place)
  if (address.table === 'discrete' || address.table === 'input') return { kind: 'refused', reason: 'modbus.notWritable' }
  const target = { connection, unitId: unit.unitId, signal }
  const written =
    place.dataType === 'bool'
      ? await writeBoolean(target, withoutMaskWrite, address, value)
      : await writeValue(target, place, address, value)
  if (written.kind !== 'written') return written
  const readBack = await readAgain(target, place, address)
  return { kind: 'done', readBack, ...(written.note && { note: written.note }) }
}

async function writeBoolean(target: Target, withoutMaskWrite: Set<number>, address: Address, value: WriteItem['value']): Promise<Written> {
  if (typeof value !== 'boolean') return { kind: 'refused', reason: 'modbus.wrongType' }
  const { table, offset, bit = 0 } = address
  if (!isRegister(table)) return send(target, writeCoil(offset, value), writeOneOfCoils(offset, value))
  if (!withoutMaskWrite.has(target.unitId)) {
    const masked = await send(target, maskBit(offset, bit, value))
    if (masked.kind !== 'refused' || masked.reason !== ILLEGAL_FUNCTION) return masked
    withoutMaskWrite.add(target.unitId)
  }
  return changeBit(target, offset, bit, value)
}

/** Between the read and the write the device may change another bit of the register, which is then written back: the outcome says so. */
async function changeBit(target: Target, offset: number, bit: number, value: boolean): Promise<Written> {
  const current = await ask(target, readRequest('holding', offset, 1))
  if (current.kind !== 'answer') return { kind: 'refused', reason: reasonOf(current) }
  const data = readData('holding', 1, current.pdu)
  if (!data) return { kind: 'refused', reason: failures.wrongAnswer.reason }
  const mask = 1 << bit
  const register = Buffer.alloc(2)
  register.writeUInt16BE(value ? data.readUInt16BE(0) | mask : data.readUInt16BE(0) & ~mask)
  const written = await send(target, writeRegister(offset, register), writeRegisters(offset, register))
  return written.kind === 'written' ? { ...written, note: 'modbus.readModifyWrite' } : written
}

async function writeValue(target: Target, place: ModbusPlace, { offset }: Address, value: WriteItem['value']): Promise<Written> {
  const encoded = encode(place, value)
  if (encoded.kind === 'refused') return encoded
  const { bytes } = encoded
  const several = writeRegisters(offset, bytes)
  return bytes.length === 2 ? send(target, writeRegister(offset, bytes), several) : send(target, several)
}

const ILLEGAL_FUNCTION = failureOf(1).reason

async function send(target: Target, request: Buffer, otherFunction?: Buffer): Promise<Written> {
  const answer = await ask(target, request)
  if (answer.kind === 'answer') {
    return confirms(request, answer.pdu) ? { kind: 'written' } : { kind: 'unknown', reason: failures.wrongAnswer.reason }
  }
  if (answer.kind === 'exception') {
    if (otherFunction && isIllegalFunction(answer.code)) return send(target, otherFunction)
    return { kind: mayHaveWritten(answer.code) ? 'unknown' : 'refused', reason: reasonOf(answer) }
  }
  return { kind: answer.kind === 'notSent' ? 'refused' : 'unknown', reason: reasonOf(answer) }
}

/** A link that goes is an outcome here: whether the request was out by then decides between refused and unknown. */
type Asked = Answer | { kind: 'notSent' | 'cut'; reason: string }

async function ask({ connection, unitId, signal }: Target, request: Buffer): Promise<Asked> {
  let sent = false
  try {
    return await connection.request(unitId, request, signal, () => {
      sent = true
    })
  } catch (error) {
    if (!(error instanceof LinkLost) && !signal.aborted) throw error
    return { kind: sent ? 'cut' : 'notSent', reason: error instanceof LinkLost ? error.reason : 'modbus.stopped' }
  }
}

function reasonOf(answer: Exclude<Asked, { kind: 'answer' }>): string {
  switch (answer.kind) {
    case 'exception':
      return failureOf(answer.code).reason
    case 'silent':
      return failures.noAnswer.reason
    case 'wrong':
      return failures.wrongAnswer.reason
    default:
      return answer.reason
  }
}

/** Null when it was written and cannot be read. */
async function readAgain(target: Target, place: ModbusPlace, address: Address & { size: number }): Promise<Sample['value']> {
  const { table, offset, size, bit } = address
  const answer = await ask(target, readRequest(table, offset, size))
  const data = answer.kind === 'answer' ? readData(table, size, answer.pdu) : undefined
  if (!data) return null
  const value = isBits(table) ? coilOf(data, 0) : decoderOf(place, bit)(data, 0)
  return isFailure(value) ? null : value
}
