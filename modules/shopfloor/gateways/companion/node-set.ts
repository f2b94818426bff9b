import { formatNode, formatStep, parseNode } from '#edge/drivers/opcua/address.ts'
import { below, childrenOf, type Element, parseXml, type XmlRefusal } from './xml.ts'

/** A node of a UANodeSet (OPC 10000-6 §F), its ids as a point's address has them: `nsu=<uri>;i=1001`, the standard's own `i=58`. */
export interface UaNode {
  id: string
  nodeClass: 'Object' | 'Variable' | 'Method' | 'ObjectType' | 'VariableType' | 'DataType' | 'ReferenceType' | 'View'
  /** Of the model whose file has it. */
  modelUri: string
  /** Its browse name. */
  name: string
  /** As a browse path has it: `nsu=<uri>;Identification`. */
  step: string
  label: string
  labelZh: string | undefined
  isAbstract: boolean
  dataType: string
  valueRank: number
  accessLevel: number
  value: Element | undefined
  references: { type: string; isForward: boolean; to: string }[]
}

export interface NodeSets {
  nodes: ReadonlyMap<string, UaNode>
  /** Forward references of both files' ends, by the node that they go out from. */
  forward: ReadonlyMap<string, { type: string; to: string }[]>
  models: { uri: string; version: string }[]
  /** Models that these build on and nobody brought, the standard's own aside. */
  missing: string[]
}

export type FileRefusal = XmlRefusal | 'notNodeSet' | 'tooManyNodes'
export type ReadNodeSets = { kind: 'read'; sets: NodeSets } | { kind: 'refused'; file: string; reason: FileRefusal; line?: number }

const STANDARD = 'http://opcfoundation.org/UA/'
const MOST_NODES = 100_000
const classes = /^UA(Object|Variable|Method|ObjectType|VariableType|DataType|ReferenceType|View)$/

/** References and types that files name without saying where they stand (OPC 10000-6 Annex A). */
const standardNames: Readonly<Record<string, string>> = {
  HierarchicalReferences: 'i=33',
  Organizes: 'i=35',
  HasModellingRule: 'i=37',
  HasTypeDefinition: 'i=40',
  GeneratesEvent: 'i=41',
  HasSubtype: 'i=45',
  HasProperty: 'i=46',
  HasComponent: 'i=47',
  HasOrderedComponent: 'i=49',
  HasInterface: 'i=17603',
  HasAddIn: 'i=17604',
  Boolean: 'i=1',
  SByte: 'i=2',
  Byte: 'i=3',
  Int16: 'i=4',
  UInt16: 'i=5',
  Int32: 'i=6',
  UInt32: 'i=7',
  Int64: 'i=8',
  UInt64: 'i=9',
  Float: 'i=10',
  Double: 'i=11',
  String: 'i=12',
  DateTime: 'i=13',
  Guid: 'i=14',
  ByteString: 'i=15',
  NodeId: 'i=17',
  QualifiedName: 'i=20',
  LocalizedText: 'i=21',
  Number: 'i=26',
  Duration: 'i=290',
  UtcTime: 'i=294',
  LocaleId: 'i=295',
}

/** Reads models that build on each other, in any order. */
export function readNodeSets(files: readonly { name: string; text: string }[]): ReadNodeSets {
  const nodes = new Map<string, UaNode>()
  const models: NodeSets['models'] = []
  const required = new Set<string>()
  for (const { name: file, text } of files) {
    const xml = parseXml(text)
    if (xml.kind === 'refused') return { ...xml, file }
    if (xml.root.name !== 'UANodeSet') return { kind: 'refused', file, reason: 'notNodeSet' }
    const reader = new FileReader(xml.root)
    models.push(...reader.models)
    for (const uri of reader.required) required.add(uri)
    for (const node of reader.nodes()) nodes.set(node.id, node)
    if (nodes.size > MOST_NODES) return { kind: 'refused', file, reason: 'tooManyNodes' }
  }
  const missing = [...required].filter((uri) => uri !== STANDARD && !models.some((model) => model.uri === uri))
  return { kind: 'read', sets: { nodes, forward: forwardOf(nodes), models, missing } }
}

class FileReader {
  readonly #root: Element
  readonly #uris: string[]
  readonly #aliases: ReadonlyMap<string, string>
  readonly models: NodeSets['models']
  readonly required: string[]

  constructor(root: Element) {
    this.#root = root
    this.#uris = [STANDARD, ...childrenOf(below(root, 'NamespaceUris'), 'Uri').map(({ text }) => text.trim())]
    this.#aliases = new Map(childrenOf(below(root, 'Aliases'), 'Alias').map((alias) => [alias.attributes.Alias ?? '', alias.text.trim()]))
    const models = childrenOf(below(root, 'Models'), 'Model')
    const said = models.map(({ attributes }) => ({ uri: attributes.ModelUri ?? '', version: attributes.Version ?? '' }))
    this.models = said.length > 0 ? said : [{ uri: this.#uris[1] ?? STANDARD, version: '' }]
    this.required = models.flatMap((model) => childrenOf(model, 'RequiredModel').map(({ attributes }) => attributes.ModelUri ?? ''))
  }

  *nodes(): Generator<UaNode> {
    const modelUri = this.models[0]?.uri ?? STANDARD
    for (const element of this.#root.children) {
      const nodeClass = classes.exec(element.name)?.[1] as UaNode['nodeClass'] | undefined
      const id = nodeClass && this.#id(element.attributes.NodeId)
      if (!nodeClass || id === undefined) continue
      const { BrowseName: browseName = '', IsAbstract, DataType, ValueRank, AccessLevel, ParentNodeId } = element.attributes
      const { name, uri } = this.#qualified(browseName)
      const labels = childrenOf(element, 'DisplayName')
      const references = childrenOf(below(element, 'References'), 'Reference').flatMap((reference) => {
        const type = this.#id(reference.attributes.ReferenceType)
        const to = this.#id(reference.text)
        return type === undefined || to === undefined ? [] : [{ type, isForward: reference.attributes.IsForward !== 'false', to }]
      })
      const parent = this.#id(ParentNodeId)
      const isTold = parent === undefined || references.some(({ to, isForward }) => to === parent && !isForward)
      yield {
        id,
        nodeClass,
        modelUri,
        name,
        step: formatStep(uri, name, uri === STANDARD),
        label: labels.find(({ attributes }) => !attributes.Locale?.startsWith('zh'))?.text.trim() || name,
        labelZh: labels.find(({ attributes }) => attributes.Locale?.startsWith('zh'))?.text.trim() || undefined,
        isAbstract: IsAbstract === 'true',
        dataType: this.#id(DataType) ?? 'i=24',
        valueRank: Number(ValueRank ?? -1),
        accessLevel: Number(AccessLevel ?? 1),
        value: element.children.find((child) => child.name === 'Value'),
        references: isTold ? references : [...references, { type: 'i=47', isForward: false, to: parent }],
      }
    }
  }

  /** `2:Identification`. */
  #qualified(written: string): { name: string; uri: string } {
    const [, index = '0', name = ''] = /^(?:(\d{1,5}):)?(.*)$/s.exec(written) ?? []
    return { name, uri: this.#uris[Number(index)] ?? STANDARD }
  }

  #id(written: string | undefined): string | undefined {
    const plain = written?.trim()
    if (!plain) return undefined
    const parsed = parseNode(this.#aliases.get(plain) ?? standardNames[plain] ?? plain)
    if (parsed.kind !== 'node') return undefined
    const { namespace, kind, id } = parsed.node
    const uri = 'uri' in namespace ? namespace.uri : this.#uris[namespace.index]
    return uri === undefined ? undefined : formatNode(uri, kind, id, uri === STANDARD)
  }
}

/** A file says a reference at one of its ends or at both. */
function forwardOf(nodes: ReadonlyMap<string, UaNode>): Map<string, { type: string; to: string }[]> {
  const forward = new Map<string, Map<string, { type: string; to: string }>>()
  const add = (from: string, type: string, to: string) => {
    const known = forward.get(from) ?? new Map<string, { type: string; to: string }>()
    forward.set(from, known)
    known.set(`${type} ${to}`, { type, to })
  }
  for (const { id, references } of nodes.values())
    for (const { type, isForward, to } of references) {
      if (isForward) add(id, type, to)
      else add(to, type, id)
    }
  return new Map([...forward].map(([from, known]) => [from, [...known.values()]]))
}
