import { z } from 'zod'

/**
 * ISA-18.2-2016 §5.2 (IEC 62682:2022 §5.6). `returnedUnacknowledged`: the cause went before anybody had seen it. The two latched states:
 * the cause is gone, and the alarm stands until somebody resets it. The last three tell nobody.
 */
export const AlarmState = z.enum([
  'normal',
  'unacknowledged',
  'acknowledged',
  'returnedUnacknowledged',
  'latchedUnacknowledged',
  'latchedAcknowledged',
  'shelved',
  'suppressed',
  'outOfService',
])
export type AlarmState = z.infer<typeof AlarmState>

/** What people do. */
export const AlarmAction = z.enum(['acknowledge', 'reset', 'shelve', 'unshelve', 'removeFromService', 'returnToService'])
export type AlarmAction = z.infer<typeof AlarmAction>

/** What the evaluation of values finds; `latch` is the return of a latching rule, `withdraw` the end of the rule or its device. */
export type AlarmFinding = 'raise' | 'return' | 'latch' | 'suppress' | 'unsuppress' | 'withdraw'

/** `landing`: out of what kept it quiet, an alarm goes where its cause is now. */
type Next = AlarmState | 'landing'

const fromAnywhere = { withdraw: 'normal' } as const
const quieted = { shelve: 'shelved', suppress: 'suppressed', removeFromService: 'outOfService', ...fromAnywhere } as const

/** The life of an alarm. What is not in the table is refused, or changes nothing where values find it. */
export const transitions: Record<AlarmState, Partial<Record<AlarmAction | AlarmFinding, Next>>> = {
  normal: { raise: 'unacknowledged', ...quieted },
  unacknowledged: { acknowledge: 'acknowledged', return: 'returnedUnacknowledged', latch: 'latchedUnacknowledged', ...quieted },
  acknowledged: { return: 'normal', latch: 'latchedAcknowledged', ...quieted },
  returnedUnacknowledged: { acknowledge: 'normal', raise: 'unacknowledged', ...quieted },
  latchedUnacknowledged: { acknowledge: 'latchedAcknowledged', raise: 'unacknowledged', ...quieted },
  latchedAcknowledged: { reset: 'normal', raise: 'unacknowledged', ...quieted },
  shelved: {
    unshelve: 'landing',
    raise: 'shelved',
    return: 'shelved',
    latch: 'shelved',
    suppress: 'shelved',
    unsuppress: 'shelved',
    removeFromService: 'outOfService',
    ...fromAnywhere,
  },
  suppressed: {
    unsuppress: 'landing',
    raise: 'suppressed',
    return: 'suppressed',
    latch: 'suppressed',
    shelve: 'shelved',
    removeFromService: 'outOfService',
    ...fromAnywhere,
  },
  outOfService: {
    returnToService: 'landing',
    raise: 'outOfService',
    return: 'outOfService',
    latch: 'outOfService',
    suppress: 'outOfService',
    unsuppress: 'outOfService',
    ...fromAnywhere,
  },
}

export interface CauseNow {
  /** The condition holds. */
  active: boolean
  /** What suppresses it by design holds. */
  suppressed: boolean
}

/** Undefined: not in this state. `now` is how its cause stands after what was done or found. */
export function nextAlarmState(state: AlarmState, step: AlarmAction | AlarmFinding, now: CauseNow): AlarmState | undefined {
  const next = transitions[state][step]
  if (next !== 'landing') return next
  if (now.suppressed) return 'suppressed'
  return now.active ? 'unacknowledged' : 'normal'
}

/** What people may do in this state. */
export const actionsIn = (state: AlarmState): AlarmAction[] => AlarmAction.options.filter((action) => transitions[state][action])

/** States that a console shows: somebody must know or do something. */
export const standing: readonly AlarmState[] = [
  'unacknowledged',
  'acknowledged',
  'returnedUnacknowledged',
  'latchedUnacknowledged',
  'latchedAcknowledged',
]
/** Nobody is told of an alarm in these. */
export const quiet: readonly AlarmState[] = ['shelved', 'suppressed', 'outOfService']
export const unseen: readonly AlarmState[] = ['unacknowledged', 'returnedUnacknowledged', 'latchedUnacknowledged']
