import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DiskQueue } from '#edge/gateway/queue/disk-queue.ts'
import type { Bench, BenchOptions, Figure } from './bench.ts'
import { rounded } from './statistics.ts'

const POINTS = 1_000
const DEVICES = 50
/** So much of an outage is packed; whatever is longer is the same again. */
const SECONDS = { quick: 1_200, full: 7_200 }
const OUTAGE_HOURS = 72
const BATCHES_PER_SECOND = 4

export const queueBench: Bench = {
  name: 'queue',
  summary: `the gateway's disk queue: ${POINTS.toLocaleString('en')} points a second without an uplink, of a mixed plant and of one of floats alone`,
  goal: `72 h in ≤ 1 GB: ≤ ${rounded(2 ** 30 / (OUTAGE_HOURS * 3_600 * POINTS))} bytes a point`,
  run,
}

/** Near enough to a bell, mean 0 and deviation 1. */
const noise = () => (Math.random() + Math.random() + Math.random() + Math.random() - 2) * Math.sqrt(3)

type Plant = (point: number, base: number, second: number) => number | boolean

/** Of twenty points of a device eight are scaled registers, five floats, three counters, two set-points with jitter, two states. */
const mixed: Plant = (point, base, second) => {
  if (point < 8) return Math.round((base + Math.sin(second / 600) * 5 + noise() * 0.15) * 10) / 10
  if (point < 13) return Math.fround(base + Math.sin(second / 300) * 3 + noise() * 0.05)
  if (point < 16) return Math.floor(base * 1_000 + second * 0.3 + Math.random())
  if (point < 18) return Math.round(1_000 + noise() * 4)
  return Math.floor((second + base) / 900) % 2 === 0
}
/** Meters whose registers are floats: fifteen bits of each are noise. */
const floats: Plant = (_, base, second) => Math.fround(base + Math.sin(second / 300) * 3 + noise() * 0.05)

async function run({ quick, say }: BenchOptions): Promise<Figure> {
  const seconds = quick ? SECONDS.quick : SECONDS.full
  const found: Record<string, Awaited<ReturnType<typeof outage>>> = {}
  for (const [name, plant] of Object.entries({ mixed, floats })) {
    const measured = await outage(plant, seconds)
    found[name] = measured
    say(
      `${name}: ${measured.bytesPerPoint} bytes a point (${measured.plainBytesPerPoint} as they come), 72 h are ${measured.megabytesOf72Hours} MB; packing and writing ${measured.corePercent} % of a core`,
    )
  }
  const worst = Math.max(...Object.values(found).map(({ bytesPerPoint }) => bytesPerPoint))
  return { value: worst, unit: 'bytes/point', ratio: null, against: null, detail: found }
}

/** Without an uplink, faster than the plant is: handed over as packing keeps up. What it costs to make up the values is taken off. */
async function outage(plant: Plant, seconds: number) {
  const dir = mkdtempSync(join(tmpdir(), 'lianshu-queue-bench-'))
  const queue = await DiskQueue.open({ dir, limitBytes: 2 ** 30, memoryBytes: 2 ** 25, log: () => undefined })
  const filesOf = (ending: string) => readdirSync(dir).filter((name) => name.endsWith(ending))
  const bytesOf = (names: string[]) => names.reduce((sum, name) => sum + statSync(join(dir, name)).size, 0)
  const bases = Array.from({ length: POINTS }, () => 20 + Math.random() * 400)
  const began = process.cpuUsage()
  let [plainBytes, madeUs] = [0, 0]
  for (let second = 0; second < seconds; second++) {
    for (let part = 0; part < BATCHES_PER_SECOND; part++) {
      const before = process.cpuUsage()
      const batch = batchOf(plant, bases, second, part)
      const making = process.cpuUsage(before)
      madeUs += making.user + making.system
      plainBytes += batch.items.length
      await queue.commit({ ...batch, oldestMs: second, live: false })
    }
    if (second % 20 === 0) await sleep(filesOf('.segment').length > 2 ? 1_000 : 0)
  }
  const used = process.cpuUsage(began)
  await queue.close()
  const plainBytesPerPoint = plainBytes / seconds / POINTS
  // The files that were begun last stand as they came: two of 4 MB, however long the outage.
  const packedPoints = (plainBytes - bytesOf(filesOf('.segment'))) / plainBytesPerPoint
  const bytesPerPoint = bytesOf(filesOf('.packed')) / packedPoints
  rmSync(dir, { recursive: true })
  return {
    bytesPerPoint: rounded(bytesPerPoint),
    plainBytesPerPoint: rounded(plainBytesPerPoint),
    megabytesOf72Hours: rounded((bytesPerPoint * OUTAGE_HOURS * 3_600 * POINTS + 2 * 4 * 2 ** 20) / 2 ** 20),
    corePercent: rounded((used.user + used.system - madeUs) / 10_000 / seconds),
  }
}

function batchOf(plant: Plant, bases: readonly number[], second: number, part: number) {
  const perDevice = POINTS / DEVICES
  const items: string[] = []
  for (let device = part; device < DEVICES; device += BATCHES_PER_SECOND) {
    const values = Array.from({ length: perDevice }, (_, point) => [
      `point_${point + 1}`,
      plant(point, bases[device * perDevice + point] ?? 0, second),
    ])
    items.push(JSON.stringify({ device: `LINE1-M${device}`, ts: 1_700_000_000_000 + second * 1_000, values: Object.fromEntries(values) }))
  }
  return { items: Buffer.from(items.join(',')), samples: items.length * perDevice }
}
