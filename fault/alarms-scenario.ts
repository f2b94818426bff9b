import { setTimeout as sleep } from 'node:timers/promises'
import { connectAsync } from 'mqtt'
import { openClickHouse } from '#kernel/clickhouse.ts'
import { alarmsApi, type RuleInput } from '#modules/shopfloor/alarms/contract.ts'
import { type Area, announce, type Flood } from '#modules/shopfloor/alarms/server/flood-rules.ts'
import { storedBetween } from '#modules/shopfloor/telemetry/server/query/read-stored.ts'
import { type Field, type FieldDevice, openField } from '../tests/field.ts'
import { evaluateAtOnce, type ReferenceAlarm, type ReferenceEvent } from './alarm-reference.ts'
import { type Kill, killPart, untilBack } from './kills.ts'
import type { Report, ScenarioOptions } from './report.ts'

const DEVICES = 12
const EVERY_MS = 200
/** Rules are read, and evaluation is under way. */
const BEGUN_MS = 6_000
const WRITTEN_AGAIN_WITHIN_MS = 60_000
/** The next process waits until the lease of the one that was killed is over, then reads what it missed. */
const CAUGHT_UP_WITHIN_MS = 120_000

const point = (name: string, unit: string | null = null) =>
  ({ name, label: name, kind: 'instant', valueType: 'number', ...(unit ? { unit } : {}) }) as const
const definition = {
  properties: [
    point('temp', '°C'),
    point('press', 'bar'),
    point('flow'),
    { name: 'run', label: 'run', kind: 'state' as const, valueType: 'integer' as const },
  ],
}

/** As long as an expression may be: it costs what one rule can cost. */
const costly = `temp > 20 && ${Array.from({ length: 15 }, (_, i) => `sqrt(abs(temp - ${i})) < 9`).join(' && ')}`

const rules: (Partial<RuleInput> & Pick<RuleInput, 'name' | 'condition'>)[] = [
  { name: 'limit', condition: { kind: 'limit', level: 'H', limit: 80, deadband: 5 } },
  { name: 'delays', condition: { kind: 'limit', level: 'L', limit: 30, deadband: 0 }, onDelayS: 1, offDelayS: 1 },
  { name: 'latched', condition: { kind: 'limit', level: 'HH', limit: 95, deadband: 0 }, latched: true },
  { name: 'rate', condition: { kind: 'rate', direction: 'rise', limit: 3_000, perS: 60, deadband: 0 } },
  { name: 'deviation', condition: { kind: 'deviation', from: 'press', limit: 60, deadband: 2 } },
  { name: 'state', pointName: 'run', condition: { kind: 'state', values: [3] } },
  { name: 'expression', condition: { kind: 'expression', expression: 'active ? temp > 50 && flow < 70 : temp > 60 && flow < 50' } },
  {
    name: 'suppressed',
    pointName: 'press',
    condition: { kind: 'limit', level: 'L', limit: 20, deadband: 0 },
    suppression: { pointName: 'run', values: [0] },
  },
  { name: 'costly', condition: { kind: 'expression', expression: costly } },
]

/** The process that evaluates is killed again and again while values change: no alarm is lost, none is doubled, the log is as if it had lived. */
export async function alarmsScenario(report: Report, { short }: ScenarioOptions): Promise<void> {
  const field = await openField()
  try {
    const model = await field.addModel('machine', definition)
    for (const rule of rules) await field.client.call(alarmsApi.createRule, { body: whole(rule) })
    const devices: FieldDevice[] = []
    for (let i = 0; i < DEVICES; i++) devices.push(await field.addDevice(`machine-${i}`, model))
    await sleep(BEGUN_MS)
    const sending = startSending(field, devices)
    await sleep(2_000)
    const kills = await killEvaluation(field, short ? 3 : 10)
    await sleep(2_000)
    const sent = await sending.stop()
    report.check(
      `the evaluating process was killed ${kills.length} times and came back each time`,
      kills.length > 1 && kills.every(({ againMs }) => againMs !== null),
      kills,
    )
    await untilEvaluated(report, field)
    await compareLogs(report, field, sent)
    await compareFloods(report, field)
  } finally {
    await field.stop()
  }
}

const whole = (rule: (typeof rules)[number]): RuleInput => ({
  nameEn: null,
  deviceId: null,
  modelCode: 'machine',
  pointName: 'temp',
  onDelayS: 0,
  offDelayS: 0,
  badQuality: 'ignore',
  suppression: null,
  priority: 'high',
  latched: false,
  cause: '',
  consequence: '',
  response: '',
  responseMinutes: null,
  notify: false,
  escalateMinutes: null,
  ...rule,
})

/** Values that stay for a while and jump then, over every limit of the rules. */
function startSending(field: Field, devices: readonly FieldDevice[]): { stop(): Promise<number> } {
  let sent = 0
  let ended = false
  const senders = devices.map(async (device) => {
    const client = await connectAsync({
      host: '127.0.0.1',
      port: field.platform.mqttPort,
      protocol: 'mqtt',
      protocolVersion: 4,
      username: device.user,
      password: device.secret,
    })
    let values = { temp: 50, press: 50, flow: 50, run: 1 }
    let lastMs = 0
    while (!ended) {
      const any = () => Math.round(Math.random() * 1_000) / 10
      if (Math.random() < 0.3) values = { temp: any(), press: any(), flow: any(), run: Math.floor(Math.random() * 4) }
      lastMs = Math.max(Date.now(), lastMs + 1)
      await client.publishAsync(device.topic, JSON.stringify({ ts: lastMs, values }), { qos: 1 })
      sent++
      await sleep(EVERY_MS)
    }
    await client.endAsync()
  })
  return {
    stop: async () => {
      ended = true
      await Promise.all(senders)
      return sent
    },
  }
}

/** Each time after the one before was got over: when events are written again, in the middle of it. */
async function killEvaluation(field: Field, times: number): Promise<Kill[]> {
  const postgres = await field.postgres()
  const events = async () => (await postgres.query<{ n: number }>('select count(*)::int as n from alarms.event')).rows[0]?.n ?? 0
  const kills: Kill[] = []
  for (let i = 0; i < times; i++) {
    const before = await events()
    const untilMs = performance.now() + WRITTEN_AGAIN_WITHIN_MS
    while ((await events()) === before && performance.now() < untilMs) await sleep(20)
    await sleep(Math.random() * 1_500)
    const pid = field.platform.run().pids.server
    if (pid === undefined || kills.some((kill) => kill.pid === pid)) continue
    const kill = killPart('server', pid)
    kills.push(kill)
    await untilBack(field.platform, kill)
    console.log(`  SIGKILL server, ${(await events()) - before} events since the last`)
  }
  return kills
}

async function untilEvaluated(report: Report, field: Field): Promise<void> {
  const endedMs = Date.now()
  const postgres = await field.postgres()
  let receivedMs = 0
  while (receivedMs <= endedMs && Date.now() < endedMs + CAUGHT_UP_WITHIN_MS) {
    await sleep(500)
    receivedMs = (await postgres.query<{ ms: number }>('select received_ms::float8 as ms from alarms.progress')).rows[0]?.ms ?? 0
  }
  report.check(
    `what was sent by the end was evaluated within ${CAUGHT_UP_WITHIN_MS / 1_000} s (${Math.round((Date.now() - endedMs) / 1_000)} s)`,
    receivedMs > endedMs,
    { receivedMs, endedMs },
  )
}

async function compareLogs(report: Report, field: Field, sent: number): Promise<void> {
  const alarms = await storedAlarms(field)
  const series = [...new Set(alarms.flatMap(({ seriesOf }) => [...seriesOf.values()]))]
  const { ports, passwords } = field.platform.run()
  const clickhouse = openClickHouse(
    `http://lianshu:${encodeURIComponent(passwords.clickhouse ?? '')}@127.0.0.1:${ports.clickhouse}/lianshu`,
  )
  const values = await storedBetween(clickhouse, series, Date.now() - 3_600_000, Date.now() + 3_600_000)
  await clickhouse.close()
  const wanted = evaluateAtOnce(alarms, values)
  const found = await storedEvents(field)
  const lines = (of: Map<string, ReferenceEvent[]>) =>
    alarms.flatMap(({ id, rule }) => (of.get(id) ?? []).map(({ kind, atMs, value }) => `${rule.name} ${id} ${kind} ${atMs} ${value}`))
  const [wantedLines, foundLines] = [lines(wanted), lines(found)]
  const [wantedSet, foundSet] = [new Set(wantedLines), new Set(foundLines)]
  const lost = wantedLines.filter((line) => !foundSet.has(line))
  const foreign = foundLines.filter((line) => !wantedSet.has(line))
  console.log(`  ${sent} messages, ${values.rows} values, ${wantedLines.length} events wanted, ${foundLines.length} found`)
  report.check('every message that was acknowledged is stored', values.rows === sent * definition.properties.length, [values.rows, sent])
  const kinds = rules.filter(({ name }) => !wantedLines.some((line) => line.startsWith(name)))
  report.check('every rule has found something', kinds.length === 0, kinds)
  report.check('no event of an uninterrupted evaluation is missing', lost.length === 0, lost.slice(0, 5))
  report.check('there is none beyond those', foreign.length === 0, foreign.slice(0, 5))
  report.check('none is there twice', foundSet.size === foundLines.length, foundLines.length - foundSet.size)
  report.check('they stand in the same order', JSON.stringify(foundLines) === JSON.stringify(wantedLines), lost.length + foreign.length)
}

async function storedAlarms(field: Field): Promise<ReferenceAlarm[]> {
  const postgres = await field.postgres()
  const { rows: points } = await postgres.query<{ device_id: string; name: string; series: number }>(
    'select device_id, name, series from devices.point order by series',
  )
  const seriesOf = Map.groupBy(points, (row) => row.device_id)
  const { rows } = await postgres.query<{ id: string; device_id: string; name: string }>(
    'select a.id, a.device_id, r.name from alarms.alarm a join alarms.rule r on r.org_id = a.org_id and r.id = a.rule_id order by a.id',
  )
  return rows.map(({ id, device_id, name }) => ({
    id,
    rule: whole(rules.find((rule) => rule.name === name)!),
    seriesOf: new Map((seriesOf.get(device_id) ?? []).map((row) => [row.name, row.series])),
  }))
}

async function storedEvents(field: Field): Promise<Map<string, ReferenceEvent[]>> {
  const { rows } = await (await field.postgres()).query<ReferenceEvent & { alarm_id: string }>(
    `select alarm_id, kind, (extract(epoch from at) * 1000)::float8 as "atMs", value from alarms.event order by at, id`,
  )
  return new Map(
    [...Map.groupBy(rows, (row) => row.alarm_id)].map(([id, some]) => [
      id,
      some.map(({ kind, atMs, value }) => ({ kind, atMs: Math.round(atMs), value })),
    ]),
  )
}

/** Floods are counted while events are written; counted afterwards from the log they are the same. */
async function compareFloods(report: Report, field: Field): Promise<void> {
  const postgres = await field.postgres()
  const { rows } = await postgres.query<{ alarm_id: string; ms: number }>(
    `select alarm_id, (extract(epoch from recorded_at) * 1000)::float8 as ms from alarms.event where kind = 'raised' and told order by recorded_at, id`,
  )
  const area: Area = { recent: [], flood: undefined }
  const wanted: Flood[] = []
  for (const { alarm_id: alarmId, ms } of rows) {
    const { kind } = announce(area, { alarmId, atMs: Math.round(ms) })
    if (kind === 'during') wanted.pop()
    if (kind !== 'alone' && area.flood) wanted.push(area.flood)
  }
  const { rows: found } = await postgres.query<Flood>(
    `select (extract(epoch from begun_at) * 1000)::float8 as "begunMs", (extract(epoch from ends_at) * 1000)::float8 as "endsMs", raised,
       first_alarm_id as first from alarms.flood order by begun_at`,
  )
  const line = ({ begunMs, endsMs, raised, first }: Flood) => `${first} ${Math.round(begunMs)} ${Math.round(endsMs)} ${raised}`
  report.check(
    `floods are what the log of ${rows.length} announcements gives: ${wanted.length}`,
    wanted.length > 0 && JSON.stringify(found.map(line)) === JSON.stringify(wanted.map(line)),
    { found: found.map(line), wanted: wanted.map(line) },
  )
}
