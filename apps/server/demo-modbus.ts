import { randomInt } from 'node:crypto'
import type { PointRow } from '#modules/shopfloor/gateways/point-rows.ts'
import type { DemoGateway } from '../../industries/demo/chain.ts'
import type { ThingModelFile, ThingModelProperty } from '../../industries/thing-models.ts'

const FIRST_REGISTER = 40_001
const FIRST_INPUT = 10_001
const TEXT_BYTES = 48
/** What moves is read each second, what counts or seldom changes less often. */
const PERIOD_MS = { instant: 1_000, counter: 5_000, state: 1_000, interval: 0 }

/** How a machine of a type lies in its controller: numbers as scaled 32-bit integers and texts in holding registers, yes and no as inputs. */
export function registersOf({ properties }: ThingModelFile): PointRow[] {
  let register = FIRST_REGISTER
  let input = FIRST_INPUT
  const placeOf = ({ valueType }: ThingModelProperty): PointRow['place'] => {
    if (valueType === 'boolean') return { address: String(input++), dataType: 'bool' }
    const address = String(register)
    register += valueType === 'string' ? TEXT_BYTES / 2 : 2
    return valueType === 'string' ? { address, dataType: 'string', length: TEXT_BYTES, encoding: 'utf-8' } : { address, dataType: 'int32' }
  }
  // The energy of a closed interval has the interval's stamp, which no register tells.
  return properties
    .filter((property) => property.kind !== 'interval')
    .map((property) => ({
      name: property.name,
      place: placeOf(property),
      scale: property.valueType === 'number' ? Number(`1e-${property.decimals ?? 0}`) : 1,
      offset: 0,
      periodMs: PERIOD_MS[property.kind],
      deadband: 0,
      access: property.access ?? 'r',
    }))
}

/** Above 1024, so that whoever is not root may listen there; Modbus itself has 502. */
const PORT = 1_502
const FIRST_HOST = 11

export interface MachineAddress {
  host: string
  port: number
  unitId: number
}

/**
 * Where the gateway reads its machines, by `organisation/device`. The addresses are this computer's own (127.…), drawn by chance, so that
 * two demos on it stand in no other's way.
 */
export function addressesOf({ organisation, links }: DemoGateway): Map<string, MachineAddress> {
  const plant = `127.${randomInt(1, 255)}.${randomInt(1, 255)}`
  return new Map(
    links.flatMap(({ machines }, i) =>
      machines.map(
        (machine, j) => [`${organisation}/${machine}`, { host: `${plant}.${FIRST_HOST + i}`, port: PORT, unitId: j + 1 }] as const,
      ),
    ),
  )
}
