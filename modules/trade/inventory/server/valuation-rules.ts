import { type Decimal, divideRounded, least, ZERO } from '#values/decimal.ts'
import { type Currency, lineAmount } from '#values/money.ts'
import type { MoveId, ValuationMethod } from '../contract.ts'

/**
 * A move of one's own goods from outside in, or out; or what an invoice said of goods that came in: how much of them, and how many minor
 * units dearer. Ordered by day, then what came in, what went out, what was said of it, then posting.
 */
export interface ValuedMove {
  id: MoveId
  day: string
  direction: Direction
  seq: number
  quantity: Decimal
  unitCost: Decimal | null
  revalues?: { moveId: MoveId; amount: bigint }
}
export type Direction = 'in' | 'out' | 'revalue'

/** Minor units for a quantity. */
interface Priced {
  quantity: Decimal
  value: bigint
}

export interface Layer extends Priced {
  id: MoveId
  day: string
  seq: number
  leftQuantity: Decimal
  leftValue: bigint
}

export interface CostEntry extends Priced {
  move: ValuedMove
  unpriced: boolean
  quantityAfter: Decimal
  valueAfter: bigint
}

export interface LayerUse extends Priced {
  moveId: MoveId
  layerId: MoveId
}

/** How it stands before the first of the moves: the open layers are of first in, first out alone, the oldest first. */
export interface Standing extends Priced {
  lastIn: Priced | undefined
  layers: readonly Layer[]
}

export interface Derived {
  entries: CostEntry[]
  /** Those that are new, or of which less is left, or at another value, than before. */
  layers: Layer[]
  uses: LayerUse[]
}

const order = { in: 0, out: 1, revalue: 2 } as const
export type DirectionNo = (typeof order)[Direction]
export const directionNo = (move: { direction: Direction }): DirectionNo => order[move.direction]
export const directionOf = (no: DirectionNo): Direction => (no === 0 ? 'in' : no === 1 ? 'out' : 'revalue')

export const inOrder = (a: Pick<ValuedMove, 'day' | 'direction' | 'seq'>, b: Pick<ValuedMove, 'day' | 'direction' | 'seq'>): number =>
  a.day < b.day ? -1 : a.day > b.day ? 1 : order[a.direction] - order[b.direction] || a.seq - b.seq

/** The part of a whole's value, rounded once; the rest stays with the rest, the last part takes all of it. */
const share = (whole: Priced, quantity: Decimal): bigint =>
  quantity === whole.quantity ? whole.value : divideRounded(whole.value * quantity, whole.quantity)

/**
 * Values moves in their order. What comes in without a price (back from production, found by a count) costs what the stock costs just
 * then, else what came in last. What goes out takes its share of the whole (moving average) or of the oldest layers (first in, first out).
 * A dearer invoice raises what is left of its goods (moving average: of the stock, as far as there is as much of it); the value of a
 * revaluation is this part alone, never so low that the stock would be worth less than nothing.
 */
export function derive(method: ValuationMethod, currency: Currency, standing: Standing, moves: readonly ValuedMove[]): Derived {
  let { quantity, value, lastIn } = standing
  const open = standing.layers.map((layer) => ({ ...layer }))
  const entries: CostEntry[] = []
  const uses: LayerUse[] = []
  const touched = new Map<MoveId, Layer>()
  let next = 0
  for (const move of [...moves].sort(inOrder)) {
    let worth: bigint
    let unpriced = false
    if (move.direction === 'in') {
      const basis = quantity > ZERO ? { quantity, value } : lastIn
      unpriced = move.unitCost === null && basis === undefined
      worth = move.unitCost === null ? (basis ? share(basis, move.quantity) : 0n) : lineAmount(currency, move.unitCost, move.quantity)
      quantity += move.quantity
      value += worth
      lastIn = { quantity: move.quantity, value: worth }
      if (method === 'fifo') {
        const { id, day, seq } = move
        const layer = { id, day, seq, quantity: move.quantity, value: worth, leftQuantity: move.quantity, leftValue: worth }
        open.push(layer)
        touched.set(id, layer)
      }
    } else if (move.direction === 'revalue') {
      worth = revalued(move)
      value += worth
    } else {
      if (move.quantity > quantity) throw new Error(`More goes out than was in: move ${move.id} of ${move.day}.`)
      worth = method === 'average' ? share({ quantity, value }, move.quantity) : takeOldest(move)
      quantity -= move.quantity
      value -= worth
    }
    entries.push({ move, quantity: move.quantity, value: worth, unpriced, quantityAfter: quantity, valueAfter: value })
  }
  return { entries, layers: [...touched.values()], uses }

  function revalued({ quantity: said, revalues }: ValuedMove): bigint {
    const layer = method === 'fifo' ? open.find(({ id, leftQuantity }) => id === revalues?.moveId && leftQuantity > ZERO) : undefined
    const left = layer ? { quantity: layer.leftQuantity, value: layer.leftValue } : method === 'average' ? { quantity, value } : undefined
    if (!revalues || !left || left.quantity === ZERO) return 0n
    const part = share({ quantity: said, value: revalues.amount }, least(left.quantity, said))
    const worth = left.value + part < 0n ? -left.value : part
    if (layer) {
      layer.value += worth
      layer.leftValue += worth
      touched.set(layer.id, layer)
    }
    return worth
  }

  function takeOldest(move: ValuedMove): bigint {
    let [wanted, worth] = [move.quantity, 0n]
    while (wanted > ZERO) {
      const layer = open[next]
      if (!layer) throw new Error(`The layers hold less than the stock: move ${move.id} of ${move.day}.`)
      const taken = wanted < layer.leftQuantity ? wanted : layer.leftQuantity
      const part = share({ quantity: layer.leftQuantity, value: layer.leftValue }, taken)
      layer.leftQuantity -= taken
      layer.leftValue -= part
      uses.push({ moveId: move.id, layerId: layer.id, quantity: taken, value: part })
      touched.set(layer.id, layer)
      wanted -= taken
      worth += part
      if (layer.leftQuantity === ZERO) next++
    }
    return worth
  }
}
