import type { DirectoryNode } from '../contract.ts'
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

/** A page of what lies below a node; a directory that cannot be shown ends the walk by an error of the caller's. */
export type BrowsePage = (at: string | null, cursor: string | null) => Promise<{ nodes: DirectoryNode[]; cursor: string | null }>

export interface FoundMachine {
  node: DirectoryNode
  /** `MachineToolType`, `ExampleMachineType`. */
  typeName: string
  /** It stands among the server’s machines (OPC 40001-1 §9); the others are objects that might be one. */
  isMachine: boolean
}

const MACHINES = 'nsu=http://opcfoundation.org/UA/Machinery/;Machines'
const MACHINE_TOOL = 'nsu=http://opcfoundation.org/UA/MachineTool/;MachineToolType'
const SERVER_PARTS = /^(Server|Aliases|Locations|Types|Views)$/
const MOST_REQUESTS = 300
const MOST_PAGES = 20

/** Machines of a server as Machinery and MachineTool want them found, then its other objects. */
export async function machinesOf(browse: BrowsePage): Promise<FoundMachine[]> {
  const found: FoundMachine[] = []
  const add = (node: DirectoryNode, isMachine: boolean) => {
    const isThere = found.some((one) => one.node.at === node.at)
    if (!isThere && isObject(node))
      found.push({ node, typeName: stepName(node.type ?? ''), isMachine: isMachine || node.type === MACHINE_TOOL })
  }
  const top = await allBelow(browse, null)
  for (const node of top) if (node.step === MACHINES) for (const machine of await allBelow(browse, node.at)) add(machine, true)
  for (const node of top) if (node.step !== MACHINES && !SERVER_PARTS.test(node.step ?? '')) add(node, false)
  return found.sort((a, b) => Number(b.isMachine) - Number(a.isMachine))
}

const isObject = (node: DirectoryNode) => node.place === null && node.method === undefined

async function allBelow(browse: BrowsePage, at: string | null): Promise<DirectoryNode[]> {
  const nodes: DirectoryNode[] = []
  let cursor: string | null = null
  for (let n = 0; n < MOST_PAGES; n++) {
    const page: Awaited<ReturnType<BrowsePage>> = await browse(at, cursor)
    nodes.push(...page.nodes)
    cursor = page.cursor
    if (cursor === null) break
  }
  return nodes
}

interface Folder {
  at: string
  path: string
  steps: string[]
  labels: Labels[]
}

/**
 * What a machine has, by the browse names that its model gave: named as `draftOfNode` names it, so that one point table reads every machine of
 * the type. `onProgress` is told the number of directories read.
 */
export async function draftOfMachine(
  browse: BrowsePage,
  at: string,
  onProgress: (read: number) => void = () => undefined,
): Promise<MachineDraft> {
  const draft = emptyMachine()
  const taken = new Set<string>()
  const seen = new Set([at])
  const folders = new Map<string, Labels[]>()
  let requests = 0
  let level: Folder[] = [{ at, path: '', steps: [], labels: [] }]
  for (let depth = 0; level.length > 0; depth++) {
    const next: Folder[] = []
    for (const within of level) {
      if (++requests > MOST_REQUESTS) {
        draft.left.push({ path: within.steps.join(' / '), reason: 'tooMany' })
        continue
      }
      onProgress(requests)
      for (const node of await allBelow(browse, within.at)) {
        if (node.step === undefined || seen.has(node.at)) continue
        seen.add(node.at)
        const name = stepName(node.step)
        const [path, steps] = [`${within.path}/${node.step}`, [...within.steps, name]]
        const labels = labelsOf({ name, label: node.name })
        const leave = (reason: LeftReason | undefined) => {
          if (reason) draft.left.push({ path: steps.join(' / '), reason })
        }
        if (node.method) leave(takeMethod(draft, node, { path: within.path, steps, taken, labels }))
        else if (depth >= MOST_LEVELS) leave('tooDeep')
        else if (node.place === null) next.push({ at: node.at, path, steps, labels: [...within.labels, labels] })
        else {
          folders.set(path, within.labels)
          const unit = await unitBelow(browse, node)
          leave(takeValue(draft, node, { path, steps, taken, labels, unit }))
        }
      }
    }
    level = next
  }
  return { ...draft, points: toldApart(draft.points, ({ path }) => folders.get(path) ?? []) }
}

interface Found {
  path: string
  steps: string[]
  taken: Set<string>
  labels: Labels
}

function takeValue(
  draft: MachineDraft,
  node: DirectoryNode,
  { path, steps, taken, labels, unit }: Found & { unit: string | null },
): LeftReason | undefined {
  if (node.reason?.endsWith('.arrayNotRead')) return 'array'
  if (node.reason?.endsWith('.structureNotRead')) return 'structure'
  const type = node.reason === undefined ? takenType(node.dataType ?? '') : undefined
  if (!type) return 'typeUnknown'
  if (draft.points.length >= MOST_POINTS) return 'tooMany'
  draft.points.push({
    path,
    name: pointName(steps, taken),
    ...labels,
    ...type,
    unit,
    access: node.writable ? 'rw' : 'r',
    states: null,
    optional: false,
  })
  return undefined
}

function takeMethod(draft: MachineDraft, { method, at }: DirectoryNode, { path, steps, taken, labels }: Found): LeftReason | undefined {
  const parameters = parametersOf(method?.inputs)
  if (!parameters) return 'arguments'
  if (draft.methods.length >= MOST_METHODS) return 'tooMany'
  draft.methods.push({ path, method: at, name: pointName(steps, taken), ...labels, parameters, optional: false })
  return undefined
}

/** Undefined where one is no single value, or the server did not tell them. */
export function parametersOf(inputs: NonNullable<DirectoryNode['method']>['inputs']): DraftParameter[] | undefined {
  const taken = new Set<string>()
  const parameters = (inputs ?? []).flatMap(({ name, dataType = '', description = '' }): DraftParameter[] => {
    const type = takenType(dataType)
    const label = description !== '' && description.length <= 60 ? description : name
    return type ? [{ name: pointName([name], taken), ...labelsOf({ name, label }), valueType: type.valueType }] : []
  })
  return inputs && parameters.length === inputs.length ? parameters : undefined
}

/** Only what is more than a plain value or property has a unit. */
async function unitBelow(browse: BrowsePage, node: DirectoryNode): Promise<string | null> {
  const isNumber = takenType(node.dataType ?? '')?.kind === 'instant'
  if (!isNumber || /^(BaseDataVariableType|PropertyType|)$/.test(node.type ?? '')) return null
  const properties = (await browse(node.at, null)).nodes
  return properties.find(({ unit }) => unit)?.unit?.slice(0, 20) ?? null
}

/** The name of a step without whose it is. */
export const stepName = (step: string): string => step.replace(/^nsu=[^;]*;/, '').replaceAll(/&([/&])/g, '$1')
