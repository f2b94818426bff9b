import {
  type Argument,
  AttributeIds,
  BrowseDirection,
  DataType,
  type DataValue,
  NodeClass,
  NodeClassMask,
  type NodeId,
  type QualifiedName,
  type ReferenceDescription,
} from 'node-opcua-client'
import type { Browsed, BrowsedArgument, BrowsedNode } from '../driver.ts'
import { formatNode, formatStep, type NodeAddress, nodeIdText, parseNode } from './address.ts'
import { decode } from './codec.ts'
import { type OpcuaPlace, opcua } from './config.ts'
import { inBatches } from './in-batches.ts'
import type { OpcuaSession } from './session.ts'
import { judge } from './status.ts'

/** RootFolder/Objects. */
const OBJECTS = 'i=85'
const NODES_A_PAGE = 200
/** Of a server that keeps to no page. */
const MOST_NODES = 1_000
/** BrowseName, DisplayName, NodeClass, TypeDefinition and IsForward. */
const ALL_FIELDS = 63
/** CurrentWrite (OPC 10000-3 §8.57). */
const WRITABLE = 2
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
            nodeClassMask: NodeClassMask.Object | NodeClassMask.Variable | NodeClassMask.Method,
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
  const variables = found.filter(({ nodeClass }) => nodeClass === NodeClass.Variable)
  const methods = found.filter(({ nodeClass }) => nodeClass === NodeClass.Method)
  const told: Told = {
    below: at ?? OBJECTS,
    values: await attributesOf(session, variables, AttributeIds.Value, signal),
    levels: await attributesOf(session, variables, AttributeIds.UserAccessLevel, signal),
    types: await typeNames(session, found, signal),
    inputs: await inputsOf(session, methods, signal),
  }
  const more = answer.continuationPoint?.length ? { cursor: answer.continuationPoint.toString('base64') } : {}
  return { nodes: found.map((reference) => nodeOf(session, reference, told)), ...more }
}

/** What the server said of the nodes of a page. */
interface Told {
  /** The node above them. */
  below: string
  /** Read once, so that what can be no point is told before it is picked. */
  values: ReadonlyMap<ReferenceDescription, DataValue>
  levels: ReadonlyMap<ReferenceDescription, DataValue>
  /** Browse names of types, by their nodes. */
  types: ReadonlyMap<string, string>
  inputs: ReadonlyMap<ReferenceDescription, BrowsedArgument[]>
}

async function attributesOf(session: OpcuaSession, found: readonly ReferenceDescription[], attributeId: AttributeIds, signal: AbortSignal) {
  const values = new Map<ReferenceDescription, DataValue>()
  for (const batch of inBatches(found, session.limits.read)) {
    const read = await session.readValues(
      batch.map(({ nodeId }) => ({ nodeId, attributeId })),
      signal,
    )
    batch.forEach((reference, i) => {
      const value = read[i]
      if (value) values.set(reference, value)
    })
  }
  return values
}

async function typeNames(session: OpcuaSession, found: readonly ReferenceDescription[], signal: AbortSignal) {
  const types = [...new Map(found.flatMap(({ typeDefinition: type }) => (type && !type.isEmpty() ? [[String(type), type]] : []))).values()]
  const names = new Map<string, string>()
  for (const batch of inBatches(types, session.limits.read)) {
    const read = await session.readValues(
      batch.map((nodeId) => ({ nodeId, attributeId: AttributeIds.BrowseName })),
      signal,
    )
    batch.forEach((type, i) => {
      const step = stepOf(session, read[i]?.value?.value as QualifiedName | null | undefined)
      if (step) names.set(String(type), step)
    })
  }
  return names
}

function stepOf(session: OpcuaSession, browseName: Pick<QualifiedName, 'name' | 'namespaceIndex'> | null | undefined): string | undefined {
  const { name, namespaceIndex: index = 0 } = browseName ?? {}
  return name ? formatStep(session.namespaces[index] ?? '', name, index === 0) : undefined
}

/** Arguments of methods, by two requests however many there are; a method without the property takes none. */
async function inputsOf(session: OpcuaSession, methods: readonly ReferenceDescription[], signal: AbortSignal) {
  const inputs = new Map<ReferenceDescription, BrowsedArgument[]>()
  if (methods.length === 0) return inputs
  const asked = methods.map((reference, id) => ({
    id,
    place: opcua.place.parse({ address: addressOf(session, reference.nodeId), path: '/InputArguments' }),
  }))
  const { resolved } = await session.planFor({ name: '' }, asked, signal)
  for (const reference of methods) inputs.set(reference, [])
  for (const batch of inBatches(resolved, session.limits.read)) {
    const read = await session.readValues(
      batch.map(({ node }) => node),
      signal,
    )
    batch.forEach(({ point }, i) => {
      const declared: unknown = read[i]?.value?.value
      const reference = methods[point]
      if (reference && Array.isArray(declared)) inputs.set(reference, (declared as (Argument | null)[]).map(argumentOf))
      else if (reference) inputs.delete(reference)
    })
  }
  return inputs
}

function argumentOf(argument: Argument | null): BrowsedArgument {
  const { name, dataType, valueRank, description } = argument ?? {}
  const isBasic = dataType?.namespace === 0 && typeof dataType.value === 'number' && dataType.value in DataType && (valueRank ?? -1) < 0
  const text = description?.text
  return { name: name ?? '', ...(isBasic ? { dataType: DataType[dataType.value as number] } : {}), ...(text ? { description: text } : {}) }
}

function nodeOf(
  session: OpcuaSession,
  reference: ReferenceDescription,
  { below, values, levels, types, inputs }: Told,
): BrowsedNode<OpcuaPlace> {
  const { nodeId, nodeClass, displayName, browseName, typeDefinition } = reference
  const at = addressOf(session, nodeId)
  const [step, type] = [stepOf(session, browseName), types.get(String(typeDefinition))]
  const node = { at, name: displayName?.text || browseName?.name || at, ...(step ? { step } : {}), ...(type ? { type } : {}) }
  if (nodeClass === NodeClass.Method) {
    const told = inputs.get(reference)
    const place = opcua.place.safeParse({ address: below, method: at })
    return { ...node, place: place.success ? place.data : null, method: told ? { inputs: told } : {}, hasChildren: false }
  }
  if (nodeClass !== NodeClass.Variable) return { ...node, place: null, hasChildren: true }
  const { value: variant } = values.get(reference) ?? {}
  const decoded = decode({ dataType: variant?.dataType ?? 0, arrayType: variant?.arrayType ?? 0, value: variant?.value }, false)
  const dataType = variant?.dataType ? DataType[variant.dataType] : undefined
  const reason =
    decoded.kind === 'none' && decoded.reason !== 'opcua.noValue' && decoded.reason !== 'opcua.notANumber' ? { reason: decoded.reason } : {}
  const unit = unitOf(browseName?.name, variant?.value)
  return {
    ...node,
    place: opcua.place.parse({ address: at }),
    ...(dataType ? { dataType } : {}),
    ...reason,
    ...(unit ? { unit } : {}),
    writable: ((levels.get(reference)?.value?.value ?? 0) & WRITABLE) !== 0,
    hasChildren: true,
  }
}

/** EUInformation (OPC 10000-8 §5.6.3). */
function unitOf(name: string | null | undefined, value: unknown): string | undefined {
  if (name !== 'EngineeringUnits' || typeof value !== 'object' || value === null || !('displayName' in value)) return undefined
  return (value.displayName as { text?: string | null } | null)?.text ?? undefined
}

function addressOf(session: OpcuaSession, nodeId: NodeId): string {
  const kind = kinds[nodeId.identifierType] ?? 'i'
  const id = kind === 'b' ? (nodeId.value as Buffer).toString('base64') : String(nodeId.value)
  return formatNode(session.namespaces[nodeId.namespace] ?? '', kind, id, nodeId.namespace === 0)
}
