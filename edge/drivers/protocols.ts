import { dlt645 } from './dlt645/config.ts'
import { mc } from './mc/config.ts'
import { modbus } from './modbus/config.ts'
import { opcua } from './opcua/config.ts'
import type { Protocol } from './protocol.ts'
import { s7 } from './s7/config.ts'

/** Every protocol as data, by its name. Imports no driver, so that pages and the server may use it. */
export const protocols: Readonly<Record<string, Protocol>> = {
  modbus,
  opcua,
  s7,
  mc,
  dlt645,
  // New protocols above this line.
}
