import { type CommandAction, type CommandState, type Condition, commandLimits, type PointSetting, type ValueType } from '../contract.ts'

/** The life of a command. An action that is not in the table is refused. What was sent has no way back to `queued`: nothing is sent twice. */
export const transitions: Record<CommandState, Partial<Record<CommandAction, CommandState>>> = {
  awaitingApproval: { approve: 'queued', decline: 'declined', withdraw: 'withdrawn', expire: 'expired' },
  queued: { take: 'sent', withdraw: 'withdrawn', expire: 'expired' },
  sent: { confirm: 'done', refuse: 'refused', lose: 'unknown' },
  // The gateway comes back and tells what came of it.
  unknown: { confirm: 'done', refuse: 'refused' },
  done: {},
  refused: {},
  declined: {},
  expired: {},
  withdrawn: {},
}

export const nextState = (state: CommandState, action: CommandAction): CommandState | undefined => transitions[state][action]

export const firstState = ({ approval }: Pick<PointSetting, 'approval'>): CommandState => (approval ? 'awaitingApproval' : 'queued')

export const isOpen = (state: CommandState): boolean => state === 'awaitingApproval' || state === 'queued' || state === 'sent'

/** By when something must happen to it; undefined at its end. */
export function dueAt(state: CommandState, { timeoutS }: Pick<PointSetting, 'timeoutS'>, nowMs: number): Date | undefined {
  switch (state) {
    case 'awaitingApproval':
      return new Date(nowMs + commandLimits.approvalMs)
    case 'queued':
      return new Date(nowMs + timeoutS * 1_000)
    case 'sent':
      return new Date(nowMs + timeoutS * 1_000 + commandLimits.graceMs)
    default:
      return undefined
  }
}

/** What a command that is over its time comes to. */
export const overdueAction = (state: CommandState): CommandAction => (state === 'sent' ? 'lose' : 'expire')

export type ValueFault =
  | { kind: 'wrongType' }
  | { kind: 'outOfLimits'; min: number | null; max: number | null }
  | { kind: 'betweenSteps'; step: number }
  | { kind: 'notAmongAllowed' }

type Value = number | boolean | string
const isNumeric = (type: ValueType): boolean => type === 'number' || type === 'integer'
/** Of a step: what is lost when decimals are written in binary. */
const STEP_TOLERANCE = 1e-6

const fits = (value: Value, type: ValueType): boolean => {
  if (type === 'integer') return Number.isSafeInteger(value)
  return typeof value === type && (typeof value !== 'number' || Number.isFinite(value))
}

/** Undefined: the value lies within what the point's setting allows. */
export function valueFault(
  value: Value,
  type: ValueType,
  { min, max, step, allowed }: Pick<PointSetting, 'min' | 'max' | 'step' | 'allowed'>,
): ValueFault | undefined {
  if (!fits(value, type)) return { kind: 'wrongType' }
  if (allowed && !allowed.includes(value)) return { kind: 'notAmongAllowed' }
  if (typeof value !== 'number') return undefined
  if ((min !== null && value < min) || (max !== null && value > max)) return { kind: 'outOfLimits', min, max }
  if (step === null) return undefined
  const steps = (value - (min ?? 0)) / step
  return Math.abs(steps - Math.round(steps)) <= STEP_TOLERANCE ? undefined : { kind: 'betweenSteps', step }
}

export type SettingFault =
  | 'minAboveMax'
  | 'limitsNeedNumber'
  | 'allowedOfAnotherType'
  | 'allowedOutside'
  | 'textNeedsAllowed'
  | 'argumentUnknown'
  | 'interlockWrong'

/** What is wrong with a setting: of the point itself, and of the points its interlocks name. */
export function settingFault(
  { min, max, step, allowed, interlocks }: PointSetting,
  type: ValueType,
  typeOf: (point: string) => ValueType | undefined,
): SettingFault | undefined {
  if (!isNumeric(type) && (min !== null || max !== null || step !== null)) return 'limitsNeedNumber'
  if (min !== null && max !== null && min > max) return 'minAboveMax'
  // Whatever somebody types would go to the machine.
  if (type === 'string' && allowed === null) return 'textNeedsAllowed'
  if (allowed?.some((value) => !fits(value, type))) return 'allowedOfAnotherType'
  if (allowed?.some((value) => valueFault(value, type, { min, max, step, allowed }))) return 'allowedOutside'
  return interlocks.every((condition) => isSensible(condition, typeOf(condition.point))) ? undefined : 'interlockWrong'
}

/** More and less are asked of numbers alone. */
const isSensible = ({ is, than }: Condition, type: ValueType | undefined): boolean =>
  type !== undefined &&
  type !== 'call' &&
  (isNumeric(type) ? typeof than === 'number' && Number.isFinite(than) : typeof than === type && (is === 'eq' || is === 'ne'))
