import type { WriteItem } from '#edge/drivers/driver.ts'
import type { ExampleProtocolPlace } from './config.ts'

type DataType = ExampleProtocolPlace['dataType']

/** Undefined when the answer is no value of this type. */
export function decode(text: string, dataType: DataType): number | string | undefined {
  if (dataType === 'string') return text
  const value = Number(text)
  return text !== '' && Number.isFinite(value) ? value : undefined
}

/** Undefined when the value cannot be written as this type. */
export function encode(value: WriteItem['value'], dataType: DataType): string | undefined {
  if (dataType === 'string') return typeof value === 'string' && !/[\r\n]/.test(value) ? value : undefined
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined
}
