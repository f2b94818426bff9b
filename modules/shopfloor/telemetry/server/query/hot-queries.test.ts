import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { testContext } from '../../../../../tests/context.ts'
import { sumOfSamples } from '../rollup/rollup-sql.ts'
import { startTestPlatform, type TestPlatform } from '../test-platform.ts'
import { HOUR_MS } from './plan-pieces.ts'
import { type Part, readPart } from './read-part.ts'

// Each hot question must find its rows by the key: a change that makes it look through a month is seen here, not by the first large plant.
const cleanups: (() => Promise<void>)[] = []
let platform: TestPlatform
const until = Date.parse('2026-11-20T00:00:00Z')
const SERIES = 40

before(async () => {
  platform = await startTestPlatform({ after: (work) => void cleanups.unshift(work) })
  const { clickhouse } = platform
  await clickhouse.command(`insert into sample select 7, number % ${SERIES}, fromUnixTimestamp64Milli(toInt64(${until} - intDiv(number, ${SERIES}) * 10000), 'UTC'),
    number, 0, 0, 1, 1, 0 from numbers(${SERIES * 40_000})`)
  for (const [table, step] of [
    ['rollup_minute', 60],
    ['rollup_hour', 3600],
  ] as const)
    await clickhouse.command(`insert into ${table} select 7, number % ${SERIES}, toDateTime(${until / 1000} - intDiv(number, ${SERIES}) * ${step}, 'UTC'),
      0, 1, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0, map(), 1 from numbers(${SERIES * 20_000})`)
  await clickhouse.command(
    `insert into latest select 7, number, fromUnixTimestamp64Milli(toInt64(${until}), 'UTC'), 1, 0, 0, 1, 1 from numbers(200000)`,
  )
})
after(async () => {
  for (const cleanup of cleanups) await cleanup()
})

/** Granules (8,192 rows at most) that the key leaves, and of how many. */
async function granules(sql: string): Promise<{ read: number; of: number }> {
  const lines = await platform.clickhouse.system<{ explain: string }>(`explain indexes = 1 ${sql}`)
  const counts = lines.map((line) => /Granules: (\d+)\/(\d+)/.exec(line.explain)).filter((match) => match !== null)
  return { read: Number(counts.at(-1)?.[1]), of: Number(counts[0]?.[2]) }
}

/** The question that is asked for a part of a curve. */
async function questionOf(source: Part['source'], hours: number, kind: Part['kind']): Promise<string> {
  let question = ''
  const clickhouse = Object.assign({}, platform.clickhouse, {
    query: async (_: unknown, sql: string) => {
      question = sql.replace('{orgNo:UInt32}', '7')
      return []
    },
    columns: async (_: unknown, sql: string) => {
      question = sql.replace('{orgNo:UInt32}', '7')
      return []
    },
  })
  const part: Part = { source, kind, series: [5], buckets: 'inside', fromMs: until - hours * HOUR_MS, untilMs: until }
  await readPart(clickhouse, testContext(), part, { boundsMs: [part.fromMs, until], widthMs: hours * HOUR_MS })
  return question
}

test('an hour of samples, a day of minutes, a month of hours of one series, and ten latest values touch a few granules each', async () => {
  const questions = {
    samples: [await questionOf('raw', 1, 'instant'), 3],
    minutes: [await questionOf('minute', 24, 'instant'), 3],
    hours: [await questionOf('hour', 31 * 24, 'instant'), 3],
    states: [await questionOf('minute', 24, 'state'), 3],
    counted: [await questionOf('raw', 1, 'counter'), 3],
    latest: ['select value from latest final where org_no = 7 and series between 5 and 14', 2],
    latestApart: ['select value from latest final where org_no = 7 and series in (5, 100005)', 3],
    hoursAsKept: [await questionOf('hour', 1, 'instant'), 2],
    duplicates: [
      "select series from sample where org_no in (7) and (org_no, series, ts) in ((7, 5, '2026-11-19 23:00:00.000'), (7, 9, '2026-11-19 22:00:00.000'))",
      4,
    ],
  } as const
  for (const [name, [sql, most]] of Object.entries(questions)) {
    const { read, of } = await granules(sql)
    assert.ok(of > 20, `${name}: only ${of} granules to choose from`)
    assert.ok(read <= most, `${name} reads ${read} of ${of} granules`)
  }
})

test('the minute that is summed up for all series does not read the month', async () => {
  const stretch = { where: 'org_no > 0', bucket: 'toInt64(0)', fromMs: String(until - 60_000), untilMs: String(until) }
  const { read, of } = await granules(sumOfSamples(stretch))
  assert.ok(read <= of / 2, `${read} of ${of} granules`)
})
