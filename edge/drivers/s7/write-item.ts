import { isFailure } from '../../blocks/extent.ts'
import { LinkLost, type Sample, type WriteItem, type WriteOutcome } from '../driver.ts'
import { decoderOf, encode } from './codec.ts'
import { locate, type S7Place, type S7Unit, s7 } from './config.ts'
import type { Answer, S7Connection } from './connection.ts'
import { failureOfHead, failureOfItem, failures } from './failures.ts'
import { itemCodes, readRequest, readResults, variableOf, writeBit, writeBytes } from './pdu.ts'
import { longestStretch } from './read-plan.ts'

/** Heads of request, item and data around the bytes that are written. */
const WRITE_OVERHEAD = 28
/** What the CPU may have done all the same is never refused: a hardware fault, and heads that nobody has listed. */
const surelyRefused = new Set<number>([
  itemCodes.accessDenied,
  itemCodes.outOfRange,
  itemCodes.typeUnsupported,
  itemCodes.typeDiffers,
  itemCodes.missing,
])

type Located = NonNullable<ReturnType<typeof locate>>
type Frame = (reference: number) => Buffer

/** Writes one value, once, and reads it back. */
export async function writeItem(
  connection: S7Connection,
  { unit, point, value }: WriteItem<S7Unit, S7Place>,
  signal: AbortSignal,
): Promise<WriteOutcome> {
  const parsed = s7.place.safeParse(point.place)
  const where = parsed.success ? locate(parsed.data, unit) : undefined
  if (!parsed.success || !where) return { kind: 'refused', reason: failures.wrongPlace.reason }
  const place = parsed.data
  if (where.area === 'I' || where.area === 'T' || where.area === 'C') return { kind: 'refused', reason: 's7.notWritable' }
  const longest = Math.min(connection.pduBytes - WRITE_OVERHEAD, longestStretch(connection.pduBytes))
  if (where.size > longest) return { kind: 'refused', reason: failures.tooLong.reason }
  if (place.dataType === 'string' && (place.form === 'string' || place.form === 'wstring')) {
    const refusal = await tooLongForDeclared(connection, place, where, value, signal)
    if (refusal) return refusal
  }
  const frame = frameOf(place, where, value)
  if (frame.kind === 'refused') return frame
  const refusal = await send(connection, frame.make, signal)
  return refusal ?? { kind: 'done', readBack: await readAgain(connection, place, where, signal) }
}

function frameOf(
  place: S7Place,
  where: Located,
  value: WriteItem['value'],
): { kind: 'frame'; make: Frame } | { kind: 'refused'; reason: string } {
  if (place.dataType === 'bool') {
    if (typeof value !== 'boolean') return { kind: 'refused', reason: 's7.wrongType' }
    return { kind: 'frame', make: (reference) => writeBit(reference, where, where.bit ?? 0, value) }
  }
  const encoded = encode(place, value)
  if (encoded.kind === 'refused') return encoded
  const at = { area: where.area, db: where.db, offset: where.offset + encoded.skip }
  return { kind: 'frame', make: (reference) => writeBytes(reference, at, encoded.bytes) }
}

/** The block's own declaration may be shorter than the point table says: what lies behind it would be overwritten. */
async function tooLongForDeclared(
  connection: S7Connection,
  place: S7Place,
  where: Located,
  value: WriteItem['value'],
  signal: AbortSignal,
): Promise<WriteOutcome | undefined> {
  const wide = place.form === 'wstring'
  const head = await readBytes(connection, where, wide ? 2 : 1, signal)
  if (head.kind !== 'bytes') return { kind: 'refused', reason: head.reason }
  const declared = wide ? head.bytes.readUInt16BE(0) : head.bytes[0]!
  const encoded = encode(place, value)
  const needed = encoded.kind === 'bytes' ? (encoded.bytes.length - (wide ? 2 : 1)) / (wide ? 2 : 1) : 0
  return needed > declared ? { kind: 'refused', reason: 's7.textTooLong' } : undefined
}

/** Why it is not done, undefined where it is. */
async function send(connection: S7Connection, frame: Frame, signal: AbortSignal): Promise<WriteOutcome | undefined> {
  let sent = false
  let answer: Answer
  try {
    answer = await connection.request(frame, 0x05, signal, () => {
      sent = true
    })
  } catch (error) {
    if (!(error instanceof LinkLost) && !signal.aborted) throw error
    const reason = error instanceof LinkLost ? error.reason : 's7.stopped'
    return { kind: sent ? 'unknown' : 'refused', reason }
  }
  if (answer.kind === 'silent') return { kind: 'unknown', reason: failures.noAnswer.reason }
  if (answer.kind === 'wrong') return { kind: 'unknown', reason: failures.wrongAnswer.reason }
  if (answer.kind === 'error') {
    const { reason } = failureOfHead(answer.code)
    return { kind: reason === 's7.unknownError' ? 'unknown' : 'refused', reason }
  }
  const code = answer.data.length === 1 ? answer.data[0]! : undefined
  if (code === undefined) return { kind: 'unknown', reason: failures.wrongAnswer.reason }
  if (code === itemCodes.done) return undefined
  return { kind: surelyRefused.has(code) ? 'refused' : 'unknown', reason: failureOfItem(code).reason }
}

async function readBytes(
  connection: S7Connection,
  where: Located,
  count: number,
  signal: AbortSignal,
): Promise<{ kind: 'bytes'; bytes: Buffer } | { kind: 'failed'; reason: string }> {
  const variable = variableOf(where, where.offset, count)
  const answer = await connection.request((reference) => readRequest(reference, [variable]), 0x04, signal)
  if (answer.kind === 'silent') return { kind: 'failed', reason: failures.noAnswer.reason }
  if (answer.kind === 'error') return { kind: 'failed', reason: failureOfHead(answer.code).reason }
  const [result] = (answer.kind === 'answer' && readResults([variable], answer)) || []
  if (!result) return { kind: 'failed', reason: failures.wrongAnswer.reason }
  return result.kind === 'bytes' ? result : { kind: 'failed', reason: failureOfItem(result.code).reason }
}

/** Null where it cannot be read: it was written all the same. */
async function readAgain(connection: S7Connection, place: S7Place, where: Located, signal: AbortSignal): Promise<Sample['value']> {
  const read = await readBytes(connection, where, where.size, signal).catch(() => undefined)
  if (read?.kind !== 'bytes') return null
  const value = decoderOf(place, where.bit)(read.bytes, 0)
  return isFailure(value) ? null : value
}
