import { isFailure } from '../../blocks/extent.ts'
import { LinkLost, type Sample, type WriteItem, type WriteOutcome } from '../driver.ts'
import { type DeviceName, devices } from './address.ts'
import { decoderOf, encode } from './codec.ts'
import { locate, type McPlace, type McUnit, mc } from './config.ts'
import type { McConnection } from './connection.ts'
import { failureOf, failures, mayHaveWritten } from './failures.ts'
import { batchRead, type Command, type Frame, writeBit, writeWords } from './frames.ts'

/** Contacts, coils and inputs are the CPU’s own; a program writes over them at once. */
const readOnly = new Set<DeviceName>(['X', 'TS', 'TC', 'SS', 'SC', 'CS', 'CC', 'SM', 'SD'])

type Located = NonNullable<ReturnType<typeof locate>>
type Written = { kind: 'written'; note?: string } | Exclude<WriteOutcome, { kind: 'done' }>

interface Target {
  connection: McConnection
  unit: McUnit
  signal: AbortSignal
}

/** Writes one value, once, and reads it back. */
export async function writeItem(
  connection: McConnection,
  { unit, point, value }: WriteItem<McUnit, McPlace>,
  octal: boolean,
  signal: AbortSignal,
): Promise<WriteOutcome> {
  const parsed = mc.place.safeParse(point.place)
  const where = parsed.success ? locate(parsed.data, octal) : undefined
  if (!parsed.success || !where) return { kind: 'refused', reason: failures.wrongPlace.reason }
  if (readOnly.has(where.device)) return { kind: 'refused', reason: 'mc.notWritable' }
  const target = { connection, unit, signal }
  const written =
    parsed.data.dataType === 'bool' ? await writeBoolean(target, where, value) : await writeValue(target, parsed.data, where, value)
  if (written.kind !== 'written') return written
  return { kind: 'done', readBack: await readAgain(target, parsed.data, where), ...(written.note && { note: written.note }) }
}

async function writeValue(target: Target, place: McPlace, { device, number }: Located, value: WriteItem['value']): Promise<Written> {
  const encoded = encode(place, value)
  return encoded.kind === 'refused' ? encoded : send(target, writeWords(device, number, encoded.bytes))
}

/** A bit of a word is read, changed and written: another bit that the CPU changes meanwhile is then written back, and the outcome says so. */
async function writeBoolean(target: Target, where: Located, value: WriteItem['value']): Promise<Written> {
  if (typeof value !== 'boolean') return { kind: 'refused', reason: 'mc.wrongType' }
  const { device, number, bit = 0 } = where
  if (devices[device].bits) return send(target, writeBit(device, number, value))
  const current = await ask(target, batchRead({ device, offset: number, count: 1 }))
  if (typeof current === 'string') return { kind: 'refused', reason: current }
  if (current.endCode !== 0) return { kind: 'refused', reason: failureOf(current.endCode).reason }
  if (current.data.length !== 2) return { kind: 'refused', reason: failures.wrongAnswer.reason }
  const word = Buffer.alloc(2)
  const mask = 1 << bit
  word.writeUInt16LE(value ? current.data.readUInt16LE(0) | mask : current.data.readUInt16LE(0) & ~mask)
  const written = await send(target, writeWords(device, number, word))
  return written.kind === 'written' ? { ...written, note: 'mc.readModifyWrite' } : written
}

async function send(target: Target, command: Command): Promise<Written> {
  let sent = false
  const answer = await ask(target, command, () => {
    sent = true
  })
  if (typeof answer === 'string') return { kind: sent ? 'unknown' : 'refused', reason: answer }
  if (answer.endCode === 0) return { kind: 'written' }
  const { reason } = failureOf(answer.endCode)
  return { kind: mayHaveWritten(answer.endCode) ? 'unknown' : 'refused', reason }
}

/** The answer, or the reason why there is none. */
async function ask({ connection, unit, signal }: Target, command: Command, onSent?: () => void): Promise<Frame | string> {
  try {
    return await connection.request(unit, command, signal, onSent)
  } catch (error) {
    if (error instanceof LinkLost) return error.reason
    if (signal.aborted) return 'mc.stopped'
    throw error
  }
}

/** Null where it cannot be read: it was written all the same. */
async function readAgain(target: Target, place: McPlace, { device, offset, size, bit }: Located): Promise<Sample['value']> {
  const answer = await ask(target, batchRead({ device, offset, count: size }))
  if (typeof answer === 'string' || answer.endCode !== 0 || answer.data.length !== size * 2) return null
  const value = decoderOf(place, bit)(answer.data, 0)
  return isFailure(value) ? null : value
}
