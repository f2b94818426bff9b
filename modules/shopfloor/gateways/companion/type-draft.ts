import {
  type DraftParameter,
  emptyMachine,
  type Labels,
  type LeftReason,
  labelsOf,
  type MachineDraft,
  MOST_LEVELS,
  MOST_METHODS,
  MOST_POINTS,
  pointName,
  takenType,
  toldApart,
} from './draft.ts'
import type { NodeSets, UaNode } from './node-set.ts'
import { below, childrenOf, type Element } from './xml.ts'

const reference = {
  organizes: 'i=35',
  rule: 'i=37',
  type: 'i=40',
  event: 'i=41',
  subtype: 'i=45',
  property: 'i=46',
  interface: 'i=17603',
} as const
/** HierarchicalReferences without subtypes and sources of events. */
const ownership = new Set(['i=33', 'i=34', 'i=35', 'i=44', 'i=46', 'i=47', 'i=49', 'i=17604'])
const rules: Readonly<Record<string, 'mandatory' | 'optional' | 'placeholder'>> = {
  'i=78': 'mandatory',
  'i=80': 'optional',
  'i=11508': 'placeholder',
  'i=11510': 'placeholder',
}
/** Built-in types, and the standard's own that stand on them. */
const builtIn: Readonly<Record<string, string>> = {
  'i=1': 'Boolean',
  'i=2': 'SByte',
  'i=3': 'Byte',
  'i=4': 'Int16',
  'i=5': 'UInt16',
  'i=6': 'Int32',
  'i=7': 'UInt32',
  'i=8': 'Int64',
  'i=9': 'UInt64',
  'i=10': 'Float',
  'i=11': 'Double',
  'i=12': 'String',
  'i=13': 'DateTime',
  'i=14': 'Guid',
  'i=17': 'NodeId',
  'i=20': 'QualifiedName',
  'i=21': 'LocalizedText',
  'i=26': 'Number',
  'i=27': 'Integer',
  'i=28': 'UInteger',
  'i=290': 'Duration',
  'i=294': 'UtcTime',
  'i=295': 'LocaleId',
}
const ENUMERATION = 'i=29'
const STRUCTURE = 'i=22'
/** Types that hold each other would be walked for ever. */
const MOST_VISITED = 20_000
/** State machines have the state that they are in (OPC 10000-16 §4.4.2); the standard's own file is not asked for. */
const stateMachines = new Set(['i=2299', 'i=2771'])

/** Types and machines that a draft can be made of. */
export interface Root {
  id: string
  name: string
  label: string
  modelUri: string
  isMachine: boolean
}

/** Machines that the files have, then the types that are not abstract, of the last file's models first. */
export function rootsOf(sets: NodeSets): Root[] {
  const order = new Map(sets.models.map(({ uri }, i) => [uri, i]))
  const roots = [...sets.nodes.values()].flatMap((node): Root[] => {
    const isMachine = node.nodeClass === 'Object' && isTopObject(sets, node)
    if (!isMachine && !(node.nodeClass === 'ObjectType' && !node.isAbstract)) return []
    return [{ id: node.id, name: node.name, label: node.label, modelUri: node.modelUri, isMachine }]
  })
  return roots.sort(
    (a, b) =>
      (order.get(b.modelUri) ?? 0) - (order.get(a.modelUri) ?? 0) ||
      Number(b.isMachine) - Number(a.isMachine) ||
      a.name.localeCompare(b.name),
  )
}

/** It stands in a folder by itself: among the machines, or in the server’s Objects. */
const isTopObject = (sets: NodeSets, { id, references }: UaNode): boolean => {
  const type = typeOf(sets, id)
  const isOfModel = type !== undefined && sets.nodes.get(type)?.nodeClass === 'ObjectType'
  return isOfModel && references.some(({ type: kind, isForward }) => kind === reference.organizes && !isForward)
}

interface Member {
  node: UaNode
  rule: 'mandatory' | 'optional' | 'placeholder'
  /** It stands in a type: other parts of that type have the same node. */
  isShared: boolean
}
interface Folder {
  id: string
  path: string
  steps: string[]
  labels: Labels[]
  optional: boolean
  isShared: boolean
}

/** The draft of a type, with what its supertypes give it, or of a machine. */
export function draftOfNode(sets: NodeSets, id: string): MachineDraft {
  const draft = emptyMachine()
  const taken = new Set<string>()
  const seen = new Set<string>()
  const folders = new Map<string, Labels[]>()
  let visited = 0
  let level: Folder[] = [{ id, path: '', steps: [], labels: [], optional: false, isShared: false }]
  for (let depth = 0; level.length > 0; depth++) {
    const next: Folder[] = []
    for (const within of level)
      for (const { node, rule, isShared } of membersOf(sets, within, isInstance(sets, id))) {
        // A node that several folders name is one, by its shortest path.
        if ((!isShared && seen.has(node.id)) || ++visited > MOST_VISITED) continue
        if (!isShared) seen.add(node.id)
        const path = `${within.path}/${node.step}`
        const steps = [...within.steps, node.name]
        const optional = within.optional || rule === 'optional'
        const leave = (reason: LeftReason | undefined) => {
          if (reason) draft.left.push({ path: steps.join(' / '), reason })
        }
        folders.set(path, within.labels)
        if (rule === 'placeholder') leave('placeholder')
        else if (depth >= MOST_LEVELS) leave('tooDeep')
        else if (node.nodeClass === 'Method') leave(takeMethod(sets, draft, node, { path: within.path, steps, optional, taken }))
        else {
          if (node.nodeClass === 'Variable') leave(takeVariable(sets, draft, node, { path, steps, optional, taken }))
          next.push({ id: node.id, path, steps, labels: [...within.labels, labelsOf(node)], optional, isShared })
        }
      }
    level = next
  }
  return { ...draft, points: toldApart(draft.points, ({ path }) => folders.get(path) ?? []), events: eventsOf(sets, id) }
}

const isInstance = (sets: NodeSets, id: string) => sets.nodes.get(id)?.nodeClass === 'Object'

interface Found {
  path: string
  steps: string[]
  optional: boolean
  taken: Set<string>
}

function takeVariable(sets: NodeSets, draft: MachineDraft, node: UaNode, { path, steps, optional, taken }: Found): LeftReason | undefined {
  const basic = basicType(sets, node.dataType)
  if (node.valueRank >= 0) return 'array'
  if (basic === STRUCTURE) return 'structure'
  const type = basic === ENUMERATION ? ({ valueType: 'integer', kind: 'state' } as const) : takenType(basic ?? '')
  if (!type) return 'typeUnknown'
  if (draft.points.length >= MOST_POINTS) return 'tooMany'
  const states = basic === ENUMERATION ? statesOf(sets, node.dataType) : null
  const unit = type.kind === 'instant' && type.valueType !== 'string' ? unitOf(sets, node.id) : null
  draft.points.push({
    path,
    name: pointName(steps, taken),
    ...labelsOf(node),
    ...type,
    unit,
    access: (node.accessLevel & 2) === 0 ? 'r' : 'rw',
    states,
    optional,
  })
  return undefined
}

function takeMethod(sets: NodeSets, draft: MachineDraft, node: UaNode, { path, steps, optional, taken }: Found): LeftReason | undefined {
  const property = childrenBy(sets, node.id, reference.property).find(({ name }) => name === 'InputArguments')
  const parameters = property ? argumentsOf(sets, property) : []
  if (!parameters) return 'arguments'
  if (draft.methods.length >= MOST_METHODS) return 'tooMany'
  draft.methods.push({ path, method: node.id, name: pointName(steps, taken), ...labelsOf(node), parameters, optional })
  return undefined
}

/** Of a type: its own, then its supertypes'; of an object: its own, then what its type has and it does not. */
function membersOf(sets: NodeSets, { id, isShared }: Pick<Folder, 'id' | 'isShared'>, ofMachine: boolean): Member[] {
  const members = new Map<string, Member>()
  const isOwnType = sets.nodes.get(id)?.nodeClass.endsWith('Type') === true
  const types = new Set<string>()
  const collect = (from: string, ofType: boolean) => {
    for (const { type, to } of sets.forward.get(from) ?? []) {
      const node = sets.nodes.get(to)
      if (!node || !isOwnership(sets, type) || members.has(node.step)) continue
      // Properties of a value describe it: its unit, its range.
      if (sets.nodes.get(from)?.nodeClass.startsWith('Variable') && type === reference.property) continue
      const rule = rules[targetsOf(sets, to, reference.rule)[0] ?? '']
      // A type keeps what has no rule for itself, and a machine has what it has: what its type leaves open is not there.
      if (ofType && (rule === undefined || (ofMachine && rule !== 'mandatory'))) continue
      const isOfMachine = ofMachine && !ofType
      members.set(node.step, {
        node,
        rule: isOfMachine ? 'mandatory' : (rule ?? 'mandatory'),
        isShared: isShared || (ofType && from !== id),
      })
    }
  }
  const up = (type: string | undefined) => {
    if (type === undefined || types.has(type)) return
    types.add(type)
    collect(type, true)
    for (const one of targetsOf(sets, type, reference.interface)) up(one)
    up(supertypeOf(sets, type))
  }
  if (isOwnType) up(id)
  else {
    collect(id, false)
    up(typeOf(sets, id))
  }
  if ([...types].some((type) => stateMachines.has(type)) && !members.has('CurrentState'))
    members.set('CurrentState', { node: currentState(id), rule: 'mandatory', isShared: true })
  return [...members.values()]
}

const supertypeOf = (sets: NodeSets, type: string): string | undefined =>
  sets.nodes.get(type)?.references.find((one) => one.type === reference.subtype && !one.isForward)?.to

const currentState = (within: string): UaNode => ({
  id: `${within}/CurrentState`,
  nodeClass: 'Variable',
  modelUri: '',
  name: 'CurrentState',
  step: 'CurrentState',
  label: 'CurrentState',
  labelZh: undefined,
  isAbstract: false,
  dataType: 'i=21',
  valueRank: -1,
  accessLevel: 1,
  value: undefined,
  references: [],
})

const targetsOf = (sets: NodeSets, from: string, type: string) =>
  (sets.forward.get(from) ?? []).flatMap((one) => (one.type === type ? [one.to] : []))
const typeOf = (sets: NodeSets, id: string): string | undefined => targetsOf(sets, id, reference.type)[0]
const childrenBy = (sets: NodeSets, id: string, type: string) => targetsOf(sets, id, type).flatMap((to) => sets.nodes.get(to) ?? [])

/** A model's own kinds of references stand on the standard's. */
function isOwnership(sets: NodeSets, type: string): boolean {
  for (let at: string | undefined = type, n = 0; at !== undefined && n < 20; n++) {
    if (ownership.has(at)) return true
    at = supertypeOf(sets, at)
  }
  return false
}

/** The built-in type that a type stands on; `i=29`, `i=22` for enumerations and structures; undefined where nobody brought its model. */
function basicType(sets: NodeSets, dataType: string): string | undefined {
  for (let at: string | undefined = dataType, n = 0; at !== undefined && n < 20; n++) {
    if (at === ENUMERATION || at === STRUCTURE) return at
    if (builtIn[at] !== undefined) return builtIn[at]
    at = supertypeOf(sets, at)
  }
  return undefined
}

/** EnumStrings counts from 0, EnumValues says its numbers. */
function statesOf(sets: NodeSets, dataType: string): Record<string, string> | null {
  const property = childrenBy(sets, dataType, reference.property).find(({ name }) => name === 'EnumStrings' || name === 'EnumValues')
  const list = property?.value?.children[0]
  const states: Record<string, string> = {}
  for (const [i, entry] of (list?.children ?? []).entries()) {
    const body = below(entry, 'Body', 'EnumValueType')
    const code = body ? (below(body, 'Value')?.text.trim() ?? '') : String(i)
    const text = (below(body ?? entry, ...(body ? ['DisplayName', 'Text'] : ['Text']))?.text.trim() ?? '').slice(0, 40)
    if (code !== '' && text !== '') states[code] = text
  }
  return Object.keys(states).length === 0 ? null : states
}

function unitOf(sets: NodeSets, id: string): string | null {
  const property = [id, typeOf(sets, id)]
    .flatMap((from) => (from === undefined ? [] : childrenBy(sets, from, reference.property)))
    .find(({ name, value }) => name === 'EngineeringUnits' && value !== undefined)
  const text = below(property?.value, 'ExtensionObject', 'Body', 'EUInformation', 'DisplayName', 'Text')?.text.trim()
  return text ? text.slice(0, 20) : null
}

/** Undefined where one is no single value. */
function argumentsOf(sets: NodeSets, property: UaNode): DraftParameter[] | undefined {
  const taken = new Set<string>()
  const parameters: DraftParameter[] = []
  for (const entry of childrenOf(below(property.value, 'ListOfExtensionObject'), 'ExtensionObject')) {
    const argument = below(entry, 'Body', 'Argument')
    const type = argument && argumentType(sets, argument, property)
    if (!type || parameters.length >= 50) return undefined
    const name = below(argument, 'Name')?.text.trim() ?? ''
    const about = below(argument, 'Description', 'Text')?.text.trim() ?? ''
    parameters.push({
      name: pointName([name], taken),
      ...labelsOf({ name, label: about.length > 0 && about.length <= 60 ? about : name }),
      valueType: type,
    })
  }
  return parameters
}

function argumentType(sets: NodeSets, argument: Element, property: UaNode) {
  if (Number(below(argument, 'ValueRank')?.text.trim() || -1) >= 0) return undefined
  const written = below(argument, 'DataType', 'Identifier')?.text.trim() ?? ''
  // Ids within values count the namespaces as their file does; the standard's need no counting.
  const id = /^ns=\d+;/.test(written) ? `nsu=${property.modelUri};${written.replace(/^ns=\d+;/, '')}` : written
  const basic = basicType(sets, id)
  return basic === ENUMERATION ? 'integer' : takenType(basic ?? '')?.valueType
}

function eventsOf(sets: NodeSets, id: string): MachineDraft['events'] {
  const taken = new Set<string>()
  const found = new Map<string, UaNode>()
  const seen = new Set<string>()
  for (let at: string | undefined = isInstance(sets, id) ? typeOf(sets, id) : id; at !== undefined && !seen.has(at); ) {
    seen.add(at)
    for (const node of childrenBy(sets, at, reference.event)) found.set(node.id, node)
    at = supertypeOf(sets, at)
  }
  return [...found.values()].map((node) => ({ name: pointName([node.name], taken), ...labelsOf(node) }))
}
