import { parse } from 'csv-parse/sync'
import { devicesApi } from '#modules/shopfloor/devices/contract.ts'
import { telemetryApi } from '#modules/shopfloor/telemetry/contract.ts'
import type { Field, FieldDevice } from '../field.ts'

const EXPORT_DAYS_MS = 31 * 86_400_000

export interface StoredSample {
  atMs: number
  value: string
  quality: string
  seq: number
}

/** Measuring points of a device by name. */
export async function pointIds({ client }: Field, device: FieldDevice): Promise<Map<string, string>> {
  const page = await client.call(devicesApi.measuringPoints, { query: { deviceId: device.id, limit: 200 } })
  return new Map(page.items.map((point) => [point.name, point.id]))
}

/** Every stored sample of some points between two instants (the last one included), as a person exports them. */
export async function storedSamples(
  field: Field,
  ids: ReadonlyMap<string, string>,
  names: readonly string[],
  fromMs: number,
  lastMs: number,
): Promise<Map<string, StoredSample[]>> {
  const samples = new Map(names.map((name) => [name, [] as StoredSample[]]))
  const measuringPointIds = names.map((name) => ids.get(name)).join(',')
  for (let at = fromMs; at <= lastMs; at += EXPORT_DAYS_MS) {
    const until = Math.min(at + EXPORT_DAYS_MS, lastMs + 1)
    const query = { measuringPointIds, from: new Date(at).toISOString(), until: new Date(until).toISOString(), resolution: 'raw' }
    const answer = await field.client.raw(telemetryApi.exportCsv, { query })
    if (!answer.ok) throw new Error(`The export answered ${answer.status}: ${await answer.text()}`)
    const rows = parse(await answer.text(), { bom: true, from_line: 2 }) as string[][]
    for (const [code = '', , , time = '', value = '', quality = '', , seq = ''] of rows) {
      samples.get(code.split('.').at(-1) ?? '')?.push({ atMs: Date.parse(time), value, quality, seq: Number(seq) })
    }
  }
  return samples
}

export interface StoredDay {
  date: string
  n: number
  sum: number | null
  max: number | null
}

/** Production days of a point as the platform sums them. */
export async function storedDays({ client }: Field, pointId: string, from: string, until: string): Promise<StoredDay[]> {
  const { points } = await client.call(telemetryApi.productionDays, { query: { measuringPointIds: pointId, from, until } })
  return points[0]?.days.filter((day) => day.n > 0).map(({ date, n, sum, max }) => ({ date, n, sum, max })) ?? []
}

/** Binary sums drift by the last digits: amounts are added as whole hundredths. */
export const sumOfHundredths = (values: readonly number[]): number => values.reduce((sum, value) => sum + Math.round(value * 100), 0) / 100
