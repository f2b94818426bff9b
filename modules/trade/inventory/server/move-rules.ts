import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { type Decimal, decimal, MAX_DECIMAL, ZERO } from '#values/decimal.ts'
import type { AppError } from '#values/errors.ts'
import type { OrgId } from '#values/ids.ts'
import type { LocationId } from '../contract.ts'
import { inventoryErrors } from '../errors.ts'
import type { NewMove, StockSource } from '../public.ts'
import type { MaterialFacts } from './rooms.ts'

const ONE = decimal('1')

/** What is wrong with a move by itself and by its material; undefined: nothing. Posted is from the day after `closedUntil` to `today`. */
export function moveProblem(
  move: NewMove,
  facts: MaterialFacts | undefined,
  { today, closedUntil }: { today: string; closedUntil: string | null },
): AppError | undefined {
  const { materialId, source } = move
  if (!facts) return inventoryErrors.materialNotFound({ id: materialId })
  const at = { material: facts.code, line: source.line }
  if (move.quantity <= ZERO || move.quantity > MAX_DECIMAL) return inventoryErrors.quantityNotPositive(at)
  if (move.from === move.to) return inventoryErrors.samePlace(at)
  if (move.day > today) return inventoryErrors.dayInFuture({ ...at, day: move.day })
  if (closedUntil !== null && move.day <= closedUntil) return inventoryErrors.periodClosed({ ...at, day: move.day, until: closedUntil })
  if (facts.control === 'lot' && !move.lot) return inventoryErrors.lotNeeded(at)
  if (facts.control === 'serial' && (!move.serial || move.quantity !== ONE)) return inventoryErrors.serialNeeded(at)
  if (facts.control !== 'serial' && move.serial) return inventoryErrors.serialNotKept(at)
  if (move.expires && !move.lot) return inventoryErrors.expiryNeedsLot(at)
  return undefined
}

/** Where and what a balance is of. */
export interface BalanceKey {
  materialId: MaterialId
  locationId: LocationId
  owner: OrgId
  lot: string
  serial: string
}

export const keyText = (key: BalanceKey): string => [key.materialId, key.locationId, key.owner, key.lot, key.serial].join('\n')
export const sourceText = (source: StockSource): string => [source.entity, source.id, source.line].join('\n')

export interface Delta extends BalanceKey {
  quantity: Decimal
  /** The first day on which something left. */
  leftOn: string | undefined
  /** The first day on which something came, and where from. */
  cameOn: string | undefined
  cameFrom: LocationId | undefined
}

const earlier = (a: string | undefined, b: string) => (a === undefined || b < a ? b : a)

/** Each move takes from one balance and gives to another: the sum of all deltas is zero, always. */
export function deltasOf(moves: readonly NewMove[]): Map<string, Delta> {
  const deltas = new Map<string, Delta>()
  const at = (move: NewMove, locationId: LocationId): Delta => {
    const key = { materialId: move.materialId, locationId, owner: move.owner, lot: move.lot ?? '', serial: move.serial ?? '' }
    const text = keyText(key)
    const known = deltas.get(text) ?? { ...key, quantity: ZERO, leftOn: undefined, cameOn: undefined, cameFrom: undefined }
    deltas.set(text, known)
    return known
  }
  for (const move of moves) {
    const from = at(move, move.from)
    from.quantity -= move.quantity
    from.leftOn = earlier(from.leftOn, move.day)
    const to = at(move, move.to)
    to.quantity += move.quantity
    to.cameOn = earlier(to.cameOn, move.day)
    to.cameFrom ??= move.from
  }
  return deltas
}
