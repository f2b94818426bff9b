import { AttributeIds, type DataType, VariantArrayType } from 'node-opcua-client'
import { LinkLost, type WriteItem, type WriteOutcome } from '../driver.ts'
import { encode } from './codec.ts'
import type { OpcuaPlace } from './config.ts'
import type { OpcuaSession, OpcuaUnit } from './session.ts'
import { judge } from './status.ts'

type Item = WriteItem<OpcuaUnit, OpcuaPlace>

/**
 * One after the other, each in the node's own type, then read back. A link that is lost meanwhile leaves it
 * unknown, and nothing is sent again.
 */
export async function writeItems(session: OpcuaSession, items: readonly Item[], signal: AbortSignal): Promise<WriteOutcome[]> {
  const outcomes: WriteOutcome[] = []
  for (const item of items) outcomes.push(await writeItem(session, item, signal))
  return outcomes
}

async function writeItem(session: OpcuaSession, { unit, point, value }: Item, signal: AbortSignal): Promise<WriteOutcome> {
  const found = await session.resolve(unit, point.place, signal).catch((error: unknown) => ({ reason: lossReason(error, signal) }))
  if ('reason' in found) return refused(found.reason)
  if (found.place.index !== undefined) return refused('opcua.elementNotWritten')
  const { nodeId } = found.node
  try {
    // A Variant of another type is refused by most servers: the one that stands there is taken.
    const [now] = await session.readValues([found.node], signal)
    if (!now || now.statusCode.value >>> 31) return refused(judge(now?.statusCode.value ?? 0x8000_0000).reason ?? 'opcua.bad')
    const { dataType, arrayType } = now.value
    if (arrayType !== 0) return refused('opcua.arrayNotRead')
    const encoded = encode(dataType, value)
    if (encoded.kind === 'refused') return refused(encoded.reason)
    const status = await session.ask(() => {
      const variant = { dataType: dataType as DataType, arrayType: VariantArrayType.Scalar, value: encoded.value }
      return session.session.write({ nodeId: nodeId as never, attributeId: AttributeIds.Value, value: { value: variant } })
    }, signal)
    // Good with a remark is done: a value that the server clamped stands there, the read-back tells it.
    if (status.value >>> 31) return refused(judge(status.value).reason ?? 'opcua.bad')
    const [after] = await session.readValues([found.node], signal)
    return { kind: 'done', readBack: session.sampleOf({ point: point.id, place: found.place }, after).value }
  } catch (error) {
    return { kind: 'unknown', reason: lossReason(error, signal) }
  }
}

const lossReason = (error: unknown, signal: AbortSignal): string =>
  signal.aborted ? 'opcua.stopped' : error instanceof LinkLost ? error.reason : 'opcua.connectionLost'

const refused = (reason: string): WriteOutcome => ({ kind: 'refused', reason })
