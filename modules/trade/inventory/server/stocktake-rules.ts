import type { StocktakeAction, StocktakeState } from '../stocktake-contract.ts'

/** The life of a stocktake; an action that is not in the table is refused. `approve` and `sendBack` are another person's. */
export const transitions: Record<StocktakeState, Partial<Record<StocktakeAction, StocktakeState>>> = {
  counting: { count: 'counting', submit: 'submitted', cancel: 'cancelled' },
  submitted: { approve: 'posted', sendBack: 'counting', cancel: 'cancelled' },
  posted: {},
  cancelled: {},
}

export const nextState = (state: StocktakeState, action: StocktakeAction): StocktakeState | undefined => transitions[state][action]
