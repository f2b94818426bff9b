import { type Decimal, decimal, divide } from '#values/decimal.ts'
import { standardFactor } from '#values/units.ts'
import type { UnitConversion } from '../contract.ts'

export interface MaterialUnits {
  baseUnit: string
  units: readonly UnitConversion[]
}

/** How many base units one `unit` is: by the material's own conversion, else by what holds for every material. */
export function factorOf({ baseUnit, units }: MaterialUnits, unit: string): Decimal | undefined {
  if (unit === baseUnit) return decimal('1')
  const own = units.find((one) => one.unit === unit)
  return own ? decimal(own.factor) : standardFactor(unit, baseUnit)
}

/** A unit twice, or the base unit with another factor: nobody could tell which one holds. */
export const hasUnitTwice = ({ baseUnit, units }: MaterialUnits): boolean =>
  new Set([baseUnit, ...units.map((one) => one.unit)]).size !== units.length + 1

/** How many `to` one `from` is. */
export function between(material: MaterialUnits, from: string, to: string): Decimal | undefined {
  const [a, b] = [factorOf(material, from), factorOf(material, to)]
  return a === undefined || b === undefined || b === 0n ? undefined : divide(a, b)
}
