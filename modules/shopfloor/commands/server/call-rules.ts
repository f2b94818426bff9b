import type { CallParameter, CommandValue, PointSetting } from '../contract.ts'
import { type SettingFault, settingFault, type ValueFault, valueFault } from './command-rules.ts'

const OPEN = { min: null, max: null, step: null, allowed: null }

export type CallFault = ValueFault & { argument?: string }

/** Undefined: each argument is there, within what is set for it and what the thing model says. A text is taken from its list alone. */
export function callFault(
  value: CommandValue,
  parameters: readonly CallParameter[],
  { arguments: limits = {} }: Pick<PointSetting, 'arguments'>,
): CallFault | undefined {
  if (typeof value !== 'object' || Object.keys(value).length !== parameters.length) return { kind: 'wrongType' }
  for (const { name, label, valueType, min, max } of parameters) {
    const given = value[name]
    if (given === undefined) return { kind: 'wrongType', argument: label }
    const own = limits[name] ?? OPEN
    if (valueType === 'string' && own.allowed === null) return { kind: 'notAmongAllowed', argument: label }
    const fault = valueFault(given, valueType, own) ?? valueFault(given, valueType, { ...OPEN, min, max })
    if (fault) return { ...fault, argument: label }
  }
  return undefined
}

/** What is wrong with the setting of a method: its limits are those of its arguments. */
export function callSettingFault(
  setting: PointSetting,
  parameters: readonly CallParameter[],
  typeOf: Parameters<typeof settingFault>[2],
): SettingFault | undefined {
  const { arguments: limits = {}, interlocks, min, max, step, allowed } = setting
  if (min !== null || max !== null || step !== null || allowed !== null) return 'limitsNeedNumber'
  if (Object.keys(limits).some((name) => !parameters.some((parameter) => parameter.name === name))) return 'argumentUnknown'
  for (const { name, valueType } of parameters) {
    const fault = settingFault({ ...setting, ...(limits[name] ?? OPEN), interlocks: [] }, valueType, typeOf)
    if (fault) return fault
  }
  return settingFault({ ...setting, ...OPEN, interlocks }, 'call', typeOf)
}
