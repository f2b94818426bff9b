import { type BadPart, LearnedParts } from '../../blocks/learned.ts'
import type { Point } from '../driver.ts'
import type { S7Place } from './config.ts'
import { type Item, itemOf } from './item.ts'
import { longestStretch, type PlannedRequest, planReads } from './read-plan.ts'

export interface ReadPlan {
  version: number
  pduBytes: number
  requests: PlannedRequest<Item>[]
  /** Not read with the others: the CPU refuses them. */
  refused: { item: Item; part: BadPart }[]
  /** Ids of points whose place makes no sense, or whose value no PDU of this CPU can hold. */
  senseless: number[]
  tooLong: number[]
}

/** What the driver keeps from read to read, over reconnections: what was learned, and plans. */
export class PlanMemory {
  readonly learned = new LearnedParts()
  readonly #items = new WeakMap<Point<S7Place>, Item | 'senseless'>()
  readonly #plans = new WeakMap<readonly Point<S7Place>[], ReadPlan>()

  /** The same array of points, as the gateway gives it each cycle, is planned once for a length of PDU. */
  planFor(points: readonly Point<S7Place>[], limits: { pduBytes: number; gapBytes: number }): ReadPlan {
    const known = this.#plans.get(points)
    if (known?.version === this.learned.version && known.pduBytes === limits.pduBytes) return known
    const plan = this.#plan(points, limits)
    this.#plans.set(points, plan)
    return plan
  }

  #plan(points: readonly Point<S7Place>[], limits: { pduBytes: number; gapBytes: number }): ReadPlan {
    const { pduBytes } = limits
    const plan: ReadPlan = { version: this.learned.version, pduBytes, requests: [], refused: [], senseless: [], tooLong: [] }
    const readable: Item[] = []
    for (const point of points) {
      const item = this.#itemOf(point)
      if (item === 'senseless') plan.senseless.push(point.id)
      else if (item.size * item.unitBytes > longestStretch(pduBytes)) plan.tooLong.push(point.id)
      else {
        const part = this.learned.badPartOf(item)
        if (part) plan.refused.push({ item, part })
        else readable.push(item)
      }
    }
    plan.requests = planReads(readable, limits, this.learned.forbidden())
    return plan
  }

  #itemOf(point: Point<S7Place>): Item | 'senseless' {
    let item = this.#items.get(point)
    if (item === undefined) {
      item = itemOf(point) ?? 'senseless'
      this.#items.set(point, item)
    }
    return item
  }
}
