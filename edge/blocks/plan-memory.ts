import type { Point } from '../drivers/driver.ts'
import type { BlockItem, Forbidden, Stretch } from './extent.ts'
import { type BadPart, LearnedParts } from './learned.ts'

export interface ReadPlan<Item extends BlockItem> {
  version: number
  /** The longest value that the device could then send, in bytes: another makes another plan. */
  longest: number | undefined
  requests: Stretch<Item>[][]
  /** Not read with the others: the device refuses them. */
  refused: { item: Item; part: BadPart }[]
  /** Ids of points whose place makes no sense, or whose value the device cannot send in one piece. */
  senseless: number[]
  tooLong: number[]
}

/** How a protocol plans. */
export interface Planner<Place, Item extends BlockItem> {
  /** Undefined for a place that does not pass the protocol’s schema: it comes from outside this process. */
  itemOf(point: Point<Place>): Item | undefined
  /** In bytes; absent where every value of the schema fits. */
  longest?: number
  plan(items: readonly Item[], forbidden: readonly Forbidden[]): Stretch<Item>[][]
}

/** What is kept of a device from read to read, over reconnections: what was learned, and plans. */
export class PlanMemory<Place, Item extends BlockItem> {
  readonly learned = new LearnedParts()
  readonly #items = new WeakMap<Point<Place>, Item | 'senseless'>()
  readonly #plans = new WeakMap<readonly Point<Place>[], ReadPlan<Item>>()

  /** The same array of points, as the gateway gives it each cycle, is planned once. */
  planFor(points: readonly Point<Place>[], planner: Planner<Place, Item>): ReadPlan<Item> {
    const known = this.#plans.get(points)
    if (known?.version === this.learned.version && known.longest === planner.longest) return known
    const plan = this.#plan(points, planner)
    this.#plans.set(points, plan)
    return plan
  }

  #plan(points: readonly Point<Place>[], planner: Planner<Place, Item>): ReadPlan<Item> {
    const { longest } = planner
    const plan: ReadPlan<Item> = { version: this.learned.version, longest, requests: [], refused: [], senseless: [], tooLong: [] }
    const readable: Item[] = []
    for (const point of points) {
      const item = this.#itemOf(point, planner)
      if (item === 'senseless') plan.senseless.push(point.id)
      else if (longest !== undefined && item.size * item.unitBytes > longest) plan.tooLong.push(point.id)
      else {
        const part = this.learned.badPartOf(item)
        if (part) plan.refused.push({ item, part })
        else readable.push(item)
      }
    }
    plan.requests = planner.plan(readable, this.learned.forbidden())
    return plan
  }

  #itemOf(point: Point<Place>, planner: Planner<Place, Item>): Item | 'senseless' {
    let item = this.#items.get(point)
    if (item === undefined) {
      item = planner.itemOf(point) ?? 'senseless'
      this.#items.set(point, item)
    }
    return item
  }
}

/** The memories of the units of one link. */
export class PlanMemories<Place, Item extends BlockItem> {
  readonly #ofUnits = new Map<string | number, PlanMemory<Place, Item>>()

  of(unit: string | number): PlanMemory<Place, Item> {
    let memory = this.#ofUnits.get(unit)
    if (!memory) {
      memory = new PlanMemory()
      this.#ofUnits.set(unit, memory)
    }
    return memory
  }
}
