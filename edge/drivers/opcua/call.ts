import { type Argument, type DataType, findBasicDataType, type NodeId, VariantArrayType } from 'node-opcua-client'
import { type CallItem, type CallOutcome, LinkLost } from '../driver.ts'
import { nodeIdText, parseNode } from './address.ts'
import { decode, encode } from './codec.ts'
import { type OpcuaPlace, opcua } from './config.ts'
import type { OpcuaSession, OpcuaUnit } from './session.ts'
import { codeOf, mayHaveActed, refusalOf } from './status.ts'

type Item = CallItem<OpcuaUnit, OpcuaPlace>

/**
 * Calls a method of an object, once (OPC 10000-4 §5.12.2), each argument in the type that the server declares for it. What goes wrong before it
 * is sent is refused; a link that is lost while it is out leaves it unknown, and nothing is sent again.
 */
export async function callMethod(session: OpcuaSession, item: Item, signal: AbortSignal): Promise<CallOutcome> {
  let sent = false
  try {
    const ids = await idsOf(session, item, signal)
    if ('reason' in ids) return { kind: 'refused', reason: ids.reason }
    const declared = await declaredInput(session, ids.methodId, signal)
    const given = argumentsOf(declared, item.arguments)
    if (given.kind === 'refused') return given
    const answer = await session.ask(() => {
      sent = true
      return session.session.call({ objectId: ids.objectId, methodId: ids.methodId, inputArguments: given.variants })
    }, signal)
    const { statusCode, outputArguments } = answer
    // Good with a remark is done.
    if (statusCode.value >>> 31) {
      const details = { status: codeOf(statusCode).value }
      if (mayHaveActed(statusCode.value)) return { kind: 'unknown', reason: 'opcua.callMayHaveActed', details }
      return { kind: 'refused', reason: refusalOf(statusCode.value), details }
    }
    return {
      kind: 'done',
      results: (outputArguments ?? []).map(({ dataType, arrayType, value }) => resultOf({ dataType, arrayType, value })),
    }
  } catch (error) {
    const reason = signal.aborted ? 'opcua.stopped' : error instanceof LinkLost ? error.reason : 'opcua.connectionLost'
    return { kind: sent ? 'unknown' : 'refused', reason }
  }
}

async function idsOf(
  session: OpcuaSession,
  { unit, place }: Item,
  signal: AbortSignal,
): Promise<{ objectId: string; methodId: string } | { reason: string }> {
  const parsed = opcua.place.safeParse(place)
  if (!parsed.success || parsed.data.method === undefined) return { reason: 'opcua.wrongPlace' }
  const object = await session.locate(unit, parsed.data, signal)
  if ('reason' in object) return object
  const method = parseNode(parsed.data.method, unit.name)
  if (method.kind !== 'node') return { reason: 'opcua.wrongPlace' }
  const methodId = nodeIdText(method.node, session.namespaces)
  return methodId === undefined ? { reason: 'opcua.namespaceUnknown' } : { objectId: object.nodeId, methodId }
}

interface Declared {
  name: string
  dataType: DataType
  isArray: boolean
}

/** In the server's order; a type of its own is sent as the built-in type that it stands on. */
async function declaredInput(session: OpcuaSession, methodId: string, signal: AbortSignal): Promise<Declared[]> {
  const { inputArguments } = await session.ask(() => session.session.getArgumentDefinition(methodId), signal)
  const declared: Declared[] = []
  for (const { name, dataType, valueRank } of inputArguments as Argument[]) {
    const basic = await session.ask(() => findBasicDataType(session.session, dataType as NodeId), signal)
    declared.push({ name: name ?? '', dataType: basic, isArray: valueRank >= 0 })
  }
  return declared
}

type Variants = { dataType: DataType; arrayType: VariantArrayType; value: unknown }[]

function argumentsOf(
  declared: readonly Declared[],
  given: Item['arguments'],
): { kind: 'variants'; variants: Variants } | (CallOutcome & { kind: 'refused' }) {
  if (declared.length !== given.length)
    return {
      kind: 'refused',
      reason: 'opcua.argumentCount',
      details: { expected: String(declared.length), given: String(given.length) },
    }
  const variants: Variants = []
  for (const [i, { name, dataType, isArray }] of declared.entries()) {
    const encoded = isArray ? ({ kind: 'refused' } as const) : encode(dataType, given[i]!)
    if (encoded.kind === 'refused') return { kind: 'refused', reason: 'opcua.argumentType', details: { argument: name } }
    variants.push({ dataType, arrayType: VariantArrayType.Scalar, value: encoded.value })
  }
  return { kind: 'variants', variants }
}

/** What is no single value is not told. */
function resultOf(variant: {
  dataType: DataType
  arrayType: VariantArrayType
  value: unknown
}): (CallOutcome & { kind: 'done' })['results'][number] {
  const decoded = decode(variant, false)
  return decoded.kind === 'value' ? decoded.value : null
}
