import { makeDlt645Driver } from '../drivers/dlt645/driver.ts'
import { makeMcDriver } from '../drivers/mc/driver.ts'
import { makeModbusDriver } from '../drivers/modbus/driver.ts'
import { makeOpcuaDriver } from '../drivers/opcua/driver.ts'
import type { MakeDriver, Protocol } from '../drivers/protocol.ts'
import { makeS7Driver } from '../drivers/s7/driver.ts'

/** How each protocol is spoken, by its name in protocols.ts. The settings have passed the protocol's schemas. */
export const drivers: Readonly<Record<string, MakeDriver<Protocol>>> = {
  modbus: makeModbusDriver,
  opcua: makeOpcuaDriver,
  s7: makeS7Driver,
  mc: makeMcDriver,
  dlt645: makeDlt645Driver,
  // New drivers above this line.
}
