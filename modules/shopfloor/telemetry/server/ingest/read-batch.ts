import { telemetryLimits } from '../../contract.ts'
import type { KnownDevice } from './device-directory.ts'
import type { GatewayVoice } from './gateway-voice.ts'
import { isRecord, type Limits, type PieceSink, readItem } from './read-message.ts'

/** A gateway's batch as far as it must be understood to take it apart; the items are judged one by one. */
export interface ReadBatch {
  batch: number
  backfill: boolean
  items: readonly unknown[]
}

const TEXT_LENGTH = 1_000

export type BatchRefusal = { refused: 'tooLarge' | 'malformed'; text: string }

/** `{ batch, backfill?, items }` of gateways' contract. Unknown members are left alone, so that the format can grow. */
export function readBatch(payload: Buffer): ReadBatch | BatchRefusal {
  let parsed: unknown
  if (payload.length > telemetryLimits.messageBytes) return { refused: 'tooLarge', text: payload.toString('utf8', 0, TEXT_LENGTH) }
  try {
    parsed = JSON.parse(payload.toString())
  } catch {
    return { refused: 'malformed', text: payload.toString('utf8', 0, TEXT_LENGTH) }
  }
  if (
    !isRecord(parsed) ||
    !Number.isSafeInteger(parsed.batch) ||
    (parsed.batch as number) < 0 ||
    !Array.isArray(parsed.items) ||
    (parsed.backfill !== undefined && typeof parsed.backfill !== 'boolean')
  )
    return { refused: 'malformed', text: (JSON.stringify(parsed) ?? '').slice(0, TEXT_LENGTH) }
  return { batch: parsed.batch as number, backfill: parsed.backfill === true, items: parsed.items }
}

export const deviceOf = (item: unknown): string | undefined => (isRecord(item) && typeof item.device === 'string' ? item.device : undefined)

/** Where the items of a batch go: `of` names whose the following ones are. */
export interface BatchSink extends PieceSink {
  of(device: KnownDevice): void
}

/** Takes a batch apart; the devices it names were read before, as far as the gateway speaks for them. */
export function readItems(items: readonly unknown[], gateway: KnownDevice, voice: GatewayVoice, limits: Limits, sink: BatchSink): void {
  let last: string | undefined
  let device: KnownDevice | undefined
  for (let i = 0; i < items.length; i++) {
    const item = items[i]
    const code = deviceOf(item)
    if (code === undefined || code !== last) {
      device = code !== undefined && voice.codes.has(code) ? voice.devices.get(code) : undefined
      sink.of(device ?? gateway)
      last = code
    }
    if (code === undefined) sink.refuse('malformed', 1, i, null, item)
    else if (!device) sink.refuse(voice.codes.has(code) ? 'unknownDevice' : 'foreignDevice', 1, i, null, item)
    else if (!device.active) sink.refuse('deviceInactive', 1, i, null, item)
    else if (code !== gateway.code && !isInTurn(item, code, voice)) sink.refuse('otherTurn', valuesIn(item), i, null, item)
    else readItem(item, i, device.points, limits, sink)
  }
}

export const isInTurn = (item: unknown, code: string, voice: GatewayVoice): boolean =>
  !isRecord(item) || typeof item.ts !== 'number' || voice.isItsTurn(code, item.ts)

const valuesIn = (item: unknown): number => (isRecord(item) && isRecord(item.values) ? Math.max(1, Object.keys(item.values).length) : 1)
