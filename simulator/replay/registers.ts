import { MAX_REGISTERS } from '#edge/drivers/modbus/config.ts'
import type { MapFile } from './map-file.ts'
import type { Row, Value } from './rows.ts'

/** A place of the Modbus protocol, as a point table names it. */
interface Place {
  address: string
  dataType: 'int64' | 'uint32' | 'float64' | 'uint16' | 'string'
  length?: number
  encoding?: 'utf-8'
}

/** How a recorded row lies in holding registers: its time, its number, its columns, all within one request, so that a row is read whole. */
export interface Registers {
  /** Milliseconds since 1970. */
  sourceTime: { place: Place; format: 'epochMs' }
  sequence: { place: Place }
  points: { name: string; valueType: MapFile['columns'][string]['valueType']; place: Place }[]
}

const TEXT_BYTES = 24

/** Errors: more columns than one request reads. */
export function registersOf(map: MapFile): Registers {
  let at = 0
  const next = (dataType: Place['dataType'], registers: number, more: Partial<Place> = {}): Place => {
    const place = { address: `holding:${at}`, dataType, ...more }
    at += registers
    return place
  }
  const registers: Registers = {
    sourceTime: { place: next('int64', 4), format: 'epochMs' },
    sequence: { place: next('uint32', 2) },
    points: Object.values(map.columns).map(({ name, valueType }) => ({ name, valueType, place: placeOf(valueType, next) })),
  }
  if (at > MAX_REGISTERS) throw new Error(`A row takes ${at} registers; one request reads ${MAX_REGISTERS}: leave columns out of the map.`)
  return registers
}

function placeOf(
  valueType: MapFile['columns'][string]['valueType'],
  next: (dataType: Place['dataType'], registers: number, more?: Partial<Place>) => Place,
): Place {
  if (valueType === 'string') return next('string', TEXT_BYTES / 2, { length: TEXT_BYTES, encoding: 'utf-8' })
  if (valueType === 'boolean') return next('uint16', 1)
  return valueType === 'integer' ? next('int64', 4) : next('float64', 4)
}

/** The row's cells as what `SimulatedUnit.set` takes; undefined where the file has none. */
export function cellsOf(registers: Registers, row: Row): { place: Place; value: number | bigint | string | undefined }[] {
  return registers.points.map(({ name, valueType, place }) => ({ place, value: cellOf(row.values[name], valueType) }))
}

function cellOf(value: Value | undefined, valueType: MapFile['columns'][string]['valueType']): number | bigint | string | undefined {
  if (value === undefined) return undefined
  if (valueType === 'integer') return BigInt(value)
  if (valueType === 'boolean') return value === true ? 1 : 0
  return value as number | string
}
