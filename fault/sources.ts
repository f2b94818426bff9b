import { existsSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type MapFile, readMap } from '../simulator/replay/map-file.ts'

const root = resolve(import.meta.dirname, '..')
const YEAR_MS = 365 * 86_400_000
const steelFile = resolve(root, '../shared/data/steel_energy/Steel_industry_data.csv')

/** A recorded file that a device sends while parts are killed. */
export interface Source {
  name: string
  file: string
  map: MapFile
  mapFile: string
  /** From its first row to its last. */
  spanMs: number
  /** Rows in one publish, and how many wait for their acknowledgement: small ones, so that a kill meets many. */
  batch: number
  window: number
}

const generatedMap = `device: { code: fault-machine, name: 故障试验机, nameEn: Fault machine }
time: { column: at, format: epochMs }
columns:
  temperature: { name: temperatureC, label: 温度, valueType: number, kind: instant, unit: '°C', decimals: 1 }
  pressure: { name: pressureBar, label: 压力, valueType: number, kind: instant, unit: bar, decimals: 3 }
  energy: { name: energyKwh, label: 电量, valueType: number, kind: counter, unit: kWh, decimals: 2 }
  amount: { name: amountKwh, label: 用电量, valueType: number, kind: interval, unit: kWh, decimals: 2 }
  state: { name: state, label: 状态, valueType: integer, kind: state }
  batch: { name: batchNo, label: 批号, valueType: string, kind: state }
`

/** Hours of a machine at 1 Hz that ended some minutes ago: every kind of point, so that every kind of sum is proven. */
export function generatedSource(folder: string, rows: number): Source {
  const mapFile = join(folder, 'generated.yaml')
  const file = join(folder, 'generated.csv')
  writeFileSync(mapFile, generatedMap)
  const startMs = Math.floor(Date.now() / 60_000) * 60_000 - rows * 1_000 - 10 * 60_000
  const lines = ['at,temperature,pressure,energy,amount,state,batch']
  for (let i = 0; i < rows; i++) {
    const temperature = (180 + 40 * Math.sin(i / 200) + ((i * 7_919) % 17) / 10).toFixed(1)
    const pressure = (2 + Math.cos(i / 90) + ((i * 104_729) % 997) / 1_000).toFixed(3)
    // A register that is exchanged once in a while and starts again.
    const energy = (((i % 5_000) * 3) / 100).toFixed(2)
    const amount = (((i * 31) % 500) / 100).toFixed(2)
    lines.push(
      `${startMs + i * 1_000},${temperature},${pressure},${energy},${amount},${Math.floor(i / 300) % 4},B-${Math.floor(i / 1_000)}`,
    )
  }
  writeFileSync(file, `${lines.join('\n')}\n`)
  return { name: 'generated', file, map: readMap(mapFile), mapFile, spanMs: rows * 1_000, batch: 10, window: 8 }
}

/** Undefined where the recorded data is not at hand. */
export function steelSource(): Source | undefined {
  if (!existsSync(steelFile)) return undefined
  const mapFile = join(root, 'simulator/maps/steel_energy.yaml')
  return { name: 'steel_energy', file: steelFile, map: readMap(mapFile), mapFile, spanMs: YEAR_MS, batch: 50, window: 8 }
}
