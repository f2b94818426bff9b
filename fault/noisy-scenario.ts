import { setTimeout as sleep } from 'node:timers/promises'
import { connectAsync } from 'mqtt'
import { organisationsApi } from '#modules/foundation/organisations/contract.ts'
import { telemetryApi } from '#modules/shopfloor/telemetry/contract.ts'
import { type Field, type FieldDevice, openField, type Plant, rowsOf } from '../tests/field.ts'
import { acknowledgedIn, addPlainDevice, checkDevice, liveRows } from './field-checks.ts'
import { startLiveDevice } from './live-device.ts'
import type { Report, ScenarioOptions } from './report.ts'

const QUOTA_PER_S = 1_000
const BURST_S = 60
/** A quota holds within ten seconds. */
const HOLDS_WITHIN_MS = 11_000
const CONNECTIONS = 5
const AT_ONCE = 10
const VALUES = 500
const HEALTHY_P99_MS = 1_000

/** One organisation sends more than ten times its quota: it is slowed and loses nothing, and another does not feel it. */
export async function noisyScenario(report: Report, { folder, short }: ScenarioOptions): Promise<void> {
  const field = await openField()
  try {
    const noisy = await field.another({ code: 'noisy', kind: 'supplier', n: 9 })
    const healthy = await addPlainDevice(field, 'healthy')
    const device = await addPlainDevice(noisy, 'noisy')
    await grant(field, noisy.orgId)
    const live = startLiveDevice(healthy, field.platform.mqttPort, folder)
    await sleep(HOLDS_WITHIN_MS)
    const seconds = short ? 15 : 60
    const { acknowledged, overS } = await shout(device, field.platform.mqttPort, seconds)
    await live.stop()

    const most = QUOTA_PER_S * (BURST_S + overS) + CONNECTIONS * AT_ONCE * VALUES
    const fewest = QUOTA_PER_S * BURST_S * 0.9
    report.check(
      `five connections that send as fast as they are answered get the quota and its burst: ${acknowledged} values in ${overS.toFixed(0)} s, at most ${Math.round(most)}`,
      acknowledged <= most && acknowledged >= fewest,
      { acknowledged, most },
    )
    const waits = live.waitsMs.toSorted((a, b) => a - b)
    const p99 = waits[Math.floor(waits.length * 0.99)] ?? Number.POSITIVE_INFINITY
    report.check(
      `the device of another organisation is acknowledged within ${HEALTHY_P99_MS} ms (p99 ${Math.round(p99)})`,
      p99 <= HEALTHY_P99_MS,
      p99,
    )
    await checkDevice(report, field, healthy, liveRows(live), acknowledgedIn(live.ledger))
    await checkNoisy(report, field, noisy, acknowledged)
  } finally {
    await field.stop()
  }
}

async function grant({ operator }: Field, orgId: string): Promise<void> {
  const { items } = await operator.call(organisationsApi.platform, { query: { search: 'noisy' } })
  const organisation = items.find((one) => one.id === orgId)
  if (!organisation) throw new Error('The operator does not see the organisation.')
  const { id, version } = organisation
  await operator.call(organisationsApi.operate, { params: { orgId: id }, body: { version, valuesPerS: QUOTA_PER_S } })
}

/** Values that were acknowledged, and until when: what is on its way at the end is waited for. */
async function shout(device: FieldDevice, port: number, seconds: number): Promise<{ acknowledged: number; overS: number }> {
  const startedMs = performance.now()
  const untilMs = startedMs + seconds * 1_000
  const firstMs = Date.now() - 86_400_000
  let sent = 0
  let acknowledged = 0
  const message = () => {
    const at = firstMs + sent
    sent += VALUES
    return JSON.stringify(Array.from({ length: VALUES }, (_, i) => ({ ts: at + i, values: { value: i } })))
  }
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async (_, i) => {
      const client = await connectAsync({
        host: '127.0.0.1',
        port,
        protocol: 'mqtt',
        protocolVersion: 4,
        username: device.user,
        password: device.secret,
        clientId: `${device.user}/${i}`,
        reconnectPeriod: 0,
      })
      const one = async () => {
        while (performance.now() < untilMs) {
          await client.publishAsync(device.topic, message(), { qos: 1 })
          acknowledged += VALUES
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, one))
      await client.endAsync()
    }),
  )
  return { acknowledged, overS: (performance.now() - startedMs) / 1_000 }
}

async function checkNoisy(report: Report, field: Field, noisy: Plant, acknowledged: number): Promise<void> {
  const { rows } = await (await field.postgres()).query<{ org_no: number }>(
    'select org_no from organisations.organisation where org_id = $1',
    [noisy.orgId],
  )
  const [stored] = await rowsOf<{ n: string }>(
    field.clickhouse(),
    `select uniqExact(series, ts) as n from sample where org_no = ${rows[0]?.org_no ?? 0}`,
  )
  report.check('what the noisy one was acknowledged is stored, each once', Number(stored?.n) === acknowledged, { stored, acknowledged })
  // Counters reach PostgreSQL every three seconds.
  await sleep(4_000)
  const { totals } = await noisy.client.call(telemetryApi.ingestHealth)
  const slowed = totals.find(({ count }) => count === 'slowed')?.n ?? 0
  report.check(`it sees that it was slowed (${slowed} messages)`, slowed > 0, totals)
  const own = (await field.client.call(telemetryApi.ingestHealth)).totals.find(({ count }) => count === 'slowed')
  report.check('the other one was never slowed', own === undefined || own.n === 0, own)
}
