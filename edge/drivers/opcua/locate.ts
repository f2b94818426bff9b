import { BrowsePath, type BrowsePathResult, QualifiedName, RelativePath, TranslateBrowsePathsToNodeIdsRequest } from 'node-opcua-client'
import type { Clock } from '../../clock.ts'
import { nodeIdText, parseNode, parsePath, type Step } from './address.ts'
import type { OpcuaPlace } from './config.ts'
import { inBatches } from './in-batches.ts'
import { judge } from './status.ts'

/** A node as this session counts its namespaces, or why there is none. */
export type Located = { nodeId: string } | { reason: string }

interface Unit {
  name: string
}
/** The session, as far as it is needed here. */
interface Asked {
  readonly clock: Clock
  readonly namespaces: readonly string[]
  readonly limits: { translate: number }
  ask<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>
  transact<Result>(request: object): Promise<Result[]>
}

const HIERARCHICAL = 'i=33'
/** A machine may join its server later, an optional part of it too. */
const ASKED_AGAIN_MS = 60_000
const MOST_KEPT = 100_000
const NO_MATCH = 0x806f

/** Where a place's node lies; a browse path is what `Locations.find` was told by the server before. */
export class Locations {
  readonly #session: Asked
  readonly #known = new Map<string, { found: Located; untilMs: number }>()

  constructor(session: Asked) {
    this.#session = session
  }

  /** Asks for the paths that are not known yet, as many at once as the server takes. Errors: as of every call of the session. */
  async find(unit: Unit, places: readonly OpcuaPlace[], signal: AbortSignal): Promise<void> {
    const nowMs = this.#session.clock.nowMs()
    const open = new Map<string, { start: string; steps: Step[] }>()
    for (const place of places) {
      if (place.path === undefined) continue
      const key = keyOf(unit, place)
      if ((this.#known.get(key)?.untilMs ?? 0) > nowMs || open.has(key)) continue
      const [start, path] = [this.#start(unit, place), parsePath(place.path)]
      if ('reason' in start) this.#keep(key, start)
      else if (path.kind === 'problem') this.#keep(key, { reason: 'opcua.wrongPlace' })
      else open.set(key, { start: start.nodeId, steps: path.steps })
    }
    for (const batch of inBatches([...open], this.#session.limits.translate)) {
      const browsePaths: BrowsePath[] = []
      const asked: string[] = []
      for (const [key, { start, steps }] of batch) {
        const path = this.#browsePath(start, steps)
        if (path) {
          browsePaths.push(path)
          asked.push(key)
        } else this.#keep(key, { reason: 'opcua.namespaceUnknown' })
      }
      if (browsePaths.length === 0) continue
      const request = new TranslateBrowsePathsToNodeIdsRequest({ browsePaths })
      const results = await this.#session.ask(() => this.#session.transact<BrowsePathResult>(request), signal)
      asked.forEach((key, i) => void this.#keep(key, locatedBy(results[i])))
    }
  }

  /** Whether it is time to ask again for what was not found. */
  isDue(unit: Unit, lost: readonly OpcuaPlace[]): boolean {
    const [first] = lost
    return first !== undefined && (this.#known.get(keyOf(unit, first))?.untilMs ?? 0) <= this.#session.clock.nowMs()
  }

  /** Of a place with a path what was found; one that was never asked for is unknown. */
  at(unit: Unit, place: OpcuaPlace): Located {
    return place.path === undefined
      ? this.#start(unit, place)
      : (this.#known.get(keyOf(unit, place))?.found ?? { reason: 'opcua.pathUnknown' })
  }

  #start(unit: Unit, place: OpcuaPlace): Located {
    const parsed = parseNode(place.address, unit.name)
    if (parsed.kind !== 'node') return { reason: 'opcua.wrongPlace' }
    const nodeId = nodeIdText(parsed.node, this.#session.namespaces)
    return nodeId === undefined ? { reason: 'opcua.namespaceUnknown' } : { nodeId }
  }

  #keep(key: string, found: Located): void {
    if (this.#known.size >= MOST_KEPT) this.#known.clear()
    this.#known.set(key, { found, untilMs: 'nodeId' in found ? Number.POSITIVE_INFINITY : this.#session.clock.nowMs() + ASKED_AGAIN_MS })
  }

  #browsePath(startingNode: string, steps: readonly Step[]): BrowsePath | undefined {
    const elements = []
    for (const { namespace, name } of steps) {
      const index = 'uri' in namespace ? this.#session.namespaces.indexOf(namespace.uri) : namespace.index
      if (index < 0) return undefined
      const targetName = new QualifiedName({ namespaceIndex: index, name })
      elements.push({ referenceTypeId: HIERARCHICAL, isInverse: false, includeSubtypes: true, targetName })
    }
    return new BrowsePath({ startingNode, relativePath: new RelativePath({ elements }) })
  }
}

const keyOf = (unit: Unit, { address, path }: OpcuaPlace) => `${unit.name}\n${address}\n${path}`

/** The first target on this server: what goes on elsewhere, or behind a part that is missing, is none. */
function locatedBy(result: BrowsePathResult | undefined): Located {
  const status = result?.statusCode.value ?? 0x8000_0000
  if (status >>> 16 === NO_MATCH) return { reason: 'opcua.pathUnknown' }
  if (status >>> 31) return { reason: judge(status).reason ?? 'opcua.bad' }
  const target = result?.targets?.find(({ remainingPathIndex }) => remainingPathIndex === 0xffff_ffff)
  return target ? { nodeId: String(target.targetId) } : { reason: 'opcua.pathUnknown' }
}
