import type { CallParameter, CommandPoint, PointSetting, ValueType } from '../contract.ts'

type Value = number | boolean | string

/** As it stands in a field or a choice. */
export const toText = (value: Value): string => String(value)

/** Undefined: it is no value of this type. */
export function fromText(type: ValueType, text: string): Value | undefined {
  if (type === 'string') return text === '' ? undefined : text
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined
  const plain = text.trim().replace('，', '.')
  const value = Number(plain)
  if (plain === '' || !Number.isFinite(value) || (type === 'integer' && !Number.isSafeInteger(value))) return undefined
  return value
}

/** The arguments of a method by name; undefined where one is no value of its type. */
export function argumentsFrom(
  parameters: readonly CallParameter[],
  texts: Readonly<Record<string, string | undefined>>,
): Record<string, Value> | undefined {
  const given = parameters.flatMap(({ name, valueType }) => {
    const value = fromText(valueType, texts[name] ?? '')
    return value === undefined ? [] : [[name, value] as const]
  })
  return given.length === parameters.length ? Object.fromEntries(given) : undefined
}

/** What a point can be set to where that is a list: what is allowed, a switch's two ends, a state's codes. */
export function choicesOf(
  { valueType, states }: Pick<CommandPoint, 'valueType' | 'states'>,
  { allowed }: Pick<PointSetting, 'allowed'>,
): Value[] | undefined {
  if (allowed) return allowed
  if (valueType === 'boolean') return [true, false]
  if (!states) return undefined
  return Object.keys(states).flatMap((code) => fromText(valueType, code) ?? [])
}
