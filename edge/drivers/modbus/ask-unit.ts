import type { BlockDevice, Outcome } from '../../blocks/block-read.ts'
import type { Failure, Stretch } from '../../blocks/extent.ts'
import { Seen } from '../../wire/seen.ts'
import type { ModbusConnection } from './connection.ts'
import { exceptionOf, failureOf, failures, isAboutUnit } from './exceptions.ts'
import type { Item } from './item.ts'
import { coilOf, isBits, readData, readRequest } from './pdu.ts'

/** After so many requests in a row without the unit's answer the rest of the read is not asked: a dead unit would hold up the link. */
const SILENT_REQUESTS = 2

/** One unit in one read: a request is one stretch. */
export function unitOf(connection: ModbusConnection, unitId: number): BlockDevice<Item> {
  let silentInARow = 0
  const silent = (failure: Failure): Outcome => ({ kind: 'failed', failure, ...(++silentInARow >= SILENT_REQUESTS && { silent: true }) })
  const failed = (failure: Failure): Outcome => {
    silentInARow = 0
    return { kind: 'failed', failure }
  }
  const ask = async ({ table, offset, count }: Stretch<Item>, signal: AbortSignal): Promise<Outcome> => {
    const seen = new Seen()
    const answer = await connection.request(unitId, readRequest(table, offset, count), signal, undefined, seen)
    switch (answer.kind) {
      case 'silent':
        return silent({ ...failures.noAnswer, shown: seen.shown() })
      case 'wrong':
        return failed({ ...failures.wrongAnswer, shown: seen.shown() })
      case 'exception': {
        const failure = { ...failureOf(answer.code), shown: seen.shown(exceptionOf(answer.code)) }
        return isAboutUnit(answer.code) ? silent(failure) : failed(failure)
      }
      case 'answer': {
        const data = readData(table, count, answer.pdu)
        if (!data) return failed({ ...failures.wrongAnswer, shown: seen.shown() })
        silentInARow = 0
        return { kind: 'bytes', bytes: isBits(table) ? coilsOf(data, count) : data, seen }
      }
      default:
        return answer satisfies never
    }
  }
  return {
    answersEach: false,
    pack: (stretches) => stretches.map((stretch) => [stretch]),
    ask: async ([stretch], signal) => [await ask(stretch!, signal)],
  }
}

/** A byte for each. */
function coilsOf(data: Buffer, count: number): Buffer {
  const coils = Buffer.alloc(count)
  for (let i = 0; i < count; i++) coils[i] = coilOf(data, i) ? 1 : 0
  return coils
}
