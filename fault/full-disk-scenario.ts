import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { telemetryApi } from '#modules/shopfloor/telemetry/contract.ts'
import { type Field, openField, rowsOf } from '../tests/field.ts'
import { readLedger } from './acknowledged.ts'
import { acknowledgedIn, addPlainDevice, checkAllSums, checkDevice, liveRows } from './field-checks.ts'
import { startLiveDevice } from './live-device.ts'
import type { Report, ScenarioOptions } from './report.ts'

/** The store stops taking rows below 512 MB of free space. */
const DISK_MB = 1_100
const ABOVE_MB = 40
const CHUNK = Buffer.alloc(4 * 1024 * 1024, 0x41)
const HELD_MS = 6_000
const AGAIN_WITHIN_MS = 20_000
/** The ingest tells its state every three seconds. */
const TOLD_WITHIN_MS = 8_000

/**
 * The disk under ClickHouse fills up, to the mark and then to the last byte: nothing is acknowledged that is not kept, what is there is
 * still read, old data can be dropped, and with room again all goes on by itself.
 */
export async function fullDiskScenario(report: Report, { folder, short }: ScenarioOptions): Promise<void> {
  if (process.getuid?.() !== 0) {
    console.log('  left out: only root may mount the small disk')
    return
  }
  const dataDir = join(folder, 'data')
  const disk = join(dataDir, 'clickhouse')
  mkdirSync(disk, { recursive: true })
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'tmpfs', disk])
  try {
    const field = await openField({ dataDir })
    try {
      const device = await addPlainDevice(field, 'live')
      const live = startLiveDevice(device, field.platform.mqttPort, folder)
      const known = () => readLedger(live.ledger).length
      await until(() => known() > 20, AGAIN_WITHIN_MS)
      const filler = join(disk, 'filler')
      const clickhouse = field.clickhouse()
      await clickhouse.command({
        query: `insert into sample (org_no, series, ts, mantissa, exponent, quality, lag_ms, seq, kind)
          select 9999, 1, toDateTime64('2001-01-01 00:00:00', 3, 'UTC') + number, number, 0, 0, 0, -1, 0 from numbers(100000)`,
      })

      fill(filler, disk, 512 - ABOVE_MB)
      await sleep(2_000)
      const atMark = known()
      await sleep(HELD_MS)
      report.check('below the mark nothing more is acknowledged', known() === atMark, [atMark, known()])
      const store = await storeOf(field)
      report.check(
        'the operator is told that values wait, since when and why',
        store.state === 'waiting' && store.reason === 'diskFull',
        store,
      )
      const read = await field.client.call(telemetryApi.deviceLatest, { params: { deviceId: device.id } })
      report.check('what is stored is still read', read.points[0]?.sample !== null, read)

      fill(filler, disk, 0)
      const dropped = await clickhouse.command({ query: 'alter table sample drop partition 200101' }).then(
        async () => (await rowsOf<{ n: number }>(clickhouse, 'select count() as n from sample where org_no = 9999'))[0]?.n,
        (error: Error) => error.message,
      )
      report.check('with no byte left old data can still be dropped (the ballast is given up)', dropped === 0, dropped)

      rmSync(filler)
      const again = await until(() => known() > atMark + 20, AGAIN_WITHIN_MS)
      report.check('with room again it goes on by itself', again, known())
      const toldAgain = await until(async () => (await storeOf(field)).state === 'storing', TOLD_WITHIN_MS)
      report.check('and no longer when they are stored', toldAgain, await storeOf(field))
      await live.stop()
      await checkDevice(report, field, device, liveRows(live), acknowledgedIn(live.ledger))
      // The minutes of this time are closed a little later; the short run leaves them to the other scenarios.
      if (!short) await checkAllSums(report, field, live.sent[0]?.ts ?? 0)
    } finally {
      await field.stop()
    }
  } finally {
    execFileSync('umount', ['-l', disk])
  }
}

/** Writes until only so much is free. */
function fill(file: string, disk: string, leaveMb: number): void {
  const descriptor = openSync(file, 'a')
  const freeMb = () => {
    const { bavail, bsize } = statfsSync(disk)
    return (bavail * bsize) / 1024 / 1024
  }
  try {
    while (freeMb() > leaveMb) writeSync(descriptor, CHUNK, 0, Math.min(CHUNK.length, Math.ceil((freeMb() - leaveMb) * 1024 * 1024)))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  } finally {
    closeSync(descriptor)
  }
}

const storeOf = async ({ client }: Field) => (await client.call(telemetryApi.ingestHealth)).store

async function until(holds: () => boolean | Promise<boolean>, withinMs: number): Promise<boolean> {
  const giveUpMs = performance.now() + withinMs
  while (!(await holds())) {
    if (performance.now() > giveUpMs) return false
    await sleep(50)
  }
  return true
}
