import type { Point } from '../driver.ts'
import { decoderOf } from './codec.ts'
import { locate, type ModbusPlace, modbus } from './config.ts'
import type { Item } from './unit-read.ts'

/** Undefined for a place that does not pass the protocol's schema: it comes from outside this process. */
export function itemOf({ id, place }: Point<ModbusPlace>): Item | undefined {
  const parsed = modbus.place.safeParse(place)
  if (!parsed.success) return undefined
  const { table, offset, size, bit } = locate(parsed.data)
  return { id, table, offset, size, decode: decoderOf(parsed.data, bit) }
}
