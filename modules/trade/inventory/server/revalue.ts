import type { Context } from '#kernel/context.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import type { InventoryTx } from './tables.ts'
import { derive, inOrder, type ValuedMove } from './valuation-rules.ts'
import { type From, nothing, type OfMaterial, type Setting, standingBefore, takeOff, writeDerived } from './valuation-store.ts'
import { tellChanges } from './value-changes.ts'

/**
 * Values moves that were just posted, and anew those that come behind them; what lies before is not touched. Under the items' locks. What
 * thereby changes in the value of documents is noted and told.
 */
export async function revalue(
  tx: InventoryTx,
  ctx: Context,
  { method, currency }: Setting,
  posted: readonly OfMaterial<ValuedMove>[],
): Promise<void> {
  if (posted.length === 0) return
  const moves = Map.groupBy(posted, (move) => move.materialId)
  const from = [...moves].map(([materialId, ofIt]): From => {
    const { day, direction, seq } = ofIt.toSorted(inOrder)[0] as ValuedMove
    return { materialId, day, direction, seq }
  })
  const before = new Map<string, bigint>()
  for (const { value, ...move } of await takeOff(tx, method, from)) {
    moves.get(move.materialId)?.push(move)
    before.set(move.id, value)
  }
  const standing = await standingBefore(tx, method, from)
  const derived = [...moves].map(([materialId, ofIt]: [MaterialId, ValuedMove[]]) => ({
    materialId,
    ...derive(method, currency, standing.get(materialId) ?? nothing, ofIt),
  }))
  await writeDerived(tx, derived)
  const entries = derived.flatMap((one) => one.entries)
  await tellChanges(
    tx,
    ctx,
    entries.map(({ move, value }) => ({
      id: move.id,
      change: (move.direction === 'out' ? -1n : 1n) * (value - (before.get(move.id) ?? 0n)),
    })),
  )
}
