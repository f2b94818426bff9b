import type { ShareAction, ShareState } from '../chain-contract.ts'
import type { Side } from './consigned-store.ts'

interface Step {
  by: readonly Side[]
  to: ShareState
}

/** Asked by the buyer, opened by the supplier, ended by either. What has ended is asked for anew. */
export const shareSteps: Record<ShareState, Partial<Record<ShareAction, Step>>> = {
  requested: { share: { by: ['supplier'], to: 'shared' }, end: { by: ['buyer', 'supplier'], to: 'ended' } },
  shared: { end: { by: ['buyer', 'supplier'], to: 'ended' } },
  ended: {},
}

export function nextShareState(state: ShareState, action: ShareAction, side: Side): ShareState | undefined {
  const step = shareSteps[state][action]
  return step?.by.includes(side) ? step.to : undefined
}
