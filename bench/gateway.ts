import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ModbusSimulator, startModbusSimulator } from '#edge/drivers/modbus/simulator.ts'
import { buildBundle, openTestPlant, startGateway, type TestPlant, until } from '#edge/gateway/test-plant.ts'
import { configurationApi } from '#modules/shopfloor/gateways/configuration-contract.ts'
import { inParallel, rowsOf } from '../tests/field.ts'
import type { Bench, BenchOptions, Figure } from './bench.ts'
import { watched } from './process-load.ts'
import { median, quantile, rounded } from './statistics.ts'

const LINKS = 100
const POINTS_A_LINK = 100
/** Of one thing model. */
const MOST_POINTS = 500
const UNITS = 32
const UNIT_LATENCY_MS = 5

export const gatewayBench: Bench = {
  name: 'gateway',
  summary: `${LINKS} links × ${POINTS_A_LINK} Modbus points (× --scale) at 1 Hz, from simulators to the store; then one of ${UNITS} units on a line dead`,
  goal: '100,000 points (--scale 10): ≤ 600 MB, ≤ 1 core; the other 31 units’ cycle within 10 % of before',
  run,
}

interface Load {
  points: number
  peakMb: number
  cores: number
  storedOfRead: number
  cycleP50Ms: number
  cycleP99Ms: number
  overruns: number
}

async function run({ quick, scales, say }: BenchOptions): Promise<Figure> {
  const bundle = buildBundle()
  try {
    const loads: Load[] = []
    for (const scale of scales) {
      const load = await underLoad(bundle.file, Math.round(POINTS_A_LINK * scale), quick ? 10 : 60)
      loads.push(load)
      say(`${load.points} points: ${load.peakMb} MB, ${load.cores} cores, cycle p99 ${load.cycleP99Ms} ms, ${load.overruns} overruns`)
    }
    const line = await deadUnit(bundle.file, quick ? 8 : 30)
    say(`dead unit: the others’ cycle ${line.beforeMs} ms before, ${line.afterMs} ms after`)
    const first = loads[0] as Load
    return {
      value: first.peakMb,
      unit: 'MB',
      ratio: null,
      against: null,
      detail: { loads, line, writes: 'not measured: the wire has no command to write yet' },
    }
  } finally {
    bundle.remove()
  }
}

/** A platform, a gateway and simulators for the time of `work`; simulators run in the bench's own process. */
async function atPlant<Result>(
  bundle: string,
  simulators: number,
  set: (plant: TestPlant, simulators: ModbusSimulator[]) => Promise<void>,
  work: (plant: TestPlant, simulators: ModbusSimulator[], pid: number) => Promise<Result>,
): Promise<Result> {
  const plant = await openTestPlant()
  const dataDir = mkdtempSync(join(tmpdir(), 'lianshu-bench-gateway-'))
  const sims = await Promise.all(Array.from({ length: simulators }, () => startModbusSimulator()))
  try {
    await set(plant, sims)
    const { platform } = plant.field
    const { user, secret } = plant.gateway
    const gateway = await startGateway(bundle, {
      server: platform.address,
      mqtt: `mqtt://127.0.0.1:${platform.mqttPort}`,
      user,
      secret,
      dataDir,
    })
    try {
      return await work(plant, sims, gateway.process.pid ?? 0)
    } finally {
      await gateway.kill()
    }
  } finally {
    await Promise.all(sims.map((simulator) => simulator.stop()))
    await plant.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

const statusOf = async (plant: TestPlant) =>
  (await plant.field.client.call(configurationApi.get, { params: { id: plant.gateway.id } })).status

const pointsOf = (count: number) => Array.from({ length: count }, (_, i) => ({ name: `p${i}`, address: `holding:${i}`, scale: 0.1 }))

async function underLoad(bundle: string, pointsALink: number, seconds: number): Promise<Load> {
  const units = Math.ceil(pointsALink / MOST_POINTS)
  const pointsADevice = Math.floor(pointsALink / units)
  const points = LINKS * units * pointsADevice
  const set = async (plant: TestPlant, sims: ModbusSimulator[]) => {
    const table = await plant.addTable('load', pointsOf(pointsADevice))
    await inParallel([...sims.entries()], 4, async ([i, simulator]) => {
      const link = await plant.addLink(`link ${i + 1}`, simulator.port)
      for (let unitId = 1; unitId <= units; unitId++) {
        for (let at = 0; at < pointsADevice; at++) simulator.unit(unitId).holding[at] = (i * 31 + at) % 60_000
        await plant.addDevice(`D-${i + 1}-${unitId}`, link, unitId, table)
      }
    })
  }
  return atPlant(bundle, LINKS, set, async (plant, _, pid) => {
    await until('all links', async () => (await statusOf(plant))?.links.filter(({ cycle }) => cycle !== null).length === LINKS, 60_000)
    const clickhouse = plant.field.clickhouse()
    const before = (await statusOf(plant))?.links.reduce((sum, { cycle }) => sum + (cycle?.overruns ?? 0), 0) ?? 0
    const { cores, peakMb, result } = await watched({ gateway: pid }, async () => {
      const fromMs = Math.ceil(Date.now() / 1_000) * 1_000
      await sleep(seconds * 1_000)
      return { fromMs, untilMs: Math.floor(Date.now() / 1_000) * 1_000 }
    })
    await sleep(3_000)
    const [stored] = await rowsOf<{ n: number }>(
      clickhouse,
      `select count() as n from sample final where ts >= fromUnixTimestamp64Milli(${result.fromMs}) and ts < fromUnixTimestamp64Milli(${result.untilMs})
       and series in (select series from sample group by series having count() > 3)`,
    )
    const expected = points * ((result.untilMs - result.fromMs) / 1_000)
    const cycles = (await statusOf(plant))?.links.flatMap(({ cycle }) => cycle ?? []) ?? []
    return {
      points,
      peakMb: peakMb.gateway ?? Number.NaN,
      cores: cores.gateway ?? Number.NaN,
      storedOfRead: rounded((stored?.n ?? 0) / expected, 4),
      cycleP50Ms: median(cycles.map(({ p50Ms }) => p50Ms)),
      cycleP99Ms: quantile(
        cycles.map(({ p99Ms }) => p99Ms),
        0.95,
      ),
      overruns: cycles.reduce((sum, { overruns }) => sum + overruns, 0) - before,
    }
  })
}

/** Times between two reads of each living unit, as the units themselves see them. */
async function deadUnit(bundle: string, seconds: number) {
  const readsMs = new Map<number, number[]>()
  const set = async (plant: TestPlant, [simulator]: ModbusSimulator[]) => {
    const table = await plant.addTable('line', pointsOf(10))
    const link = await plant.addLink('line', simulator?.port ?? 0, { requestTimeoutMs: 300 })
    for (let unitId = 1; unitId <= UNITS; unitId++) {
      const unit = simulator?.unit(unitId)
      if (!unit) continue
      unit.latencyMs = UNIT_LATENCY_MS
      unit.onRead = () => void readsMs.get(unitId)?.push(performance.now())
      await plant.addDevice(`U-${unitId}`, link, unitId, table)
    }
  }
  const measure = async () => {
    for (let unitId = 2; unitId <= UNITS; unitId++) readsMs.set(unitId, [])
    await sleep(seconds * 1_000)
    const gaps = [...readsMs.values()].flatMap((at) => at.slice(1).map((ms, i) => ms - (at[i] ?? ms)))
    const mean = gaps.reduce((sum, ms) => sum + ms, 0) / gaps.length
    return { mean, p95: quantile(gaps, 0.95) }
  }
  return atPlant(bundle, 1, set, async (_, [simulator]) => {
    await until('the line', () => (simulator?.unit(UNITS).requestCount ?? 0) > 3, 60_000)
    const before = await measure()
    const dead = simulator?.unit(1)
    if (dead) dead.silent = true
    const after = await measure()
    const cost = rounded(after.mean / before.mean, 4)
    return {
      beforeMs: rounded(before.mean),
      afterMs: rounded(after.mean),
      ratio: cost,
      p95BeforeMs: rounded(before.p95),
      p95AfterMs: rounded(after.p95),
    }
  })
}
