import { type BadPart, LearnedParts } from '../../blocks/learned.ts'
import type { Point } from '../driver.ts'
import type { ModbusPlace } from './config.ts'
import type { ConnectionSettings } from './connection.ts'
import { itemOf } from './item.ts'
import { planReads } from './read-plan.ts'
import type { Item, ItemRequest } from './unit-read.ts'

export interface UnitPlan {
  version: number
  requests: ItemRequest[]
  /** Not read with the others: the device refuses them. */
  refused: { item: Item; part: BadPart }[]
  /** Ids of points whose place makes no sense. */
  senseless: number[]
}

/** What the driver keeps of a unit from read to read, over reconnections: what was learned, and plans. */
export class UnitMemory {
  readonly learned = new LearnedParts()
  /** Function 22 is not known to every device. */
  maskWriteUnsupported = false
  readonly #items = new WeakMap<Point<ModbusPlace>, Item | 'senseless'>()
  readonly #plans = new WeakMap<readonly Point<ModbusPlace>[], UnitPlan>()

  /** The same array of points, as the gateway gives it each cycle, is planned once. */
  planFor(points: readonly Point<ModbusPlace>[], settings: ConnectionSettings): UnitPlan {
    const known = this.#plans.get(points)
    if (known?.version === this.learned.version) return known
    const plan = this.#plan(points, settings)
    this.#plans.set(points, plan)
    return plan
  }

  #plan(points: readonly Point<ModbusPlace>[], settings: ConnectionSettings): UnitPlan {
    const plan: UnitPlan = { version: this.learned.version, requests: [], refused: [], senseless: [] }
    const readable: Item[] = []
    for (const point of points) {
      const item = this.#itemOf(point)
      const part = item === 'senseless' ? undefined : this.learned.badPartOf(item)
      if (item === 'senseless') plan.senseless.push(point.id)
      else if (part) plan.refused.push({ item, part })
      else readable.push(item)
    }
    plan.requests = planReads(readable, settings, this.learned.forbidden())
    return plan
  }

  #itemOf(point: Point<ModbusPlace>): Item | 'senseless' {
    let item = this.#items.get(point)
    if (item === undefined) {
      item = itemOf(point) ?? 'senseless'
      this.#items.set(point, item)
    }
    return item
  }
}
