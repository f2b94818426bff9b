import { telemetryApi } from '#modules/shopfloor/telemetry/contract.ts'
import { type Field, type FieldDevice, type Plant, untilRolledUp } from '../tests/field.ts'
import { readLedger } from './acknowledged.ts'
import { checkSums, compare, type SentRow } from './checks.ts'
import type { startLiveDevice } from './live-device.ts'
import type { Report } from './report.ts'

const ROLLED_UP_WITHIN_MS = 120_000

/** acknowledged ⊆ stored ⊆ sent of one device, each once. */
export async function checkDevice(
  report: Report,
  field: Field,
  device: FieldDevice,
  rows: readonly SentRow[],
  acknowledged: ReadonlySet<number>,
) {
  const found = await compare({ clickhouse: field.clickhouse(), postgres: await field.postgres() }, device, rows, acknowledged)
  console.log(`  ${device.code}: ${JSON.stringify(found)}`)
  report.check(`${device.code}: everything acknowledged is stored`, found.acknowledged > 0 && found.lost === 0, found)
  report.check(`${device.code}: nothing is stored that was not sent so`, found.foreign === 0, found)
  report.check(`${device.code}: everything is there once`, found.twice === 0, found)
}

export const acknowledgedIn = (ledger: string): ReadonlySet<number> => new Set(readLedger(ledger).map(({ seq }) => seq))

export const liveRows = ({ sent }: ReturnType<typeof startLiveDevice>): SentRow[] =>
  sent.map(({ seq, ts, value }) => ({ seq, ts, values: { value } }))

/** A device with one number, `value`. */
export async function addPlainDevice(field: Plant, code: string): Promise<FieldDevice> {
  const properties = [{ name: 'value', label: 'value', kind: 'instant' as const, valueType: 'number' as const }]
  return field.addDevice(code, await field.addModel(`plain-${code}`, { properties }))
}

export async function checkAllSums(report: Report, field: Field, closedAfterMs: number): Promise<void> {
  const rolledUp = await untilRolledUp(field.client, { timeoutMs: ROLLED_UP_WITHIN_MS, closedAfterMs }).then(
    () => 'yes',
    (error: Error) => error.message,
  )
  report.check('no hour waits to be summed up again', rolledUp === 'yes', rolledUp)
  const { rollUp } = await field.client.call(telemetryApi.ingestHealth)
  const sums = await checkSums(field.clickhouse(), Date.parse(rollUp.closedUntil ?? '1970-01-01T00:00:00Z'))
  console.log(`  sums: ${JSON.stringify(sums)}`)
  report.check('every minute and hour is what a recount of its samples gives', sums.minutes > 0 && sums.wrong === 0, sums)
}
