import type { BlockItem } from '../../blocks/extent.ts'
import type { Point } from '../driver.ts'
import { isRegister, type Table } from './address.ts'
import { decoderOf } from './codec.ts'
import { locate, type ModbusPlace, modbus } from './config.ts'

/** A register is two bytes, a coil becomes one. */
export interface Item extends BlockItem {
  table: Table
}

/** Undefined for a place that does not pass the protocol's schema: it comes from outside this process. */
export function itemOf({ id, place }: Point<ModbusPlace>): Item | undefined {
  const parsed = modbus.place.safeParse(place)
  if (!parsed.success) return undefined
  const { table, offset, size, bit } = locate(parsed.data)
  if (!isRegister(table)) return { id, table, offset, size, unitBytes: 1, decode: (data, at) => data[at] === 1 }
  return { id, table, offset, size, unitBytes: 2, decode: decoderOf(parsed.data, bit) }
}
