import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkFile } from '../../simulator/replay/check-file.ts'
import { thingModelOf } from '../../simulator/replay/map-file.ts'
import { type Field, type FieldDevice, untilRolledUp } from '../field.ts'
import type { Answers } from './answers.ts'
import { mapOf, publishByMosquitto, replayFile } from './send.ts'
import { pointIds, type StoredSample, storedDays, storedSamples, sumOfHundredths } from './stored-values.ts'

const SET = 'steel_energy'
const ROLL_UP_MS = 240_000
const ROWS = 35_040
const KWH = 959_640.31

/** A steel works' meter of one year, sent by MQTT and read again by the API: README of the recorded data. */
export async function checkSteelEnergy(dataDir: string, field: Field, answers: Answers, mosquitto: boolean): Promise<void> {
  const file = join(dataDir, SET, 'Steel_industry_data.csv')
  const map = mapOf(SET)
  const totals = await checkFile(file, map)
  answers.check(SET, 'rows of the file', ROWS, totals.rows)
  answers.check(SET, 'source times that do not grow', 0, totals.stepsBack)

  const model = await field.importModel(thingModelOf(map))
  const meter = await field.addDevice('steel-meter', model)
  await replayFile(field, meter, file, SET)
  await untilRolledUp(field.client, { timeoutMs: ROLL_UP_MS })
  await checkStored(field, meter, file, answers, totals, SET)

  if (!mosquitto) return
  const second = await field.addDevice('steel-meter-mosquitto', model)
  await publishByMosquitto(field, second, file, map, 96)
  await untilRolledUp(field.client, { timeoutMs: ROLL_UP_MS })
  const days = await storedDays(field, (await pointIds(field, second)).get('usageKwh') ?? '', '2018-01-01', '2018-12-31')
  answers.check(
    SET,
    'by mosquitto_pub: samples',
    ROWS,
    days.reduce((sum, day) => sum + day.n, 0),
  )
  answers.check(SET, 'by mosquitto_pub: kWh', KWH, sumOfHundredths(days.map((day) => day.sum ?? 0)))
}

export async function checkStored(
  field: Field,
  meter: FieldDevice,
  file: string,
  answers: Answers,
  span: { fromMs: number; untilMs: number },
  set: string,
  numbered = true,
): Promise<void> {
  const ids = await pointIds(field, meter)
  const names = Object.values(mapOf(SET).columns).map((column) => column.name)
  const stored = await storedSamples(field, ids, names, span.fromMs, span.untilMs)
  const of = (name: string) => stored.get(name) ?? []
  const numbers = (name: string) => of(name).map((sample) => Number(sample.value))
  const kwh = numbers('usageKwh')
  answers.check(set, 'stored samples', ROWS, kwh.length)
  answers.check(
    set,
    'values over all points',
    ROWS * names.length,
    names.reduce((sum, name) => sum + of(name).length, 0),
  )
  answers.check(set, 'kWh', KWH, sumOfHundredths(kwh))
  answers.check(set, 't CO₂', 403.81, sumOfHundredths(numbers('co2T')))
  answers.check(set, 'greatest 15-minute demand, kW', 628.72, Math.max(...kwh) * 4, 1e-9)
  answers.check(set, 'mean, kWh', 27.387, sumOfHundredths(kwh) / kwh.length, 0.0005)
  answers.check(set, 'samples equal to the one before, none dropped', 3_454, repeatedValues(of('usageKwh')))
  for (const [type, expected] of [
    ['Light_Load', 155_896.41],
    ['Medium_Load', 372_766.54],
    ['Maximum_Load', 430_977.36],
  ] as const) {
    const types = new Map(of('loadType').map((sample) => [sample.atMs, sample.value]))
    const ofType = of('usageKwh').filter((sample) => types.get(sample.atMs) === type)
    answers.check(set, `kWh of ${type}`, expected, sumOfHundredths(ofType.map((sample) => Number(sample.value))))
  }
  answers.check(set, 'rows whose power factor is not P/√(P²+Q²)', 0, wrongPowerFactors(numbers, kwh))
  if (numbered) answers.check(set, 'samples whose number did not grow', 0, stepsBack(of('usageKwh')))
  await checkDays(field, ids.get('usageKwh') ?? '', file, answers, set)
}

const stepsBack = (samples: readonly StoredSample[]) =>
  samples.filter((sample, i) => {
    const before = samples[i - 1]
    return before !== undefined && (sample.seq <= before.seq || sample.atMs <= before.atMs)
  }).length

/** The published figure counts consumption alone. */
const repeatedValues = (samples: readonly StoredSample[]) =>
  samples.filter((sample, i) => i > 0 && sample.value === samples[i - 1]?.value).length

const PERCENT_WITHIN = 0.005

function wrongPowerFactors(numbers: (name: string) => number[], kwh: readonly number[]): number {
  let wrong = 0
  for (const side of ['lagging', 'leading']) {
    const reactive = numbers(`${side}Kvarh`)
    const factors = numbers(`${side}PowerFactorPercent`)
    for (const [i, p] of kwh.entries()) {
      const expected = (p / Math.hypot(p, reactive[i] ?? 0)) * 100
      if (Math.abs(expected - (factors[i] ?? 0)) > PERCENT_WITHIN + 1e-9) wrong++
    }
  }
  return wrong
}

/** Each production day against the file's own: its 96 rows carry its date, the last one as 00:00. */
async function checkDays(field: Field, pointId: string, file: string, answers: Answers, set: string): Promise<void> {
  const published = new Map<string, number[]>()
  for (const line of readFileSync(file, 'utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .slice(1)) {
    const [day, month, year] = line.slice(0, 10).split('/')
    const kwh = line.split(',')[1]
    if (kwh === undefined) continue
    const date = `${year}-${month}-${day}`
    published.set(date, [...(published.get(date) ?? []), Number(kwh)])
  }
  const days = await storedDays(field, pointId, '2017-12-31', '2019-01-01')
  answers.check(set, 'production days', published.size, days.length)
  answers.check(set, 'production days with 96 samples', published.size, days.filter((day) => day.n === 96).length)
  const right = days.filter(({ date, sum }) => {
    const rows = published.get(date)
    return rows !== undefined && sum !== null && Math.abs(sumOfHundredths(rows) - sum) < 1e-6
  })
  answers.check(set, 'production days with the file’s sum', published.size, right.length)
  answers.check(set, 'kWh over all production days', KWH, sumOfHundredths(days.map((day) => day.sum ?? 0)))
}
