import {
  AttributeIds,
  BrowseDirection,
  DataType,
  type DataValue,
  NodeClass,
  NodeClassMask,
  type NodeId,
  type ReferenceDescription,
} from 'node-opcua-client'
import type { Browsed, BrowsedNode } from '../driver.ts'
import { formatNode, type NodeAddress, nodeIdText, parseNode } from './address.ts'
import { decode } from './codec.ts'
import { type OpcuaPlace, opcua } from './config.ts'
import { inBatches, type OpcuaSession } from './session.ts'
import { judge } from './status.ts'

/** RootFolder/Objects. */
const OBJECTS = 'i=85'
const NODES_A_PAGE = 200
/** Of a server that keeps to no page. */
const MOST_NODES = 1_000
/** BrowseName, DisplayName, NodeClass, TypeDefinition and IsForward. */
const ALL_FIELDS = 63
const kinds: Record<number, NodeAddress['kind']> = { 1: 'i', 2: 's', 3: 'g', 4: 'b' }

/** What lies below a node, a page at a time; the cursor is the server's own continuation point and lives as long as the session. */
export async function browseNode(
  session: OpcuaSession,
  at: string | null,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<Browsed<OpcuaPlace>> {
  const library = session.session
  library.requestedMaxReferencesPerNode = NODES_A_PAGE
  const parsed = parseNode(at ?? OBJECTS)
  const nodeId = parsed.kind === 'node' ? nodeIdText(parsed.node, session.namespaces) : undefined
  if (nodeId === undefined) return { refused: parsed.kind === 'node' ? 'opcua.namespaceUnknown' : 'opcua.wrongPlace' }
  const answer = await session.ask(
    () =>
      cursor === undefined
        ? library.browse({
            nodeId,
            browseDirection: BrowseDirection.Forward,
            referenceTypeId: 'HierarchicalReferences',
            includeSubtypes: true,
            nodeClassMask: NodeClassMask.Object | NodeClassMask.Variable,
            resultMask: ALL_FIELDS,
          })
        : library.browseNext(Buffer.from(cursor, 'base64'), false),
    signal,
  )
  if (answer.statusCode.value >>> 31)
    return { refused: cursor === undefined ? (judge(answer.statusCode.value).reason ?? 'opcua.bad') : 'opcua.pageGone' }
  const readable = (answer.references ?? []).filter(({ nodeId: id }) => kinds[id.identifierType] !== undefined)
  // A child is referred to in two ways by some servers.
  const found = [...new Map(readable.map((reference) => [String(reference.nodeId), reference])).values()].slice(0, MOST_NODES)
  const values = await valuesOf(session, found, signal)
  const more = answer.continuationPoint?.length ? { cursor: answer.continuationPoint.toString('base64') } : {}
  return { nodes: found.map((reference) => nodeOf(session, reference, values.get(reference))), ...more }
}

/** Read once, so that what can be no point is told before it is picked. */
async function valuesOf(session: OpcuaSession, found: readonly ReferenceDescription[], signal: AbortSignal) {
  const variables = found.filter(({ nodeClass }) => nodeClass === NodeClass.Variable)
  const values = new Map<ReferenceDescription, DataValue>()
  for (const batch of inBatches(variables, session.limits.read)) {
    const read = await session.readValues(
      batch.map(({ nodeId }) => ({ nodeId, attributeId: AttributeIds.Value })),
      signal,
    )
    batch.forEach((reference, i) => {
      const value = read[i]
      if (value) values.set(reference, value)
    })
  }
  return values
}

function nodeOf(session: OpcuaSession, reference: ReferenceDescription, given: DataValue | undefined): BrowsedNode<OpcuaPlace> {
  const { nodeId, nodeClass, displayName, browseName } = reference
  const at = addressOf(session, nodeId)
  const name = displayName?.text || browseName?.name || at
  if (nodeClass !== NodeClass.Variable) return { at, name, place: null, hasChildren: true }
  const { value: variant } = given ?? {}
  const decoded = decode({ dataType: variant?.dataType ?? 0, arrayType: variant?.arrayType ?? 0, value: variant?.value }, false)
  const dataType = variant?.dataType ? DataType[variant.dataType] : undefined
  const reason =
    decoded.kind === 'none' && decoded.reason !== 'opcua.noValue' && decoded.reason !== 'opcua.notANumber' ? { reason: decoded.reason } : {}
  return { at, name, place: opcua.place.parse({ address: at }), ...(dataType ? { dataType } : {}), ...reason, hasChildren: true }
}

function addressOf(session: OpcuaSession, nodeId: NodeId): string {
  const kind = kinds[nodeId.identifierType] ?? 'i'
  const id = kind === 'b' ? (nodeId.value as Buffer).toString('base64') : String(nodeId.value)
  return formatNode(session.namespaces[nodeId.namespace] ?? '', kind, id, nodeId.namespace === 0)
}
